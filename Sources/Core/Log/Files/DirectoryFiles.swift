import Host
import Primitives

/// The files of one directory, by their names, with failures that say which file they are about.
package struct DirectoryFiles {
  package let disk: any Disk
  package let directory: String
  /// What stands before the names of files in paths.
  private let prefix: String

  package init(disk: any Disk, directory: String) {
    self.disk = disk
    self.directory = directory
    prefix = directory.isEmpty ? "" : directory + "/"
  }

  package func path(_ name: String) -> String { prefix + name }

  package func open(_ name: String, creating: Bool) throws(DiskFailure) -> FileID {
    do { return try disk.open(path(name), creating: creating) } catch { throw failure(name, error) }
  }

  package func append(_ bytes: Bytes, to file: FileID, _ name: String) throws(DiskFailure) {
    do { try disk.append(bytes, to: file) } catch { throw failure(name, error) }
  }

  package func read(_ file: FileID, _ name: String, at position: Int, count: Int) throws(DiskFailure) -> Bytes {
    do { return try disk.read(file, at: position, count: count) } catch { throw failure(name, error) }
  }

  package func sharedBytes(of file: FileID, at position: Int) -> Int { disk.sharedBytes(of: file, at: position) }

  package func truncate(_ file: FileID, _ name: String, to size: Int) throws(DiskFailure) {
    do { try disk.truncate(file, to: size) } catch { throw failure(name, error) }
  }

  package func rename(_ name: String, to newName: String) throws(DiskFailure) {
    do { try disk.rename(path(name), to: path(newName)) } catch { throw failure(name, error) }
  }

  package func remove(_ name: String) throws(DiskFailure) {
    do { try disk.remove(path(name)) } catch { throw failure(name, error) }
  }

  /// The whole content of a small file, or nil where there is none. Of one that cannot be what its name says, because it is larger than
  /// `limit`, nothing is read.
  package func content(of name: String, atMost limit: Int = DirectoryFiles.largestSmallFile) throws(DiskFailure) -> Bytes? {
    guard exists(name) else { return nil }
    let file = try open(name, creating: false)
    defer { disk.close(file) }
    let size = disk.size(of: file)
    guard size <= limit else { return nil }
    return try read(file, name, at: 0, count: size)
  }

  /// Checkpoints of millions of partitions, or snapshots of as many producers, fit.
  package static let largestSmallFile = 1 << 28

  package func list() throws(DiskFailure) -> [String] {
    do { return try disk.list(directory) } catch { throw DiskFailure(path: directory, error: error) }
  }

  package func make() throws(DiskFailure) {
    do { try disk.makeDirectory(directory) } catch { throw DiskFailure(path: directory, error: error) }
  }

  package func exists(_ name: String) -> Bool { disk.exists(path(name)) }

  /// Writes a small file anew in the page cache: it survives the end of the process at once, a power loss once it is synced.
  package func write(_ content: Bytes, to name: String) throws(DiskFailure) -> FileID {
    let file = try open(name, creating: true)
    try truncate(file, name, to: 0)
    try append(content, to: file, name)
    return file
  }

  private func failure(_ name: String, _ error: DiskError) -> DiskFailure { DiskFailure(path: path(name), error: error) }
}
