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

  var text: String {
    func words(_ gap: Gap?) -> String {
      gap.map { "\(fixed($0.length.seconds, places: 2)) s (\($0.partition), from \(fixed($0.from.seconds, places: 2)) s on)" } ?? "0 s"
    }
    return "longest wait, with a leader within reach: for an acknowledgement \(words(withoutAcknowledgement)), "
      + "for records \(words(withoutDelivery)); bound \(fixed(bound.seconds, places: 0)) s"
  }

  var json: JSON {
    func gap(_ gap: Gap?) -> JSON {
      guard let gap else { return .null }
      return .object([
        ("seconds", .decimal(gap.length.seconds, places: 3)), ("partition", .string(gap.partition)), ("from", .decimal(gap.from.seconds, places: 3)),
      ])
    }
    return .object([
      ("boundSeconds", .decimal(bound.seconds, places: 3)), ("withoutAcknowledgement", gap(withoutAcknowledgement)), ("withoutDelivery", gap(withoutDelivery)),
    ])
  }
}
