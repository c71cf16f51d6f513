import Primitives

/// A node's disk: a tree of directories and files behind a page cache.
///
/// Reads, appends, truncation, renames and listings work on the page cache and return at once, as system calls do; they survive
/// the end of the process but not a power loss. Anything that waits for the platter (`sync`, `syncDirectory`, `replace`) is an operation
/// that ends with `Event.disk`. A file's name survives a power loss only after `syncDirectory` of its directory, whatever was
/// done to the file itself.
///
/// Paths are relative to the node's root, with `/` between names.
public protocol Disk: AnyObject {
  /// Opens a file for reading and appending; creates an empty one if there is none and `creating` is true.
  func open(_ path: String, creating: Bool) throws(DiskError) -> FileID

  func close(_ file: FileID)

  func size(of file: FileID) -> Int

  /// Appends to the page cache. A simulated disk shares the bytes instead of copying them.
  func append(_ bytes: Bytes, to file: FileID) throws(DiskError)

  /// Reads up to `count` bytes; fewer at the end of the file. Shares the bytes if they lie in one appended piece.
  func read(_ file: FileID, at position: Int, count: Int) throws(DiskError) -> Bytes

  /// How many bytes from a position on can be read without joining pieces by a copy, on a disk that shares what was appended. A reader
  /// that can do with less should ask for no more than this.
  func sharedBytes(of file: FileID, at position: Int) -> Int

  func truncate(_ file: FileID, to size: Int) throws(DiskError)

  /// Makes the file's current bytes and size durable. Bytes appended after the call may or may not be.
  func sync(_ file: FileID) -> DiskOperation

  /// Makes the names of a directory durable.
  func syncDirectory(_ path: String) -> DiskOperation

  /// Replaces a whole small file so that a crash leaves either the old content or the new: a temporary file is written
  /// and synced, renamed over `path`, and the directory is synced. Readers see the old content until the rename, and the new
  /// content by the time the operation ends.
  func replace(_ path: String, with content: Bytes) -> DiskOperation

  func rename(_ path: String, to newPath: String) throws(DiskError)

  /// Removes a file, or a directory with everything in it. Does nothing if it does not exist.
  func remove(_ path: String) throws(DiskError)

  /// Creates a directory and its parents. Does nothing if it exists.
  func makeDirectory(_ path: String) throws(DiskError)

  /// The names in a directory, sorted by their bytes; empty if there is no such directory.
  func list(_ path: String) throws(DiskError) -> [String]

  func exists(_ path: String) -> Bool

  /// When the file was last changed, by the node's wall clock; nil if there is no such file.
  func modified(_ path: String) -> Timestamp?

  /// The absolute path of the node's root on its machine; nil if there is no machine.
  var location: String? { get }

  /// The space of the device; nil if its size is unlimited or unknown.
  var space: DiskSpace? { get }
}

/// The space of a device, in bytes.
public struct DiskSpace: Hashable, Sendable {
  public let total: Int64
  /// What this process may still write, in bytes.
  public let usable: Int64

  public init(total: Int64, usable: Int64) {
    self.total = total
    self.usable = usable
  }
}

extension Disk {
  public var location: String? { nil }

  public var space: DiskSpace? { nil }

  public func sharedBytes(of file: FileID, at position: Int) -> Int { .max }

  /// The whole content of a file, or nil if there is no such file.
  public func content(of path: String) throws(DiskError) -> Bytes? {
    guard exists(path) else { return nil }
    let file = try open(path, creating: false)
    defer { close(file) }
    return try read(file, at: 0, count: size(of: file))
  }
}

/// An open file. Unique within one life of a node.
public struct FileID: Hashable, Sendable {
  public var value: UInt32
  @inlinable public init(_ value: UInt32) { self.value = value }
}

/// Names an operation in progress, until its `Event.disk`. Unique within one life of a node.
public struct DiskOperation: Hashable, Sendable {
  public var value: UInt32
  @inlinable public init(_ value: UInt32) { self.value = value }
}

public enum DiskError: UInt8, Error, Hashable, Sendable {
  case notFound
  /// EIO: the device failed. The requested operation may or may not have happened.
  case inputOutput
  /// ENOSPC: nothing was written.
  case noSpace
  /// A name is of the wrong kind, or the file is not open.
  case invalid
  /// EMFILE, ENFILE: no more files can be opened. Nothing was done.
  case noDescriptors
  /// The file is open, but somebody else removed it or the node's directory: what is written to it is lost when the last process closes it.
  case gone
  /// EACCES, EPERM: the user of this process has no permission.
  case denied
  /// EROFS: the file system cannot be written to.
  case readOnly
  /// EISDIR: a directory where a file is expected.
  case isDirectory
  /// ENOTDIR: something else, possibly a link, where a directory is expected.
  case isNoDirectory
  /// ELOOP: a link where a file is expected.
  case isLink
  /// A device, a socket or a fifo where a file is expected.
  case isNoFile
}

extension DiskError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notFound: "no such file (ENOENT)"
    case .inputOutput: "input/output error (EIO)"
    case .noSpace: "no space left (ENOSPC)"
    case .invalid: "not a file that can be used this way"
    case .noDescriptors: "too many open files (EMFILE): raise the limit with ulimit -n"
    case .gone: "somebody removed it while it was in use"
    case .denied: "permission denied (EACCES)"
    case .readOnly: "the file system is read-only (EROFS)"
    case .isDirectory: "a directory stands where a file has to be"
    case .isNoDirectory: "what stands there is no directory, and links are not followed"
    case .isLink: "it is a link, and links are not followed"
    case .isNoFile: "it is no ordinary file"
    }
  }

  /// What a person can do about it, as the end of a sentence; empty if there is no advice.
  public var remedy: String {
    switch self {
    case .notFound, .gone: "; put it back"
    case .inputOutput: "; check the disk"
    case .noSpace: "; free space on the disk"
    case .invalid, .noDescriptors: ""
    case .denied: "; let the user of this process read and write it (chown, chmod)"
    case .readOnly: "; mount it for writing"
    case .isDirectory, .isNoFile: "; move it away"
    case .isNoDirectory: "; move it away, or put the directory itself in its place"
    case .isLink: "; put the file itself in its place"
    }
  }
}
