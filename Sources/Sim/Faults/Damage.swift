import Primitives

/// Bytes of a file that a fault corrupted without an error, and what became of them.
public struct Damage: Sendable, Equatable {
  public enum Kind: Sendable, Equatable {
    /// Bits differ from those that were written.
    case rot
    /// Another write went over them.
    case overwritten
    /// They are only in the page cache: a power loss takes them, although they count as synced.
    case neverWritten
  }

  public enum End: Sendable, Equatable {
    /// The file was truncated before them.
    case cutOff
    /// A power loss took that part of the file anyway.
    case lostWithPower
    /// The file no longer has a name.
    case fileGone
  }

  public let kind: Kind
  public let node: NodeIndex
  /// The path of the file when it happened.
  public let path: String
  public internal(set) var range: Range<Int>
  public let since: Instant
  /// When readers first could see something other than what was written.
  public internal(set) var visible: Instant?
  /// When the node first read some of these bytes after that, and how often it read them.
  public internal(set) var firstRead: Instant?
  public internal(set) var reads = 0
  /// What removed the damage, and when, as far as anything noticed.
  public internal(set) var end: End?
  public internal(set) var ended: Instant?
  /// The path of the file now; nil if it is gone.
  public internal(set) var presentPath: String?
}

/// The damage that one fault did to the file of an inode, tracked over time.
final class TracedDamage {
  let fault: FaultID
  var damage: Damage

  init(_ damage: Damage, by fault: FaultID) {
    self.fault = fault
    self.damage = damage
  }

  private var isThere: Bool { damage.end == nil }

  func recordRead(_ range: Range<Int>, at now: Instant) {
    guard isThere, damage.visible != nil, damage.range.overlaps(range) else { return }
    damage.firstRead = damage.firstRead ?? now
    damage.reads += 1
  }

  func recordTruncation(to size: Int, at now: Instant) { if isThere, damage.range.lowerBound >= size { end(.cutOff, now) } }

  func recordPowerLoss(leaving size: Int, at now: Instant) {
    guard isThere else { return }
    guard damage.range.lowerBound < size else { return end(.lostWithPower, now) }
    damage.visible = damage.visible ?? now
  }

  /// Whether an append belongs to this damage: consecutive appends are one damage.
  func takes(_ fault: FaultID, _ kind: Damage.Kind, _ range: Range<Int>) -> Bool {
    guard isThere, damage.kind == kind, self.fault == fault, damage.visible == nil, damage.range.upperBound == range.lowerBound else { return false }
    damage.range = damage.range.lowerBound..<range.upperBound
    return true
  }

  private func end(_ end: Damage.End, _ now: Instant) {
    damage.end = end
    damage.ended = now
  }
}
