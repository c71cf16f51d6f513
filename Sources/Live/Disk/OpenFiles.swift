import Glibc
import Host

/// The files that a node has open, and the ways to them, within a number of descriptors.
///
/// However many files there are, at most `most` of them have a descriptor: the one not used for longest is closed, and opened again when it is
/// needed. A file whose name was removed keeps its descriptor, for there is no other way to it. Links are not followed, neither to a file nor on the
/// way there; new files get mode 0600.
final class OpenFiles {
  let root: Descriptor
  private var files: [UInt32: OpenFile] = [:]
  private var filesOpened: UInt32 = 0
  private let tree = OpenDirectory(root: ())
  private var directories: DirectoryCache
  let most: Int
  /// How many files have a descriptor.
  private(set) var descriptorCount = 0
  private var uses = 0

  init(below root: Descriptor, most: Int) {
    self.root = root
    self.most = max(4, most)
    directories = DirectoryCache(root: root)
  }

  /// Closes everything: an open file keeps its space on the device, even where it was removed.
  func removeAll() {
    directories.removeAll()
    files = [:]
  }

  // MARK: Files

  func open(_ path: DiskPath, creating: Bool) throws(DiskError) -> (id: FileID, file: OpenFile) {
    let descriptor = try openDescriptor(path.directory, path.name, creating ? O_CREAT : 0)
    let facts = try descriptor.facts()
    try DiskError.checkFile(facts)
    let file = OpenFile(descriptor, OpenFile.Identity(facts), name: path.name, in: tree.descend(path.directory))
    file.size = Int(facts.st_size)
    descriptorCount += 1
    touch(file)
    filesOpened += 1
    files[filesOpened] = file
    return (FileID(filesOpened), file)
  }

  subscript(id: FileID) -> OpenFile? { files[id.value] }

  func file(_ id: FileID) throws(DiskError) -> OpenFile {
    guard let file = files[id.value] else { throw .invalid }
    return file
  }

  func close(_ id: FileID) {
    guard let file = files.removeValue(forKey: id.value) else { return }
    letGo(of: file)
  }

  /// One of those who held on to a file needs it no more: the node, or an operation.
  func letGo(of file: OpenFile) {
    file.holders -= 1
    guard file.holders == 0 else { return }
    file.forget()
    closeDescriptor(of: file)
  }

  // MARK: Descriptors

  /// The descriptor of a file, opened again where it was closed to make room.
  func descriptor(of file: OpenFile) throws(DiskError) -> Descriptor {
    touch(file)
    if let descriptor = file.descriptor { return descriptor }
    let descriptor: Descriptor
    do { descriptor = try openDescriptor(file.directory.names.map { $0[...] }, file.name) } catch .notFound { throw .gone }
    // Somebody else may have put another file in its place.
    guard OpenFile.Identity(try descriptor.facts()) == file.identity else { throw .gone }
    file.descriptor = descriptor
    descriptorCount += 1
    return descriptor
  }

  private func touch(_ file: OpenFile) {
    uses += 1
    file.lastUse = uses
  }

  private func openDescriptor(_ directory: [Substring], _ name: String, _ flags: Int32 = 0) throws(DiskError) -> Descriptor {
    if descriptorCount >= most { makeRoom(leaving: most - max(1, most / 4)) }
    return try withRoom { () throws(DiskError) in
      try inDirectory(directory) { (directory) throws(DiskError) in
        Descriptor(try systemCall { openat(directory, name, O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | flags, 0o600) })
      }
    }
  }

  /// Closes so many files that so many more descriptors can be taken for something else.
  func makeRoom(for count: Int) {
    if descriptorCount + count > most { makeRoom(leaving: max(0, most - count)) }
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
  func withRoom<Result>(_ body: () throws(DiskError) -> Result) throws(DiskError) -> Result {
    do {
      return try body()
    } catch .noDescriptors {
      makeRoom(leaving: descriptorCount / 2)
      directories.removeAll()
      return try body()
    } catch .notFound {
      throw try root.facts().st_nlink == 0 ? .gone : .notFound
    }
  }

  /// Runs something that takes the names of open files away, which are opened before and stay open. Where it fails they may be closed again.
  func pinning(_ files: [OpenFile], _ body: () throws(DiskError) -> Void) throws(DiskError) {
    let unpinned = files.filter { !$0.isPinned }
    for file in unpinned {
      _ = try descriptor(of: file)
      file.isPinned = true
    }
    defer { for file in unpinned { file.isPinned = false } }
    try body()
  }

  // MARK: Directories

  /// The descriptor of a directory. No link is followed on the way there.
  func openDirectory(_ names: [Substring]) throws(DiskError) -> Descriptor {
    try withRoom { () throws(DiskError) in try directories.open(names) }
  }

  /// Runs something with the number of a directory's descriptor. No link is followed on the way there.
  func inDirectory<Result>(_ names: [Substring], _ body: (Int32) throws(DiskError) -> Result) throws(DiskError) -> Result {
    let directory = try directories.open(names)
    // Its number is good for as long as the descriptor lives.
    defer { withExtendedLifetime(directory) {} }
    return try body(directory.number)
  }

  /// Something else bears a name from now on, or nothing does.
  func forgetWay(to path: DiskPath) { directories.forget(path.names) }

  /// A directory with open files or operations somewhere below; nil where it has none.
  func directoryInUse(_ names: [Substring]) -> OpenDirectory? { tree.find(names) }

  /// A directory that is followed over renames and removals until it is let go.
  func hold(_ names: [Substring]) -> OpenDirectory {
    let directory = tree.descend(names)
    directory.hold()
    return directory
  }
}
