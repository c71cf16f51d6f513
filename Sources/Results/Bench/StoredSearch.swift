import Measurement

/// A search for the highest rate that meets objectives, with every rate that was tried.
public struct StoredSearch: Codable, Sendable, Equatable {
  public var objectives: [String]
  /// The highest rate that met all objectives; nil where none did.
  public var recordsPerSecond: Double?
  public var steps: [SearchStep]

  public init(objectives: [String], recordsPerSecond: Double?, steps: [SearchStep]) {
    self.objectives = objectives
    self.recordsPerSecond = recordsPerSecond
    self.steps = steps
  }

  /// What it came to, in a line.
  public var text: String {
    let wanted = objectives.joined(separator: ", ")
    guard let recordsPerSecond else { return "no rate meets \(wanted); the lowest that was tried is \(rateText(steps.map(\.recordsPerSecond).min() ?? 0)) records/s" }
    return "\(rateText(recordsPerSecond)) records/s is the highest rate that meets \(wanted)"
  }
}

/// One rate that a search tried.
public struct SearchStep: Codable, Sendable, Equatable {
  /// Asked of all producers together.
  public var recordsPerSecond: Double
  /// What they published within the window; nil where it saw no record.
  public var published: Double?
  /// Milliseconds; nil where nothing was acknowledged.
  public var publishP99: Double?
  /// The objectives that it did not meet.
  public var missed: [String]

  public init(recordsPerSecond: Double, published: Double?, publishP99: Double?, missed: [String]) {
    self.recordsPerSecond = recordsPerSecond
    self.published = published
    self.publishP99 = publishP99
    self.missed = missed
  }
}
