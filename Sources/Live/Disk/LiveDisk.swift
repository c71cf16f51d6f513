import CFileSystem
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
///
/// However many files the node has open, at most `maxOpenFiles` of them have a descriptor: the one not used for longest is closed, and opened again
/// when it is needed. A file whose name was removed keeps its descriptor, for there is no other way to it. Links are not followed, neither to a file
/// nor on the way there; directories are made with mode 0700 and files with 0600.
public final class LiveDisk: Disk, @unchecked Sendable {
  public let location: String?
  let root: Descriptor
  private var lock: DirectoryLock?
  private let loop: any EventLoop
  private let flusher: NIOThreadPool
  private(set) var bytesAppended = 0

  private var files: [UInt32: OpenFile] = [:]
  private var filesOpened: UInt32 = 0
  private let tree = OpenDirectory(root: ())
  private var directories: DirectoryCache
  private let maxOpenFiles: Int
  /// How many files have a descriptor.
  private(set) var descriptorCount = 0
  private var uses = 0

  private var operationsBegun: UInt32 = 0
  private var waiting = CircularBuffer<Waiting>()
  private var waitingSyncs = 0
  private var waitingReplacements = 0
  /// Handed to the other thread and not ended.
  private var underWay: [Waiting] = []
  /// Ended, and the node was not told yet.
  private var untold = CircularBuffer<(DiskOperation, DiskError?)>()

  /// Hears the end of each operation, on the loop.
  var whenDone: (DiskOperation, DiskError?) -> Void = { _, _ in }

  /// Takes a directory for this process alone; makes it where there is none.
  init(path: String, loop: any EventLoop, maxOpenFiles: Int = DescriptorBudget.ofProcess.filesOfNode) throws(LiveError) {
    try Self.makeRoot(path)
    let number = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard number >= 0 else { throw Self.cannotOpen(path, errno) }
    root = Descriptor(number)
    directories = DirectoryCache(root: root)
    location = realpath(path, nil).map { name in
      defer { free(name) }
      return String(cString: name)
    }
    lock = try DirectoryLock(of: root, path: path)
    // Records are nobody else's business, also where an earlier version or an installer left the directory open to all.
    _ = fchmod(number, 0o700)
    self.loop = loop
    self.maxOpenFiles = max(4, maxOpenFiles)
    flusher = NIOThreadPool(numberOfThreads: 1)
    flusher.start()
  }

  private static func makeRoot(_ path: String) throws(LiveError) {
    var way = path.hasPrefix("/") ? "/" : ""
    for name in path.split(separator: "/") {
      way += name
      guard mkdir(way, 0o700) == 0 || errno == EEXIST || access(way, X_OK) == 0 else {
        throw .notWritable(path: path, reason: errorText(errno))
      }
      way += "/"
    }
  }

  private static func cannotOpen(_ path: String, _ number: Int32) -> LiveError {
    switch number {
    case EMFILE, ENFILE: .noDescriptors(reason: "\(path): \(errorText(number))")
    case ELOOP, ENOTDIR: .notWritable(path: path, reason: "it is a link, or no directory; links out of the data directory are not followed")
    default: .notWritable(path: path, reason: errorText(number))
    }
  }

  /// Waits for the operation under way, drops those that wait, and gives the directory back. Called when the node's life is over.
  func shutDown() throws {
    try flusher.syncShutdownGracefully()
    lock = nil
    directories.removeAll()
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
    guard !path.isRoot else { throw .invalid }
    let descriptor = try openDescriptor(path.directory, path.name, creating ? O_CREAT : 0)
    let facts = try facts(of: descriptor)
    try DiskError.checkFile(facts)
    let file = OpenFile(descriptor, OpenFile.Identity(facts), name: path.name, in: tree.descend(path.directory))
    file.size = Int(facts.st_size)
    // Once a replacement of this name has ended, the name leads to another file.
    file.isPinned = underWay.contains { $0.work.replaces(file) }
    descriptorCount += 1
    touch(file)
    filesOpened += 1
    files[filesOpened] = file
    return FileID(filesOpened)
  }

