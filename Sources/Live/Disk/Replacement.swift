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
    do throws(DiskError) {
      try writeTemporaryFile()
      try systemCall { renameat(directory.number, name + Self.temporarySuffix, directory.number, name) }
      try systemCall { fsync(directory.number) }
    } catch .notFound where directoryWasRemoved {
      return
    }
  }

  private func writeTemporaryFile() throws(DiskError) {
    let flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC
    let file = Descriptor(try systemCall { openat(directory.number, name + Self.temporarySuffix, flags, 0o644) })
    try content.withUnsafeBytes { (source) throws(DiskError) in try write(source, to: file) }
    try systemCall { fdatasync(file.number) }
  }

  private var directoryWasRemoved: Bool {
    var facts = stat()
    return fstat(directory.number, &facts) == 0 && facts.st_nlink == 0
  }
}
