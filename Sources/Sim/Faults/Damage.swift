import Primitives

/// Bytes of a file that a fault put wrong without an error, and what became of them.
public struct Damage: Sendable, Equatable {
  public enum Kind: Sendable, Equatable {
    /// Other bits than were written.
    case rot
    /// Another write came over them.
    case overwritten
    /// They are in the page cache alone: a power loss takes them, though they count as synced.
    case neverWritten
  }

  public enum End: Sendable, Equatable {
    /// The file was cut off before them.
    case cutOff
    /// A power loss took that part of the file in any case.
    case lostWithPower
    /// No name leads to the file any more.
    case fileGone
  }

  public let kind: Kind
  public let node: NodeIndex
  /// Of the file, when it happened.
  public let path: String
  public internal(set) var range: Range<Int>
  public let since: Instant
  /// From when on readers find something else than was written.
  public internal(set) var visible: Instant?
  /// When the node read some of them for the first time since then, and how often it did.
  public internal(set) var firstRead: Instant?
  public internal(set) var reads = 0
  /// What took them away, and when, as far as anybody saw.
  public internal(set) var end: End?
  public internal(set) var ended: Instant?
  /// Where the file is when this is asked; nil where it is gone.
  public internal(set) var presentPath: String?
}

/// What became of the damage that one fault did to the file of an inode.
final class TracedDamage {
  let fault: FaultID
  var damage: Damage

  init(_ damage: Damage, by fault: FaultID) {
    self.fault = fault
    self.damage = damage
  }

  private var isThere: Bool { damage.end == nil }

  func noteRead(_ range: Range<Int>, at now: Instant) {
    guard isThere, damage.visible != nil, damage.range.overlaps(range) else { return }
    damage.firstRead = damage.firstRead ?? now
    damage.reads += 1
  }

  func noteTruncation(to size: Int, at now: Instant) { if isThere, damage.range.lowerBound >= size { end(.cutOff, now) } }

  func notePowerLoss(leaving size: Int, at now: Instant) {
    guard isThere else { return }
    guard damage.range.lowerBound < size else { return end(.lostWithPower, now) }
    damage.visible = damage.visible ?? now
  }

  /// Appends one after the other are one damage.
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
