import Primitives

/// What can be wrong with a disk.
public struct DiskFault: Sendable, Equatable {
  public enum Kind: Sendable, Equatable {
    /// Flips so many bits in files that match, once and at once.
    case rot(bits: Int)
    /// An append is written over another place of a matching file; its own place stays as it was on the platter.
    case misdirectedWrite
    /// An append is reported as done and is seen in the page cache, but never reaches the platter, synced or not.
    case phantomWrite
    /// Every call on a matching file fails with EIO.
    case inputOutputError
    /// Syncs fail with EIO; what they were to write counts as clean afterwards, and is not on the platter.
    case inputOutputErrorOnSync
    /// Appends and new files fail with ENOSPC.
    case full
    /// Every sync takes so much longer.
    case slow(Duration)
    /// Syncs begin but do not end until the fault is lifted.
    case stalled
  }

  public var kind: Kind
  /// Paths, with `*` for any characters (slashes too) and `?` for one.
  public var files: String
  /// How many calls the fault touches; nil means all. Rot ignores it.
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
