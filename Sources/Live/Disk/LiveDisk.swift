import Glibc
import Host
import NIOCore
import Primitives

// What this folder guarantees: a node's files are ordinary files below its data directory; calls that return immediately use the page
// cache on the node's own thread, and everything that waits for the device runs on a second thread and ends with an event.

/// A directory of the machine as a node's disk. Used on the node's event loop alone, which makes it Sendable.
///
/// Its parts: the directory itself (`NodeDirectory`), the open files (`OpenFiles`), and operations that wait for the device (`DiskOperations`).
/// Directories are created with mode 0700 and files with 0600.
public final class LiveDisk: Disk, @unchecked Sendable {
  private var directory: NodeDirectory
  let openFiles: OpenFiles
  let operations: DiskOperations
  private(set) var bytesAppended = 0

  /// Reserves a directory for this process, and creates it if it does not exist.
  ///
  /// - Parameter maxOpenFiles: the number of files that have a descriptor at a time, however many the node has open.
  init(path: String, loop: any EventLoop, maxOpenFiles: Int = DescriptorBudget.ofProcess.filesOfNode) throws(LiveError) {
    directory = try NodeDirectory(path: path)
    openFiles = OpenFiles(below: directory.descriptor, most: maxOpenFiles)
    operations = DiskOperations(on: openFiles, loop: loop)
  }

  /// Waits for the running operations, drops the waiting ones, and releases the directory. Called when the node's life is over.
  func shutDown() throws {
    try operations.shutDown()
    directory.giveBack()
    openFiles.removeAll()
  }

  public var location: String? { directory.location }
  public var space: DiskSpace? { directory.space }

  /// The number of files that have a descriptor.
  var descriptorCount: Int { openFiles.descriptorCount }

  /// Called on the loop when an operation ends.
  var whenDone: (DiskOperation, DiskError?) -> Void {
    get { operations.whenDone }
    set { operations.whenDone = newValue }
  }

  // MARK: Files

  public func open(_ path: String, creating: Bool) throws(DiskError) -> FileID {
    let path = try DiskPath(path)
    guard !path.isRoot else { throw .invalid }
    let (id, file) = try openFiles.open(path, creating: creating)
    // Once a replacement under way has ended, this name leads to another file.
    file.isPinned = operations.replaces(file)
    return id
  }

  public func close(_ file: FileID) { openFiles.close(file) }

  public func size(of file: FileID) -> Int {
    guard let file = openFiles[file] else { return 0 }
    if let descriptor = try? openFiles.descriptor(of: file), let facts = try? descriptor.facts() { file.size = Int(facts.st_size) }
    return file.size
  }

  public func append(_ bytes: Bytes, to file: FileID) throws(DiskError) {
    let file = try openFiles.file(file)
    let descriptor = try openFiles.descriptor(of: file)
    try bytes.withUnsafeBytes { (source) throws(DiskError) in try descriptor.write(source) }
    bytesAppended += bytes.count
    file.size += bytes.count
    try file.checkName(descriptor)
  }

  public func read(_ file: FileID, at position: Int, count: Int) throws(DiskError) -> Bytes {
    let file = try openFiles.file(file)
    let descriptor = try openFiles.descriptor(of: file)
    guard position >= 0, count >= 0 else { throw .invalid }
    // A caller that wants everything passes a large number: allocate only for what the file contains.
    file.size = Int(try descriptor.facts().st_size)
    let available = min(count, file.size - position)
    guard available > 0 else { return .empty }
    return try descriptor.read(available, at: position)
  }

  public func truncate(_ file: FileID, to size: Int) throws(DiskError) {
    let file = try openFiles.file(file)
    let descriptor = try openFiles.descriptor(of: file)
    guard size >= 0 else { throw .invalid }
    guard size < Int(try descriptor.facts().st_size) else { return }
    try systemCall { ftruncate(descriptor.number, size) }
    file.size = size
    try file.checkName(descriptor)
  }

  // MARK: Operations

  /// Writes a small file, and returns when it is on the platter: for what a node finds when its life begins. Makes the directories on the way to it.
  func write(_ path: String, _ content: Bytes) throws(DiskError) {
    let path = try DiskPath(path)
    guard !path.directory.isEmpty else { return try Replacement(directory: directory.descriptor, name: path.name, content: content).run() }
    try makeDirectory(path.directory.joined(separator: "/"))
    try Replacement(directory: openFiles.openDirectory(path.directory), name: path.name, content: content).run()
    try systemCall { fsync(directory.descriptor.number) }
  }

  public func sync(_ file: FileID) -> DiskOperation {
    guard let file = openFiles[file] else { return operations.begin(.fail(.invalid)) }
    file.holders += 1
    return operations.begin(.sync(file))
  }

  public func syncDirectory(_ path: String) -> DiskOperation {
    do throws(DiskError) {
      let path = try DiskPath(path)
      if !path.isRoot {
        guard let facts = facts(of: path) else { throw .notFound }
        guard facts.st_mode & S_IFMT == S_IFDIR else { throw .isNoDirectory }
      }
      return operations.begin(.syncDirectory(openFiles.hold(path.names)))
    } catch {
      return operations.begin(.fail(error))
    }
  }

  /// The directory may be renamed while the operation waits. If the node removes it, the replacement disappears with it, as if it had been finished
  /// before.
  public func replace(_ path: String, with content: Bytes) -> DiskOperation {
    do throws(DiskError) {
      let path = try DiskPath(path)
      guard !path.isRoot else { throw .invalid }
      guard facts(of: path).map({ $0.st_mode & S_IFMT != S_IFDIR }) ?? true else { throw .isDirectory }
      _ = try openFiles.openDirectory(path.directory)
      return operations.begin(.replace(openFiles.hold(path.directory), name: path.name, content: content))
    } catch {
      return operations.begin(.fail(error))
    }
  }
}
