import Measurement
import Primitives

/// The longest waits of clients while a leader with enough replicas was reachable.
public struct Availability: Sendable, Equatable {
  public struct Gap: Sendable, Equatable {
    public var partition: String
    /// The start, on the scenario's clock.
    public var from: Duration
    public var length: Duration

    public init(partition: String, from: Duration, length: Duration) {
      self.partition = partition
      self.from = from
      self.length = length
    }
  }

  /// A period in which a client waited to write to a partition and nothing was acknowledged, whether or not a leader could have served it.
  public struct Outage: Sendable, Equatable {
    public var partition: String
    /// The start, on the scenario's clock.
    public var from: Duration
    public var length: Duration
    /// Why no broker could serve when it began, and which one served again.
    public var reason: String

    public init(partition: String, from: Duration, length: Duration, reason: String) {
      self.partition = partition
      self.from = from
      self.length = length
      self.reason = reason
    }

    public var text: String {
      "nobody could write to \(partition) for \(fixed(length.seconds, places: 2)) s, from \(fixed(from.seconds, places: 3)) to \(fixed((from + length).seconds, places: 3)): \(reason)"
    }
  }

  /// The longest wait that is allowed.
  public var bound: Duration
  /// nil if no client was seen to wait.
  public var withoutAcknowledgement: Gap?
  public var withoutDelivery: Gap?
  /// In the order in which they ended.
  public var outages: [Outage]

  public init(bound: Duration, withoutAcknowledgement: Gap? = nil, withoutDelivery: Gap? = nil, outages: [Outage] = []) {
    self.outages = outages
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
  private enum CodingKeys: String, CodingKey { case boundSeconds, withoutAcknowledgement, withoutDelivery, outages }

  public func encode(to encoder: any Encoder) throws {
    var availability = encoder.container(keyedBy: CodingKeys.self)
    try availability.encode(bound.seconds, forKey: .boundSeconds)
    try availability.encode(withoutAcknowledgement, forKey: .withoutAcknowledgement)
    try availability.encode(withoutDelivery, forKey: .withoutDelivery)
    if !outages.isEmpty { try availability.encode(outages, forKey: .outages) }
  }

  public init(from decoder: any Decoder) throws {
    let availability = try decoder.container(keyedBy: CodingKeys.self)
    bound = Duration(storedSeconds: try availability.decode(Double.self, forKey: .boundSeconds))
    withoutAcknowledgement = try availability.decode(Gap?.self, forKey: .withoutAcknowledgement)
    withoutDelivery = try availability.decode(Gap?.self, forKey: .withoutDelivery)
    outages = try availability.decodeIfPresent([Outage].self, forKey: .outages) ?? []
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

extension Availability.Outage: Codable {
  private enum CodingKeys: String, CodingKey { case seconds, partition, from, reason }

  public func encode(to encoder: any Encoder) throws {
    var outage = encoder.container(keyedBy: CodingKeys.self)
    try outage.encode(length.seconds, forKey: .seconds)
    try outage.encode(partition, forKey: .partition)
    try outage.encode(from.seconds, forKey: .from)
    try outage.encode(reason, forKey: .reason)
  }

  public init(from decoder: any Decoder) throws {
    let outage = try decoder.container(keyedBy: CodingKeys.self)
    length = Duration(storedSeconds: try outage.decode(Double.self, forKey: .seconds))
    partition = try outage.decode(String.self, forKey: .partition)
    from = Duration(storedSeconds: try outage.decode(Double.self, forKey: .from))
    reason = try outage.decode(String.self, forKey: .reason)
  }
}
