import Primitives

/// How likely a failure was, as seen from instants of the trial that met it: how many of its futures meet it as well.
public struct FailureOdds: Codable, Sendable, Equatable {
  /// The trial was run up to an instant, and from there on with other random numbers, several times.
  public struct Point: Sendable, Equatable {
    /// On the scenario's clock.
    public var instant: Duration
    public var futures: Int
    /// How many of them violated the guarantee.
    public var failures: Int

    public init(at instant: Duration, futures: Int, failures: Int) {
      self.instant = instant
      self.futures = futures
      self.failures = failures
    }

    /// From 0 to 1; 0 where nothing was run.
    public var share: Double { futures > 0 ? Double(failures) / Double(futures) : 0 }
  }

  public var guarantee: String
  /// Ascending by their instants.
  public var points: [Point]

  public init(guarantee: String, points: [Point]) {
    self.guarantee = guarantee
    self.points = points
  }

  /// Less is chance, at ten futures an instant.
  private static let leastRise = 0.25

  /// The neighbours between which the failure became more likely by most; nil where it never did by much.
  public var rise: (from: Point, to: Point)? {
    let pairs = zip(points, points.dropFirst()).filter { $1.share - $0.share >= Self.leastRise }
    return pairs.max { $0.1.share - $0.0.share < $1.1.share - $1.0.share }.map { ($0.0, $0.1) }
  }

  /// What the story tells of the time in which the failure became likely.
  public func events(of story: [StoryLine]) -> [StoryLine] {
    guard let rise else { return [] }
    return story.filter { $0.weight > .detail && $0.time > rise.from.instant && $0.time <= rise.to.instant }
  }
}

extension FailureOdds.Point: Codable {
  private enum CodingKeys: String, CodingKey { case seconds, futures, failures }

  public func encode(to encoder: any Encoder) throws {
    var point = encoder.container(keyedBy: CodingKeys.self)
    try point.encode(instant.seconds, forKey: .seconds)
    try point.encode(futures, forKey: .futures)
    try point.encode(failures, forKey: .failures)
  }

  /// Throws if there are less futures than failures, or less than none of either.
  public init(from decoder: any Decoder) throws {
    let point = try decoder.container(keyedBy: CodingKeys.self)
    instant = Duration(storedSeconds: try point.decode(Double.self, forKey: .seconds))
    futures = try point.decode(Int.self, forKey: .futures)
    failures = try point.decode(Int.self, forKey: .failures)
    guard 0...max(futures, 0) ~= failures else {
      throw DecodingError.dataCorruptedError(forKey: .failures, in: point, debugDescription: "\(failures) of \(futures) futures cannot fail")
    }
  }
}
