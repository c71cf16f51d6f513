import Glibc
import Host
import Primitives

/// A small file on its way to being replaced as a whole.
struct Replacement: Sendable {
  static let temporarySuffix = ".tmp"

  let directory: Descriptor
  let name: String
  let content: Bytes

  func run() throws(DiskError) {
    try writeTemporaryFile()
    try systemCall { renameat(directory.number, name + Self.temporarySuffix, directory.number, name) }
    try systemCall { fsync(directory.number) }
  }

  /// What a crash left, or somebody put there, is removed and not written to: it may be a link.
  private func writeTemporaryFile() throws(DiskError) {
    let temporary = name + Self.temporarySuffix
    if unlinkat(directory.number, temporary, 0) != 0, errno != ENOENT { throw DiskError(errno: errno) }
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
    let file = Descriptor(try systemCall { openat(directory.number, temporary, flags, 0o600) })
    try content.withUnsafeBytes { (source) throws(DiskError) in try write(source, to: file) }
    try systemCall { fdatasync(file.number) }
  }
}
