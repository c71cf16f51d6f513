import Glibc
import Host

/// The files that a node has open, and the paths to them, within a limited number of descriptors.
///
/// At most `most` files have a descriptor: the least recently used one is closed, and reopened when it is
/// needed. A file whose name was removed keeps its descriptor, because it cannot be reached otherwise. Links are not followed, neither to a file nor on the
/// way there; new files get mode 0600.
final class OpenFiles {
  let root: Descriptor
  private var files: [UInt32: OpenFile] = [:]
  private var filesOpened: UInt32 = 0
  private let tree = OpenDirectory(root: ())
  private var directories: DirectoryCache
  let most: Int
  /// The number of files that have a descriptor.
  private(set) var descriptorCount = 0
  private var uses = 0

  init(below root: Descriptor, most: Int) {
    self.root = root
    self.most = max(4, most)
    directories = DirectoryCache(root: root)
  }

  /// Closes everything: an open file keeps its space on the device, even after it is removed.
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

  /// Releases one hold on a file, of the node or of an operation.
  func letGo(of file: OpenFile) {
    file.holders -= 1
    guard file.holders == 0 else { return }
    file.forget()
    closeDescriptor(of: file)
  }

  // MARK: Descriptors

  /// The descriptor of a file, which is reopened if it was closed to make room.
  func descriptor(of file: OpenFile) throws(DiskError) -> Descriptor {
    touch(file)
    if let descriptor = file.descriptor { return descriptor }
    let descriptor: Descriptor
    do { descriptor = try openDescriptor(file.directory.names.map { $0[...] }, file.name) } catch .notFound { throw .gone }
    // Another process may have replaced the file.
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

  /// Closes enough files to leave room for this many other descriptors.
  func makeRoom(for count: Int) {
    if descriptorCount + count > most { makeRoom(leaving: max(0, most - count)) }
  }

  /// Closes the least recently used files until only `count` have a descriptor. Files without a name, or about to lose it, stay open.
  private func makeRoom(leaving count: Int) {
    let candidates = files.values.filter { $0.descriptor != nil && !$0.hasNoName && !$0.isPinned }.sorted { $0.lastUse < $1.lastUse }
    for file in candidates.prefix(max(0, descriptorCount - count)) { closeDescriptor(of: file) }
  }

  private func closeDescriptor(of file: OpenFile) {
    guard file.descriptor != nil else { return }
    file.descriptor = nil
    descriptorCount -= 1
  }

  /// Runs something that opens files. If the process has no descriptors left, it closes half of those here and tries once more. If the whole
  /// directory was removed, "not found" becomes "gone".
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

  /// Runs something that takes names from open files, which are opened before and stay open. If it fails they may be closed again.
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

  /// Calls `body` with the number of a directory's descriptor. No link is followed on the way there.
  func inDirectory<Result>(_ names: [Substring], _ body: (Int32) throws(DiskError) -> Result) throws(DiskError) -> Result {
    let directory = try directories.open(names)
    // The number is valid as long as the descriptor is open.
    defer { withExtendedLifetime(directory) {} }
    return try body(directory.number)
  }

  /// Drops the cached path to a name that belongs to something else now, or to nothing.
  func forgetWay(to path: DiskPath) { directories.forget(path.names) }

  /// A directory with open files or operations somewhere below; nil if there are none.
  func directoryInUse(_ names: [Substring]) -> OpenDirectory? { tree.find(names) }

  /// Holds a directory, which follows renames and removals until it is released.
  func hold(_ names: [Substring]) -> OpenDirectory {
    let directory = tree.descend(names)
    directory.hold()
    return directory
  }
}
