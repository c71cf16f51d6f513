import Glibc
import Host
import NIOCore
import NIOPosix
import Primitives

// What this folder guarantees: a node's files are ordinary files below its data directory; calls that answer at once touch the page
// cache on the node's own thread, and whatever waits for the device runs on a thread beside it and ends with an event.

/// A directory of the machine as a node's disk. Used on the node's event loop alone; that is what makes it Sendable.
///
/// Operations run one after another in the order of their beginning: of two replacements of one file the later one stays.
public final class LiveDisk: Disk, @unchecked Sendable {
  public let location: String?
  private let root: Descriptor
  private var lock: DirectoryLock?
  private let loop: any EventLoop
  private let flusher: NIOThreadPool
  private var files: [UInt32: Descriptor] = [:]
  private var filesOpened: UInt32 = 0
  private var operationsBegun: UInt32 = 0
  private(set) var bytesAppended = 0

  /// Hears the end of each operation, on the loop.
  var whenDone: (DiskOperation, DiskError?) -> Void = { _, _ in }

  /// Takes a directory for this process alone; makes it where there is none.
  public init(path: String, loop: any EventLoop) throws(LiveError) {
    try Self.makeRoot(path)
    lock = try DirectoryLock(path: path)
    let number = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard number >= 0 else { throw .notWritable(path: path, reason: errorText(errno)) }
    root = Descriptor(number)
    location = realpath(path, nil).map { name in
      defer { free(name) }
      return String(cString: name)
    }
    self.loop = loop
    flusher = NIOThreadPool(numberOfThreads: 1)
    flusher.start()
  }

  private static func makeRoot(_ path: String) throws(LiveError) {
    var way = path.hasPrefix("/") ? "/" : ""
    for name in path.split(separator: "/") {
      way += name
      guard mkdir(way, 0o755) == 0 || errno == EEXIST || access(way, X_OK) == 0 else {
        throw .notWritable(path: path, reason: errorText(errno))
      }
      way += "/"
    }
  }

  /// Waits for the operation under way, drops those that wait, and gives the directory back. Called when the node's life is over.
  func shutDown() throws {
    try flusher.syncShutdownGracefully()
    lock = nil
    // An open file keeps its space on the device, even where it was removed.
    files = [:]
  }

  public var space: DiskSpace? {
    var facts = statvfs()
    guard fstatvfs(root.number, &facts) == 0 else { return nil }
    let block = UInt64(facts.f_frsize)
    return DiskSpace(
      total: Int64(clamping: block.multipliedReportingOverflow(by: UInt64(facts.f_blocks)).partialValue),
      usable: Int64(clamping: block.multipliedReportingOverflow(by: UInt64(facts.f_bavail)).partialValue))
  }

  // MARK: Files

  public func open(_ path: String, creating: Bool) throws(DiskError) -> FileID {
    let path = try DiskPath(path)
    let flags = O_RDWR | O_APPEND | O_CLOEXEC | (creating ? O_CREAT : 0)
    let number = try systemCall { openat(root.number, path.text, flags, 0o644) }
    filesOpened += 1
    files[filesOpened] = Descriptor(number)
    return FileID(filesOpened)
  }

  public func close(_ file: FileID) { files[file.value] = nil }

  public func size(of file: FileID) -> Int {
    guard let descriptor = files[file.value] else { return 0 }
    var facts = stat()
    return fstat(descriptor.number, &facts) == 0 ? Int(facts.st_size) : 0
  }

  public func append(_ bytes: Bytes, to file: FileID) throws(DiskError) {
    try bytes.withUnsafeBytes { (source) throws(DiskError) in try write(source, to: try descriptor(of: file)) }
    bytesAppended += bytes.count
  }

  public func read(_ file: FileID, at position: Int, count: Int) throws(DiskError) -> Bytes {
    let descriptor = try descriptor(of: file)
    guard position >= 0, count >= 0 else { throw .invalid }
    // Whoever asks for "all there is" names a large number: room is made for what the file holds.
    let available = min(count, size(of: file) - position)
    guard available > 0 else { return .empty }
    var failure: DiskError?
    let bytes = Bytes(capacity: available) { target in
      var filled = 0
      do throws(DiskError) {
        while filled < available {
          let count = try systemCall { pread(descriptor.number, target.baseAddress! + filled, available - filled, position + filled) }
          if count == 0 { break }
          filled += count
        }
      } catch {
        failure = error
      }
      return filled
    }
    if let failure { throw failure }
    return bytes
  }

  public func truncate(_ file: FileID, to size: Int) throws(DiskError) {
    let descriptor = try descriptor(of: file)
    guard size >= 0 else { throw .invalid }
    guard size < self.size(of: file) else { return }
    try systemCall { ftruncate(descriptor.number, size) }
  }

  private func descriptor(of file: FileID) throws(DiskError) -> Descriptor {
    guard let descriptor = files[file.value] else { throw .invalid }
    return descriptor
  }