  public func close(_ file: FileID) {
    guard let file = files.removeValue(forKey: file.value) else { return }
    letGo(of: file)
  }

  private func letGo(of file: OpenFile) {
    file.holders -= 1
    guard file.holders == 0 else { return }
    file.forget()
    closeDescriptor(of: file)
  }

  public func size(of file: FileID) -> Int {
    guard let file = files[file.value] else { return 0 }
    if let descriptor = try? descriptor(of: file), let facts = try? facts(of: descriptor) { file.size = Int(facts.st_size) }
    return file.size
  }

  public func append(_ bytes: Bytes, to file: FileID) throws(DiskError) {
    let file = try self.file(file)
    let descriptor = try descriptor(of: file)
    try bytes.withUnsafeBytes { (source) throws(DiskError) in try write(source, to: descriptor) }
    bytesAppended += bytes.count
    file.size += bytes.count
    try checkName(of: file, descriptor)
  }

  public func read(_ file: FileID, at position: Int, count: Int) throws(DiskError) -> Bytes {
    let file = try self.file(file)
    let descriptor = try descriptor(of: file)
    guard position >= 0, count >= 0 else { throw .invalid }
    // Whoever asks for "all there is" names a large number: room is made for what the file holds.
    file.size = Int(try facts(of: descriptor).st_size)
    let available = min(count, file.size - position)
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
    let file = try self.file(file)
    let descriptor = try descriptor(of: file)
    guard size >= 0 else { throw .invalid }
    guard size < Int(try facts(of: descriptor).st_size) else { return }
    try systemCall { ftruncate(descriptor.number, size) }
    file.size = size
    try checkName(of: file, descriptor)
  }

  private func file(_ file: FileID) throws(DiskError) -> OpenFile {
    guard let file = files[file.value] else { throw .invalid }
    return file
  }

  /// A file that somebody else removed takes what is written to it, and loses it with its last descriptor: it counts as gone.
  private func checkName(of file: OpenFile, _ descriptor: Descriptor) throws(DiskError) {
    guard !file.hasNoName, !file.isPinned, try facts(of: descriptor).st_nlink == 0 else { return }
    throw .gone
  }

  // MARK: Descriptors

  /// The descriptor of a file, opened again where it was closed to make room.
  private func descriptor(of file: OpenFile) throws(DiskError) -> Descriptor {
    touch(file)
    if let descriptor = file.descriptor { return descriptor }
    let descriptor: Descriptor
    do { descriptor = try openDescriptor(file.directory.names.map { $0[...] }, file.name) } catch .notFound { throw .gone }
    // Somebody else may have put another file in its place.
    guard OpenFile.Identity(try facts(of: descriptor)) == file.identity else { throw .gone }
    file.descriptor = descriptor
    descriptorCount += 1
    return descriptor
  }

  private func touch(_ file: OpenFile) {
    uses += 1
    file.lastUse = uses
  }

  private func openDescriptor(_ directory: [Substring], _ name: String, _ flags: Int32 = 0) throws(DiskError) -> Descriptor {
    if descriptorCount >= maxOpenFiles { makeRoom(leaving: maxOpenFiles - max(1, maxOpenFiles / 4)) }
    return try withRoom { () throws(DiskError) in
      try inDirectory(directory) { (directory) throws(DiskError) in
        Descriptor(try systemCall { openat(directory, name, O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | flags, 0o600) })
      }
    }
  }

  /// Closes the files that were not used for longest, until so many have a descriptor. Those without a name, or on their way to none, stay.
  private func makeRoom(leaving count: Int) {
    let candidates = files.values.filter { $0.descriptor != nil && !$0.hasNoName && !$0.isPinned }.sorted { $0.lastUse < $1.lastUse }
    for file in candidates.prefix(max(0, descriptorCount - count)) { closeDescriptor(of: file) }
  }

  private func closeDescriptor(of file: OpenFile) {
    guard file.descriptor != nil else { return }
    file.descriptor = nil
    descriptorCount -= 1
  }

