import Glibc

/// Reserves a data directory for one process: a second one that asks for it is refused. The lock ends with the process, however it ends.
final class DirectoryLock {
  static let fileName = ".lock"

  private let descriptor: Descriptor

  /// - Parameter path: the path of the directory, for messages.
  init(of directory: Descriptor, path: String) throws(LiveError) {
    let number = openat(directory.number, Self.fileName, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard number >= 0 else { throw .notWritable(path: path, reason: errorText(errno)) }
    descriptor = Descriptor(number)
    guard flock(number, LOCK_EX | LOCK_NB) == 0 else {
      if errno == EWOULDBLOCK { throw .locked(path: path) }
      throw .notWritable(path: path, reason: errorText(errno))
    }
  }
}

/// The meaning of a system error number.
func errorText(_ number: Int32) -> String { String(cString: strerror(number)) }
