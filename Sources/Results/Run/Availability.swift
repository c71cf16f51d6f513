import Measurement
import Primitives

/// How long somebody waited at the longest, while a leader with enough replicas was within reach.
public struct Availability: Sendable, Equatable {
  public struct Gap: Sendable, Equatable {
    public var partition: String
    /// On the scenario's clock.
    public var from: Duration
    public var length: Duration

    public init(partition: String, from: Duration, length: Duration) {
      self.partition = partition
      self.from = from
      self.length = length
    }
  }

  /// No wait may be longer.
  public var bound: Duration
  /// nil where nobody was seen to wait.
  public var withoutAcknowledgement: Gap?
  public var withoutDelivery: Gap?

  public init(bound: Duration, withoutAcknowledgement: Gap? = nil, withoutDelivery: Gap? = nil) {
    self.bound = bound
    self.withoutAcknowledgement = withoutAcknowledgement
    self.withoutDelivery = withoutDelivery
  }

  public var text: String {
    func words(_ gap: Gap?) -> String {
      gap.map { "\(fixed($0.length.seconds, places: 2)) s (\($0.partition), from \(fixed($0.from.seconds, places: 2)) s on)" } ?? "0 s"
    }
    return "longest wait, with a leader within reach: for an acknowledgement \(words(withoutAcknowledgement)), "
      + "for records \(words(withoutDelivery)); bound \(fixed(bound.seconds, places: 0)) s"
  }
}

extension Availability: Codable {
  private enum CodingKeys: String, CodingKey { case boundSeconds, withoutAcknowledgement, withoutDelivery }

  public func encode(to encoder: any Encoder) throws {
    var availability = encoder.container(keyedBy: CodingKeys.self)
    try availability.encode(bound.seconds, forKey: .boundSeconds)
    try availability.encode(withoutAcknowledgement, forKey: .withoutAcknowledgement)
    try availability.encode(withoutDelivery, forKey: .withoutDelivery)
  }

  public init(from decoder: any Decoder) throws {
    let availability = try decoder.container(keyedBy: CodingKeys.self)
    bound = Duration(storedSeconds: try availability.decode(Double.self, forKey: .boundSeconds))
    withoutAcknowledgement = try availability.decode(Gap?.self, forKey: .withoutAcknowledgement)
    withoutDelivery = try availability.decode(Gap?.self, forKey: .withoutDelivery)
  }
}

extension Availability.Gap: Codable {
  private enum CodingKeys: String, CodingKey { case seconds, partition, from }

  public func encode(to encoder: any Encoder) throws {
    var gap = encoder.container(keyedBy: CodingKeys.self)
    try gap.encode(length.seconds, forKey: .seconds)
    try gap.encode(partition, forKey: .partition)
    try gap.encode(from.seconds, forKey: .from)
  }

  public init(from decoder: any Decoder) throws {
    let gap = try decoder.container(keyedBy: CodingKeys.self)
    length = Duration(storedSeconds: try gap.decode(Double.self, forKey: .seconds))
    partition = try gap.decode(String.self, forKey: .partition)
    from = Duration(storedSeconds: try gap.decode(Double.self, forKey: .from))
  }
}
