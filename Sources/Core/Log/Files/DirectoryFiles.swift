import Host
import Primitives

/// The files of one directory, by name. Errors state the file that they concern.
struct DirectoryFiles {
  let disk: any Disk
  let directory: String
  /// The path of the directory, as a prefix of file names.
  private let prefix: String

  init(disk: any Disk, directory: String) {
    self.disk = disk
    self.directory = directory
    prefix = directory.isEmpty ? "" : directory + "/"
  }

  func path(_ name: String) -> String { prefix + name }

  func open(_ name: String, creating: Bool) throws(DiskFailure) -> FileID {
    do { return try disk.open(path(name), creating: creating) } catch { throw failure(name, error) }
  }

  func append(_ bytes: Bytes, to file: FileID, _ name: String) throws(DiskFailure) {
    do { try disk.append(bytes, to: file) } catch { throw failure(name, error) }
  }

  func read(_ file: FileID, _ name: String, at position: Int, count: Int) throws(DiskFailure) -> Bytes {
    do { return try disk.read(file, at: position, count: count) } catch { throw failure(name, error) }
  }

  func sharedBytes(of file: FileID, at position: Int) -> Int { disk.sharedBytes(of: file, at: position) }

  func truncate(_ file: FileID, _ name: String, to size: Int) throws(DiskFailure) {
    do { try disk.truncate(file, to: size) } catch { throw failure(name, error) }
  }

  func rename(_ name: String, to newName: String) throws(DiskFailure) {
    do { try disk.rename(path(name), to: path(newName)) } catch { throw failure(name, error) }
  }

  func remove(_ name: String) throws(DiskFailure) {
    do { try disk.remove(path(name)) } catch { throw failure(name, error) }
  }

  /// The whole content of a small file, or nil if there is none. A file larger than `limit` cannot be what its name says, and is not read.
  func content(of name: String, atMost limit: Int = DirectoryFiles.largestSmallFile) throws(DiskFailure) -> Bytes? {
    guard exists(name) else { return nil }
    let file = try open(name, creating: false)
    defer { disk.close(file) }
    let size = disk.size(of: file)
    guard size <= limit else { return nil }
    return try read(file, name, at: 0, count: size)
  }

  /// Large enough for checkpoints of millions of partitions, or snapshots of as many producers.
  static let largestSmallFile = 1 << 28

  func list() throws(DiskFailure) -> [String] {
    do { return try disk.list(directory) } catch { throw DiskFailure(path: directory, error: error) }
  }

  func make() throws(DiskFailure) {
    do { try disk.makeDirectory(directory) } catch { throw DiskFailure(path: directory, error: error) }
  }

  func exists(_ name: String) -> Bool { disk.exists(path(name)) }

  /// Rewrites a small file in the page cache: it survives the end of the process at once, and a power loss once it is synced.
  func write(_ content: Bytes, to name: String) throws(DiskFailure) -> FileID {
    let file = try open(name, creating: true)
    try truncate(file, name, to: 0)
    try append(content, to: file, name)
    return file
  }

  private func failure(_ name: String, _ error: DiskError) -> DiskFailure { DiskFailure(path: path(name), error: error) }
}
