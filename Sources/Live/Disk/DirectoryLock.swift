import Glibc

/// Keeps a data directory to one process: a second one that asks for it is refused. The lock ends with the process, however it ends.
final class DirectoryLock {
  static let fileName = ".lock"

  private let descriptor: Descriptor

  /// - Parameter path: an existing directory.
  init(path: String) throws(LiveError) {
    let file = "\(path)/\(Self.fileName)"
    let number = Glibc.open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard number >= 0 else { throw .notWritable(path: path, reason: errorText(errno)) }
    descriptor = Descriptor(number)
    guard flock(number, LOCK_EX | LOCK_NB) == 0 else {
      if errno == EWOULDBLOCK { throw .locked(path: path) }
      throw .notWritable(path: path, reason: errorText(errno))
    }
  }
}

/// What an error number of the system means.
func errorText(_ number: Int32) -> String { String(cString: strerror(number)) }
