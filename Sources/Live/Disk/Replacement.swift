import CFileSystem
import Glibc
import Host
import Primitives

/// A small file that is being replaced as a whole.
struct Replacement: Sendable {
  static let temporarySuffix = ".tmp"

  let directory: Descriptor
  let name: String
  let content: Bytes

  func run() throws(DiskError) {
    let file = try writeTemporaryFile()
    try systemCall { fdatasync(file.number) }
    try rename()
    try systemCall { fsync(directory.number) }
  }

  /// Replaces many files with two syncs of the whole file system: the first makes their contents durable, the second their names. Returns the outcome of
  /// each; nil stands for a directory that no longer exists.
  static func runAll(_ replacements: [Result<Replacement?, DiskError>], on fileSystem: Descriptor) -> [DiskError?] {
    var failures = [DiskError?](repeating: nil, count: replacements.count)
    func step(_ body: (Replacement) throws(DiskError) -> Void) {
      for (index, replacement) in replacements.enumerated() where failures[index] == nil {
        do throws(DiskError) {
          if let replacement = try replacement.get() { try body(replacement) }
        } catch {
          failures[index] = error
        }
      }
    }
    func sync() {
      do throws(DiskError) { try systemCall { file_system_sync(fileSystem.number) } } catch {
        for index in failures.indices where failures[index] == nil { failures[index] = error }
      }
    }
    step { (replacement) throws(DiskError) in _ = try replacement.writeTemporaryFile() }
    sync()
    step { (replacement) throws(DiskError) in try replacement.rename() }
    sync()
    return failures
  }

  private func rename() throws(DiskError) {
    try systemCall { renameat(directory.number, name + Self.temporarySuffix, directory.number, name) }
  }

  /// Removes an existing temporary file instead of writing to it: it is left from a crash, or may be a link.
  private func writeTemporaryFile() throws(DiskError) -> Descriptor {
    let temporary = name + Self.temporarySuffix
    if unlinkat(directory.number, temporary, 0) != 0, errno != ENOENT { throw DiskError(errno: errno) }
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
    let file = Descriptor(try systemCall { openat(directory.number, temporary, flags, 0o600) })
    try content.withUnsafeBytes { (source) throws(DiskError) in try file.write(source) }
    return file
  }
}