  /// Runs something that opens files; where the process has no descriptors left, once more after half of those here were closed. What is not
  /// found where the whole directory was removed is gone.
  private func withRoom<Result>(_ body: () throws(DiskError) -> Result) throws(DiskError) -> Result {
    do {
      return try body()
    } catch .noDescriptors {
      makeRoom(leaving: descriptorCount / 2)
      directories.removeAll()
      return try body()
    } catch .notFound {
      throw try facts(of: root).st_nlink == 0 ? .gone : .notFound
    }
  }

  private func facts(of descriptor: Descriptor) throws(DiskError) -> stat {
    var facts = stat()
    try systemCall { fstat(descriptor.number, &facts) }
    return facts
  }

  // MARK: Names

  /// Runs something with the descriptor of a directory. No link is followed on the way there.
  private func inDirectory<Result>(
    _ names: [Substring], _ body: (Int32) throws(DiskError) -> Result
  ) throws(DiskError) -> Result {
    let directory = try directories.open(names)
    // Its number is good for as long as the descriptor lives.
    defer { withExtendedLifetime(directory) {} }
    return try body(directory.number)
  }

  public func rename(_ path: String, to newPath: String) throws(DiskError) {
    let path = try DiskPath(path), newPath = try DiskPath(newPath)
    guard !path.isRoot, !newPath.isRoot else { throw .invalid }
    // Files of the new name lose it.
    try pinning(tree.find(newPath.directory)?.openFiles(under: newPath.name) ?? []) { () throws(DiskError) in
      try withRoom { () throws(DiskError) in
        try inDirectory(path.directory) { (directory) throws(DiskError) in
          try inDirectory(newPath.directory) { (newDirectory) throws(DiskError) in
            try systemCall { renameat(directory, path.name, newDirectory, newPath.name) }
          }
        }
      }
    }
    directories.forget(path.names)
    directories.forget(newPath.names)
    let directory = held(path.directory), newDirectory = held(newPath.directory)
    directory.moved(path.name, to: newDirectory, newPath.name)
    directory.letGo()
    newDirectory.letGo()
  }

  public func remove(_ path: String) throws(DiskError) {
    let path = try DiskPath(path)
    guard !path.isRoot else { throw .invalid }
    let directory = tree.find(path.directory)
    defer { directories.forget(path.names) }
    try pinning(directory?.openFiles(under: path.name) ?? []) { () throws(DiskError) in
      try withRoom { () throws(DiskError) in
        do throws(DiskError) {
          try inDirectory(path.directory) { (directory) throws(DiskError) in try removeTree(path.name, in: directory) }
        } catch .notFound {
          return
        }
      }
    }
    directory?.removed(path.name)
  }

  /// Runs something that takes the names of open files away, which are opened before and stay open. Where it fails they may be closed again.
  private func pinning(_ files: [OpenFile], _ body: () throws(DiskError) -> Void) throws(DiskError) {
    let unpinned = files.filter { !$0.isPinned }
    for file in unpinned {
      _ = try descriptor(of: file)
      file.isPinned = true
    }
    defer { for file in unpinned { file.isPinned = false } }
    try body()
  }

  public func makeDirectory(_ path: String) throws(DiskError) {
    let path = try DiskPath(path)
    guard !path.isRoot else { return }
    try withRoom { () throws(DiskError) in try makeDirectory(path.names) }
  }

  private func makeDirectory(_ names: [Substring]) throws(DiskError) {
    guard let name = names.last.map(String.init) else { return }
    let above = Array(names.dropLast())
    do throws(DiskError) {
      try inDirectory(above) { (directory) throws(DiskError) in try makeDirectory(name, in: directory) }
    } catch .notFound where !above.isEmpty {
      try makeDirectory(above)
      try inDirectory(above) { (directory) throws(DiskError) in try makeDirectory(name, in: directory) }
    }
  }

  /// One that is there is taken as it is. What bears the name otherwise, be it a link, is no directory.
  private func makeDirectory(_ name: String, in directory: Int32) throws(DiskError) {
    if mkdirat(directory, name, 0o700) == 0 { return }
    guard errno == EEXIST else { throw DiskError(errno: errno) }
    guard kind(of: name, in: directory) == S_IFDIR else { throw .isNoDirectory }
  }

