import Primitives

/// What became of the records of a run: see `Delivery`.
public struct StoredDelivery: Codable, Sendable, Equatable {
  public var sent = 0
  public var acked = 0
  public var failed = 0
  public var unknown = 0
  /// Acknowledged and gone, deletion by rule aside.
  public var lost = 0
  /// The part of `lost` that settings and faults permit.
  public var permittedLoss = 0
  /// Acknowledged, and removed by rule. No part of `lost`.
  public var deleted = 0
  public var duplicated = 0
  public var reordered = 0

  public init() {}

  public init(_ delivery: Delivery) {
    sent = delivery.sent
    acked = delivery.acked
    failed = delivery.failed
    unknown = delivery.unknown
    lost = delivery.lost
    permittedLoss = delivery.permittedLoss
    deleted = delivery.deleted
    duplicated = delivery.duplicated
    reordered = delivery.reordered
  }

  /// The part of `lost` that nothing permits.
  public var violations: Int { lost.saturatingSubtracting(permittedLoss) }

  /// What two runs came to together.
  public static func + (left: StoredDelivery, right: StoredDelivery) -> StoredDelivery {
    var sum = left
    for count in counts { sum[keyPath: count.path] = sum[keyPath: count.path].saturatingAdding(right[keyPath: count.path]) }
    return sum
  }

  /// Every count that is stored, by the name that it has there.
  static let counts: [(name: String, path: WritableKeyPath<StoredDelivery, Int> & Sendable)] = [
    ("sent", \.sent), ("acked", \.acked), ("failed", \.failed), ("unknown", \.unknown), ("lost", \.lost), ("permittedLoss", \.permittedLoss),
    ("deleted", \.deleted), ("duplicated", \.duplicated), ("reordered", \.reordered),
  ]
}
