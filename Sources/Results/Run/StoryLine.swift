import Measurement
import Primitives

/// One line of a trial's story: when, who, what, and why.
public struct StoryLine: Sendable, Equatable {
  public enum Weight: String, Codable, Sendable, Comparable {
    /// Shown only with `--story`.
    case detail
    case event
    case fault
    /// A guarantee broke here.
    case finding

    private var rank: Int {
      switch self {
      case .detail: 0
      case .event: 1
      case .fault: 2
      case .finding: 3
      }
    }

    public static func < (left: Weight, right: Weight) -> Bool { left.rank < right.rank }
  }

  /// The time since the start of the trial; set-up comes before and has negative times.
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

  /// Time in seconds, subject and event, without colour.
  public var plainText: String { "\(fixed(time.seconds, places: 3)) \(who): \(what)" }
}

extension StoryLine: Codable {
  private enum CodingKeys: String, CodingKey { case seconds, who, what, weight }

  public func encode(to encoder: any Encoder) throws {
    var line = encoder.container(keyedBy: CodingKeys.self)
    try line.encode(time.seconds, forKey: .seconds)
    try line.encode(who, forKey: .who)
    try line.encode(what, forKey: .what)
    try line.encode(weight, forKey: .weight)
  }

  public init(from decoder: any Decoder) throws {
    let line = try decoder.container(keyedBy: CodingKeys.self)
    time = Duration(storedSeconds: try line.decode(Double.self, forKey: .seconds))
    who = try line.decode(String.self, forKey: .who)
    what = try line.decode(String.self, forKey: .what)
    weight = try line.decode(Weight.self, forKey: .weight)
  }
}