  public func list(_ path: String) throws(DiskError) -> [String] {
    let path = try DiskPath(path)
    do throws(DiskError) {
      let names = try withRoom { () throws(DiskError) in try directoryNames(directories.open(path.names)) }
      return path.isRoot ? names.filter { $0 != DirectoryLock.fileName } : names
    } catch .notFound {
      return []
    }
  }

  public func exists(_ path: String) -> Bool {
    guard let path = try? DiskPath(path) else { return false }
    return path.isRoot || facts(of: path) != nil
  }

  public func modified(_ path: String) -> Timestamp? {
    guard let path = try? DiskPath(path), let facts = facts(of: path), facts.st_mode & S_IFMT == S_IFREG else { return nil }
    return Timestamp(milliseconds: Int64(facts.st_mtim.tv_sec) * 1_000 + Int64(facts.st_mtim.tv_nsec) / 1_000_000)
  }

  private func facts(of path: DiskPath) -> stat? {
    try? withRoom { () throws(DiskError) in
      try inDirectory(path.directory) { (directory) throws(DiskError) in
        var facts = stat()
        try systemCall { fstatat(directory, path.name, &facts, AT_SYMLINK_NOFOLLOW) }
        return facts
      }
    }
  }

  private func kind(of name: String, in directory: Int32) -> mode_t? {
    var facts = stat()
    return fstatat(directory, name, &facts, AT_SYMLINK_NOFOLLOW) == 0 ? facts.st_mode & S_IFMT : nil
  }

  /// Replacements that are under way on the other thread may make files in a directory that was just emptied, each of them one.
  private var mostLooks: Int { 2 * mostReplacedTogether }

  private func removeTree(_ name: String, in directory: Int32) throws(DiskError) {
    switch kind(of: name, in: directory) {
    case nil: return
    case S_IFDIR:
      let below = Descriptor(try systemCall { openat(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) })
      for look in 1...mostLooks {
        for name in try directoryNames(below) { try removeTree(name, in: below.number) }
        if unlinkat(directory, name, AT_REMOVEDIR) == 0 { return }
        guard errno == ENOTEMPTY, look < mostLooks else { throw DiskError(errno: errno) }
      }
    default:
      do throws(DiskError) {
        try systemCall { unlinkat(directory, name, 0) }
      } catch .notFound {
        // A replacement has just given it another name, under which it is found with the next look.
      }
    }
  }

  // MARK: Operations

  /// What an operation is about. Files and directories are followed while it waits, and opened when it is its turn: however many wait, few
  /// descriptors are taken.
  private enum Work {
    /// Many syncs of files and directories at once.
    case syncAll([Waiting])
    case sync(OpenFile)
    case syncDirectory(OpenDirectory)
    case replace(OpenDirectory, name: String, content: Bytes)
    /// Many replacements at once, of a different file each.
    case replaceAll([Waiting])
    case fail(DiskError)

    var isSync: Bool {
      switch self {
      case .sync, .syncDirectory: true
      case .syncAll, .replace, .replaceAll, .fail: false
      }
    }

    var isReplacement: Bool {
      if case .replace = self { true } else { false }
    }

    /// What was gathered to be done at once.
    var parts: [Waiting]? {
      switch self {
      case .syncAll(let parts), .replaceAll(let parts): parts
      case .sync, .syncDirectory, .replace, .fail: nil
      }
    }

    func replaces(_ file: OpenFile) -> Bool {
      switch self {
      case .replace(let directory, let name, _): directory === file.directory && name == file.name
      case .replaceAll(let parts): parts.contains { $0.work.replaces(file) }
      case .sync, .syncDirectory, .syncAll, .fail: false
      }
    }
  }

  private struct Waiting {
    let operation: DiskOperation
    let work: Work
  }

  /// So many are handed to the other thread at a time, so that it need not wait for this one.
  private static let mostUnderWay = 4

  public func sync(_ file: FileID) -> DiskOperation {
    guard let file = files[file.value] else { return begin(.fail(.invalid)) }
    file.holders += 1
    return begin(.sync(file))
  }

