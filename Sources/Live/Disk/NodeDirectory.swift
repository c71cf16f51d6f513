import Glibc
import Host

/// The directory of the machine with a node's files, reserved for this process.
struct NodeDirectory {
  let descriptor: Descriptor
  /// An absolute path without links.
  let location: String?
  private var lock: DirectoryLock?

  /// Creates the directory, and its parents, if it does not exist.
  init(path: String) throws(LiveError) {
    try Self.make(path)
    let number = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard number >= 0 else { throw Self.cannotOpen(path, errno) }
    descriptor = Descriptor(number)
    location = realpath(path, nil).map { name in
      defer { free(name) }
      return String(cString: name)
    }
    lock = try DirectoryLock(of: descriptor, path: path)
    // Records are private, even if an earlier version or an installer left the directory open to everyone.
    _ = fchmod(number, 0o700)
  }

  private static func make(_ path: String) throws(LiveError) {
    var way = path.hasPrefix("/") ? "/" : ""
    for name in path.split(separator: "/") {
      way += name
      guard mkdir(way, 0o700) == 0 || errno == EEXIST || access(way, X_OK) == 0 else {
        throw .notWritable(path: path, reason: errorText(errno))
      }
      way += "/"
    }
  }

  private static func cannotOpen(_ path: String, _ number: Int32) -> LiveError {
    switch number {
    case EMFILE, ENFILE: .noDescriptors(reason: "\(path): \(errorText(number))")
    case ELOOP, ENOTDIR: .notWritable(path: path, reason: "it is a link, or no directory; links out of the data directory are not followed")
    default: .notWritable(path: path, reason: errorText(number))
    }
  }

  /// Releases the directory for other processes.
  mutating func giveBack() { lock = nil }

  var space: DiskSpace? {
    var facts = statvfs()
    guard fstatvfs(descriptor.number, &facts) == 0 else { return nil }
    let block = UInt64(facts.f_frsize)
    return DiskSpace(
      total: Int64(clamping: block.multipliedReportingOverflow(by: UInt64(facts.f_blocks)).partialValue),
      usable: Int64(clamping: block.multipliedReportingOverflow(by: UInt64(facts.f_bavail)).partialValue))
  }
}
