import Primitives

/// One line of a trial's story: when, who, what, and why.
public struct StoryLine: Sendable, Equatable {
  public enum Weight: UInt8, Sendable, Comparable {
    /// Worth telling only to somebody who looks closely.
    case detail
    case event
    case fault
    /// A guarantee broke here.
    case finding

    public static func < (left: Weight, right: Weight) -> Bool { left.rawValue < right.rawValue }
  }

  /// Since the start of the trial; setting up comes before and counts backwards.
  public var time: Duration
  public var who: String
  public var what: String
  public var weight: Weight

  public init(time: Duration, who: String, what: String, weight: Weight) {
    self.time = time
    self.who = who
    self.what = what
    self.weight = weight
  }

  /// Time in seconds, who and what, without colour.
  public var plainText: String { "\(fixed(time.seconds, places: 3)) \(who): \(what)" }
}