  public func syncDirectory(_ path: String) -> DiskOperation {
    do throws(DiskError) {
      let path = try DiskPath(path)
      if !path.isRoot {
        guard let facts = facts(of: path) else { throw .notFound }
        guard facts.st_mode & S_IFMT == S_IFDIR else { throw .isNoDirectory }
      }
      return begin(.syncDirectory(held(path.names)))
    } catch {
      return begin(.fail(error))
    }
  }

  /// The directory may be renamed while the operation waits, and a replacement in a directory that the node removed is gone with it, as it would be
  /// had it been in time.
  public func replace(_ path: String, with content: Bytes) -> DiskOperation {
    do throws(DiskError) {
      let path = try DiskPath(path)
      guard !path.isRoot else { throw .invalid }
      guard facts(of: path).map({ $0.st_mode & S_IFMT != S_IFDIR }) ?? true else { throw .isDirectory }
      guard try withRoom({ () throws(DiskError) in try directories.open(path.directory) }).number >= 0 else { throw .notFound }
      return begin(.replace(held(path.directory), name: path.name, content: content))
    } catch {
      return begin(.fail(error))
    }
  }

  private func held(_ names: some Sequence<Substring>) -> OpenDirectory {
    let directory = tree.descend(names)
    directory.hold()
    return directory
  }

  private func begin(_ work: Work) -> DiskOperation {
    operationsBegun += 1
    let operation = DiskOperation(operationsBegun)
    waiting.append(Waiting(operation: operation, work: work))
    count(work, 1)
    startNext()
    return operation
  }

  private func count(_ work: Work, _ change: Int) {
    if work.isSync { waitingSyncs += change }
    if work.isReplacement { waitingReplacements += change }
  }

  /// From so many syncs on that wait, one of the whole file system is faster, as at the end of a node with thousands of partitions. What was
  /// written before it begins is durable when it ends, whoever wrote it.
  private static let fewestSyncedTogether = 64

  private func gatherSyncs() {
    guard waitingSyncs >= Self.fewestSyncedTogether else { return }
    let syncs = Array(waiting.lazy.filter(\.work.isSync))
    waiting.removeAll(where: \.work.isSync)
    waitingSyncs = 0
    operationsBegun += 1
    waiting.prepend(Waiting(operation: DiskOperation(operationsBegun), work: .syncAll(syncs)))
  }

  /// So many replacements have their directories open at a time. The more there are, the fewer are the syncs of the whole file system.
  private var mostReplacedTogether: Int { max(16, min(1_024, maxOpenFiles / 4)) }

  private struct FileName: Hashable {
    let directory: ObjectIdentifier
    let name: String
  }

  /// Replacements are done together as well, as after the start of a node that leads thousands of partitions. What was begun before them is
  /// durable before the first of them has its name. The second one of a file has to wait.
  private func gatherReplacements() {
    guard waitingReplacements >= Self.fewestSyncedTogether, waiting.first?.work.isReplacement == true else { return }
    var together: [Waiting] = [], others: [Waiting] = []
    var names: Set<FileName> = []
    while together.count < mostReplacedTogether, let next = waiting.popFirst() {
      if case .replace(let directory, let name, _) = next.work,
        names.insert(FileName(directory: ObjectIdentifier(directory), name: name)).inserted
      {
        together.append(next)
      } else {
        others.append(next)
      }
    }
    for other in others.reversed() { waiting.prepend(other) }
    waitingReplacements -= together.count
    operationsBegun += 1
    waiting.prepend(Waiting(operation: DiskOperation(operationsBegun), work: .replaceAll(together)))
  }

  private func startNext() {
    while underWay.count < Self.mostUnderWay {
      gatherSyncs()
      gatherReplacements()
      guard let next = waiting.popFirst() else { return }
      count(next.work, -1)
      underWay.append(next)
      let body = prepared(next.work)
      let operation = next.operation
      let loop = loop
      flusher.submit { [self] state in
        guard case .active = state else { return }
        let failures = body()
        loop.execute { self.ended(operation, failures) }
      }
    }
  }

