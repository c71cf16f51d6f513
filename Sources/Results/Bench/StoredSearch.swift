import Measurement

/// A search for the highest rate that meets objectives, with every rate that was tried.
public struct StoredSearch: Codable, Sendable, Equatable {
  public var objectives: [String]
  /// The highest rate that met all objectives; nil if none did.
  public var recordsPerSecond: Double?
  public var steps: [SearchStep]

  public init(objectives: [String], recordsPerSecond: Double?, steps: [SearchStep]) {
    self.objectives = objectives
    self.recordsPerSecond = recordsPerSecond
    self.steps = steps
  }

  /// The result of the search in one line.
  public var text: String {
    let wanted = objectives.joined(separator: ", ")
    guard let recordsPerSecond else { return "no rate meets \(wanted); the lowest that was tried is \(rateText(steps.map(\.recordsPerSecond).min() ?? 0)) records/s" }
    return "\(rateText(recordsPerSecond)) records/s is the highest rate that meets \(wanted)"
  }
}

/// One rate that a search tried.
public struct SearchStep: Codable, Sendable, Equatable {
  /// The rate requested of all producers together.
  public var recordsPerSecond: Double
  /// The rate that they published within the window; nil if it saw no record.
  public var published: Double?
  /// Milliseconds; nil if nothing was acknowledged.
  public var publishP99: Double?
  /// The objectives that were not met.
  public var missed: [String]

  public init(recordsPerSecond: Double, published: Double?, publishP99: Double?, missed: [String]) {
    self.recordsPerSecond = recordsPerSecond
    self.published = published
    self.publishP99 = publishP99
    self.missed = missed
  }
}
