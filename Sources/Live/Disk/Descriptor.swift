import Glibc
import Host

/// An open file descriptor. It is closed when its last owner releases it, so an operation on another thread never uses a number that
/// has been given to another file.
final class Descriptor: Sendable {
  let number: Int32

  init(_ number: Int32) { self.number = number }

  deinit { Glibc.close(number) }
}

/// Repeats a system call that a signal interrupted; a failure becomes a `DiskError`.
@discardableResult
func systemCall<Number: SignedInteger>(_ body: () -> Number) throws(DiskError) -> Number {
  while true {
    let result = body()
    if result >= 0 { return result }
    if errno != EINTR { throw DiskError(errno: errno) }
  }
}

extension DiskError {
  init(errno: Int32) {
    self =
      switch errno {
      case ENOENT: .notFound
      case ENOSPC, EDQUOT: .noSpace
      case EMFILE, ENFILE: .noDescriptors
      case EACCES, EPERM: .denied
      case EROFS: .readOnly
      case EISDIR: .isDirectory
      case ENOTDIR: .isNoDirectory
      case ELOOP: .isLink
      case EINVAL, EEXIST, ENOTEMPTY, EBADF, ENAMETOOLONG: .invalid
      default: .inputOutput
      }
  }

  /// Throws if this is not a regular file.
  static func checkFile(_ facts: stat) throws(DiskError) {
    switch facts.st_mode & S_IFMT {
    case S_IFREG: return
    case S_IFDIR: throw .isDirectory
    case S_IFLNK: throw .isLink
    default: throw .isNoFile
    }
  }
}