  /// What the other thread does. Returns how it ended for each part of what was gathered, or for the one operation that it is.
  private func prepared(_ work: Work) -> @Sendable () -> [DiskError?] {
    switch work {
    case .syncAll(let parts):
      return { [root, count = parts.count] in
        [DiskError?](repeating: failure { () throws(DiskError) in try systemCall { file_system_sync(root.number) } }, count: count)
      }
    case .replaceAll(let parts):
      // Their directories take the place of files.
      if descriptorCount + parts.count > maxOpenFiles { makeRoom(leaving: max(0, maxOpenFiles - parts.count)) }
      let replacements = parts.map { part in Result { () throws(DiskError) in try replacement(of: part.work) } }
      return { [root] in Replacement.runAll(replacements, on: root) }
    case .sync, .syncDirectory, .replace, .fail:
      do throws(DiskError) {
        let body = try preparedAlone(work)
        return { () -> [DiskError?] in [failure(body)] }
      } catch {
        return { [error] in [error] }
      }
    }
  }

  /// Opens what an operation is about, whose turn it is. The rest happens on the other thread.
  private func preparedAlone(_ work: Work) throws(DiskError) -> @Sendable () throws(DiskError) -> Void {
    switch work {
    case .fail(let error):
      throw error
    case .sync(let file):
      let descriptor = try descriptor(of: file)
      return { () throws(DiskError) in try systemCall { fdatasync(descriptor.number) } }
    case .syncDirectory(let directory):
      guard !directory.wasRemoved else { return {} }
      let descriptor = try withRoom { () throws(DiskError) in try directories.open(directory.names.map { $0[...] }) }
      return { () throws(DiskError) in try systemCall { fsync(descriptor.number) } }
    case .replace, .replaceAll, .syncAll:
      let replacement = try replacement(of: work)
      return { () throws(DiskError) in try replacement?.run() }
    }
  }

  /// Nil where the directory is no more.
  private func replacement(of work: Work) throws(DiskError) -> Replacement? {
    guard case .replace(let directory, let name, let content) = work, !directory.wasRemoved else { return nil }
    // Whoever has the former file open keeps it, though not its name.
    for file in directory.files[name] ?? [] {
      _ = try descriptor(of: file)
      file.isPinned = true
    }
    let descriptor = try withRoom { () throws(DiskError) in try directories.open(directory.names.map { $0[...] }) }
    return Replacement(directory: descriptor, name: name, content: content)
  }

  private func ended(_ operation: DiskOperation, _ failures: [DiskError?]) {
    guard let index = underWay.firstIndex(where: { $0.operation == operation }) else { return }
    let ended = underWay.remove(at: index)
    let operations = ended.work.parts ?? [ended]
    for (operation, failure) in zip(operations, failures) { untold.append((operation.operation, outcome(of: operation.work, failure))) }
    startNext()
    tellEnds()
  }

  /// So many ends are told without a look at what else waits on the loop. What the node does about one of them may take a while.
  private static let mostToldAtOnce = 64

  /// Tells ends in the order in which they came.
  private func tellEnds() {
    var count = 0
    while count < Self.mostToldAtOnce, let (operation, failure) = untold.popFirst() {
      whenDone(operation, failure)
      count += 1
    }
    if !untold.isEmpty { loop.execute { self.tellEnds() } }
  }

  /// Lets go of what an operation was about, and judges how it ended.
  private func outcome(of work: Work, _ failure: DiskError?) -> DiskError? {
    switch work {
    case .fail, .syncAll, .replaceAll:
      return failure
    case .sync(let file):
      defer { letGo(of: file) }
      guard failure == nil, let descriptor = file.descriptor else { return failure }
      do throws(DiskError) { try checkName(of: file, descriptor) } catch { return error }
      return nil
    case .syncDirectory(let directory):
      directory.letGo()
      return failure
    case .replace(let directory, let name, _):
      if failure == nil { directory.loseNames(of: (directory.files[name] ?? []).filter(\.isPinned)) }
      let isGone = directory.wasRemoved
      directory.letGo()
      // The node removed the directory after this had begun.
      return isGone && failure == .notFound ? nil : failure
    }
  }
}

/// How something ended.
private func failure(_ body: () throws(DiskError) -> Void) -> DiskError? {
  do {
    try body()
    return nil
  } catch {
    return error
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