  // MARK: Names

  public func rename(_ path: String, to newPath: String) throws(DiskError) {
    let path = try DiskPath(path), newPath = try DiskPath(newPath)
    try systemCall { renameat(root.number, path.text, root.number, newPath.text) }
  }

  public func remove(_ path: String) throws(DiskError) {
    let path = try DiskPath(path)
    guard !path.isRoot else { throw .invalid }
    try removeTree(path.text)
  }

  public func makeDirectory(_ path: String) throws(DiskError) {
    for directory in try DiskPath(path).wayDown where mkdirat(root.number, directory, 0o755) != 0 {
      guard errno == EEXIST else { throw DiskError(errno: errno) }
      guard kind(of: directory) == S_IFDIR else { throw .invalid }
    }
  }

  public func list(_ path: String) throws(DiskError) -> [String] {
    let path = try DiskPath(path)
    do throws(DiskError) {
      let names = try directoryNames(path.text)
      return path.isRoot ? names.filter { $0 != DirectoryLock.fileName } : names
    } catch .notFound {
      return []
    }
  }

  public func exists(_ path: String) -> Bool {
    guard let path = try? DiskPath(path) else { return false }
    return kind(of: path.text) != nil
  }

  public func modified(_ path: String) -> Timestamp? {
    guard let path = try? DiskPath(path), let facts = facts(of: path.text), facts.st_mode & S_IFMT == S_IFREG else { return nil }
    return Timestamp(milliseconds: Int64(facts.st_mtim.tv_sec) * 1_000 + Int64(facts.st_mtim.tv_nsec) / 1_000_000)
  }

  private func facts(of path: String) -> stat? {
    var facts = stat()
    return fstatat(root.number, path, &facts, AT_SYMLINK_NOFOLLOW) == 0 ? facts : nil
  }

  private func kind(of path: String) -> mode_t? { facts(of: path).map { $0.st_mode & S_IFMT } }

  private func directoryNames(_ path: String) throws(DiskError) -> [String] {
    let number = try systemCall { openat(root.number, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    guard let stream = fdopendir(number) else {
      Glibc.close(number)
      throw DiskError(errno: errno)
    }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  private func removeTree(_ path: String) throws(DiskError) {
    switch kind(of: path) {
    case nil: return
    case S_IFDIR:
      for name in try directoryNames(path) { try removeTree("\(path)/\(name)") }
      try systemCall { unlinkat(root.number, path, AT_REMOVEDIR) }
    default: try systemCall { unlinkat(root.number, path, 0) }
    }
  }

  // MARK: Operations

  public func sync(_ file: FileID) -> DiskOperation {
    let descriptor = files[file.value]
    return begin { () throws(DiskError) in
      guard let descriptor else { throw .invalid }
      try systemCall { fdatasync(descriptor.number) }
    }
  }

  public func syncDirectory(_ path: String) -> DiskOperation {
    let directory = Result { () throws(DiskError) in try self.directory(at: try DiskPath(path).text) }
    return begin { () throws(DiskError) in
      let descriptor = try directory.get()
      try systemCall { fsync(descriptor.number) }
    }
  }

  /// The directory is opened before anything else happens to it: it may be renamed while the operation waits, and a replacement in a
  /// directory that was removed is gone with it, as it would be had it been in time.
  public func replace(_ path: String, with content: Bytes) -> DiskOperation {
    let place = Result { () throws(DiskError) in
      let path = try DiskPath(path)
      guard !path.isRoot, kind(of: path.text) != S_IFDIR else { throw .invalid }
      return Replacement(directory: try directory(at: path.parent), name: path.name, content: content)
    }
    return begin { () throws(DiskError) in try place.get().run() }
  }

  private func directory(at path: String) throws(DiskError) -> Descriptor {
    Descriptor(try systemCall { openat(root.number, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) })
  }

  private func begin(_ body: @escaping @Sendable () throws(DiskError) -> Void) -> DiskOperation {
    operationsBegun += 1
    let operation = DiskOperation(operationsBegun)
    let loop = loop
    flusher.submit { [self] state in
      guard case .active = state else { return }
      var failure: DiskError?
      do throws(DiskError) { try body() } catch { failure = error }
      loop.execute { [failure] in self.whenDone(operation, failure) }
    }
    return operation
  }
}

/// Writes everything, or leaves the file as long as it was.
func write(_ source: UnsafeRawBufferPointer, to descriptor: Descriptor) throws(DiskError) {
  guard let start = source.baseAddress else { return }
  var written = 0
  do throws(DiskError) {
    while written < source.count {
      written += try systemCall { Glibc.write(descriptor.number, start + written, source.count - written) }
    }
  } catch {
    var facts = stat()
    if written > 0, fstat(descriptor.number, &facts) == 0 { _ = ftruncate(descriptor.number, Int(facts.st_size) - written) }
    throw error
  }
}
