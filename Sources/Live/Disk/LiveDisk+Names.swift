import Glibc
import Host
import Primitives

// Names of files and directories, looked up from the root without following links.

extension LiveDisk {
  public func rename(_ path: String, to newPath: String) throws(DiskError) {
    let path = try DiskPath(path), newPath = try DiskPath(newPath)
    guard !path.isRoot, !newPath.isRoot else { throw .invalid }
    // Files that have the new name lose it.
    try openFiles.pinning(openFiles.directoryInUse(newPath.directory)?.openFiles(under: newPath.name) ?? []) { () throws(DiskError) in
      try openFiles.withRoom { () throws(DiskError) in
        try openFiles.inDirectory(path.directory) { (directory) throws(DiskError) in
          try openFiles.inDirectory(newPath.directory) { (newDirectory) throws(DiskError) in
            try systemCall { renameat(directory, path.name, newDirectory, newPath.name) }
          }
        }
      }
    }
    openFiles.forgetWay(to: path)
    openFiles.forgetWay(to: newPath)
    let directory = openFiles.hold(path.directory), newDirectory = openFiles.hold(newPath.directory)
    directory.moved(path.name, to: newDirectory, newPath.name)
    directory.letGo()
    newDirectory.letGo()
  }

  public func remove(_ path: String) throws(DiskError) {
    let path = try DiskPath(path)
    guard !path.isRoot else { throw .invalid }
    let directory = openFiles.directoryInUse(path.directory)
    defer { openFiles.forgetWay(to: path) }
    try openFiles.pinning(directory?.openFiles(under: path.name) ?? []) { () throws(DiskError) in
      try openFiles.withRoom { () throws(DiskError) in
        do throws(DiskError) {
          try openFiles.inDirectory(path.directory) { (directory) throws(DiskError) in try removeTree(path.name, in: directory) }
        } catch .notFound {
          return
        }
      }
    }
    directory?.removed(path.name)
  }

  /// How often to look: each replacement under way on the other thread may create one file in a directory that was just emptied.
  private var mostLooks: Int { 2 * operations.mostReplacedTogether }

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
        // A replacement has just given it another name, which the next look finds.
      }
    }
  }

  public func makeDirectory(_ path: String) throws(DiskError) {
    let path = try DiskPath(path)
    guard !path.isRoot else { return }
    try openFiles.withRoom { () throws(DiskError) in try makeDirectory(path.names) }
  }

  private func makeDirectory(_ names: [Substring]) throws(DiskError) {
    guard let name = names.last.map(String.init) else { return }
    let above = Array(names.dropLast())
    do throws(DiskError) {
      try openFiles.inDirectory(above) { (directory) throws(DiskError) in try makeDirectory(name, in: directory) }
    } catch .notFound where !above.isEmpty {
      try makeDirectory(above)
      try openFiles.inDirectory(above) { (directory) throws(DiskError) in try makeDirectory(name, in: directory) }
    }
  }

  /// An existing directory is used as it is. Anything else with the name, even a link to a directory, is an error.
  private func makeDirectory(_ name: String, in directory: Int32) throws(DiskError) {
    if mkdirat(directory, name, 0o700) == 0 { return }
    guard errno == EEXIST else { throw DiskError(errno: errno) }
    guard kind(of: name, in: directory) == S_IFDIR else { throw .isNoDirectory }
  }

  public func list(_ path: String) throws(DiskError) -> [String] {
    let path = try DiskPath(path)
    do throws(DiskError) {
      let directory = try openFiles.openDirectory(path.names)
      let names = try openFiles.withRoom { () throws(DiskError) in try directoryNames(directory) }
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

  func facts(of path: DiskPath) -> stat? {
    try? openFiles.withRoom { () throws(DiskError) in
      try openFiles.inDirectory(path.directory) { (directory) throws(DiskError) in
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
}
