import Primitives

/// What can be wrong with a disk.
public struct DiskFault: Sendable, Equatable {
  public enum Kind: Sendable, Equatable {
    /// Flips `bits` bits in matching files, once and immediately.
    case rot(bits: Int)
    /// An append goes to another place in a matching file; its own place stays as it was on the platter.
    case misdirectedWrite
    /// An append is reported as done and is visible in the page cache, but never reaches the platter, synced or not.
    case phantomWrite
    /// Every call on a matching file fails with EIO.
    case inputOutputError
    /// Syncs fail with EIO; what they had to write counts as clean afterwards, and is not on the platter.
    case inputOutputErrorOnSync
    /// Appends and new files fail with ENOSPC.
    case full
    /// Every sync takes this much longer.
    case slow(Duration)
    /// Syncs start but do not end until the fault is lifted.
    case stalled

    /// Whether it takes time and nothing else: what the disk says is true.
    var onlyTakesTime: Bool {
      switch self {
      case .slow, .stalled: true
      case .rot, .misdirectedWrite, .phantomWrite, .inputOutputError, .inputOutputErrorOnSync, .full: false
      }
    }
  }

  public var kind: Kind
  /// A pattern for paths, with `*` for any characters (slashes too) and `?` for one.
  public var files: String
  /// The number of calls that the fault touches; nil means all. Rot ignores it.
  public var times: Int?

  public init(_ kind: Kind, files: String = "*", times: Int? = nil) {
    self.kind = kind
    self.files = files
    self.times = times
  }
}

struct ActiveDiskFault {
  let id: FaultID
  let fault: DiskFault
  var random: RandomStream
  var acted = 0

  func applies(to path: String) -> Bool {
    if let times = fault.times, acted >= times { return false }
    return matches(path, pattern: fault.files)
  }
}

/// Whether a path fits a pattern in which `*` stands for any characters and `?` for one.
func matches(_ path: String, pattern: String) -> Bool {
  let path = Array(path.utf8), pattern = Array(pattern.utf8)
  var at = 0, want = 0
  var star: (want: Int, at: Int)?
  while at < path.count {
    if want < pattern.count, pattern[want] == UInt8(ascii: "*") {
      star = (want, at)
      want += 1
    } else if want < pattern.count, pattern[want] == path[at] || pattern[want] == UInt8(ascii: "?") {
      at += 1
      want += 1
    } else if let last = star {
      // The last star takes one more character.
      star = (last.want, last.at + 1)
      at = last.at + 1
      want = last.want + 1
    } else {
      return false
    }
  }
  return pattern[want...].allSatisfy { $0 == UInt8(ascii: "*") }
}
