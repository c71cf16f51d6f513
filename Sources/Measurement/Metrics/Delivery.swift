import Primitives

/// The outcomes of records, counted from the history and the final state of the logs.
public struct Delivery: Sendable, Equatable {
  public var sent = 0
  public var acked = 0
  /// Definitely not written.
  public var failed = 0
  /// Of unknown outcome.
  public var unknown = 0
  /// Why records failed, according to their producers, with counts. Empty if that cannot be observed.
  public var failedBy: [ReasonCount] = []
  /// The same for records of unknown outcome.
  public var unknownBy: [ReasonCount] = []
  /// Acknowledged and gone, except for deletion by a rule.
  public var lost = 0
  /// The part of `lost` that settings and faults permit.
  public var permittedLoss = 0
  /// The part of `lost` that nothing permits.
  public var violations: Int { lost.saturatingSubtracting(permittedLoss) }
  /// What permitted it, with counts.
  public var permittedBy: [ReasonCount] = []
  /// Acknowledged, and removed by a rule: retention, DeleteRecords, deletion of a topic. Not part of `lost`.
  public var deleted = 0
  /// Which rule removed them, with counts.
  public var deletedBy: [ReasonCount] = []
  public var duplicated = 0
  public var reordered = 0

  public init() {}

  /// The sum of two runs.
  public static func + (left: Delivery, right: Delivery) -> Delivery {
    var sum = left
    for count in counts { sum[keyPath: count.path] = sum[keyPath: count.path].saturatingAdding(right[keyPath: count.path]) }
    sum.failedBy = ReasonCount.sum(left.failedBy, right.failedBy)
    sum.unknownBy = ReasonCount.sum(left.unknownBy, right.unknownBy)
    sum.permittedBy = ReasonCount.sum(left.permittedBy, right.permittedBy)
    sum.deletedBy = ReasonCount.sum(left.deletedBy, right.deletedBy)
    return sum
  }

  /// Every stored count, by its stored name.
  public static let counts: [(name: String, path: WritableKeyPath<Delivery, Int> & Sendable)] = [
    ("sent", \.sent), ("acked", \.acked), ("failed", \.failed), ("unknown", \.unknown), ("lost", \.lost), ("permittedLoss", \.permittedLoss),
    ("deleted", \.deleted), ("duplicated", \.duplicated), ("reordered", \.reordered),
  ]
}

/// A reason, and the number of records it applies to.
public struct ReasonCount: Sendable, Equatable {
  public var reason: String
  public var count: Int

  public init(reason: String, count: Int) {
    self.reason = reason
    self.count = count
  }

  /// The sums by reason, in the order in which the reasons first came.
  fileprivate static func sum(_ left: [ReasonCount], _ right: [ReasonCount]) -> [ReasonCount] {
    right.reduce(into: left) { sum, loss in
      if let index = sum.firstIndex(where: { $0.reason == loss.reason }) {
        sum[index].count = sum[index].count.saturatingAdding(loss.count)
      } else {
        sum.append(loss)
      }
    }
  }
}

extension Delivery: Codable {
  private enum CodingKeys: String, CodingKey { case sent, acked, failed, unknown, failedBy, unknownBy, lost, permittedLoss, permittedBy, deleted, deletedBy, duplicated, reordered }

  public func encode(to encoder: any Encoder) throws {
    var delivery = encoder.container(keyedBy: CodingKeys.self)
    try delivery.encode(sent, forKey: .sent)
    try delivery.encode(acked, forKey: .acked)
    try delivery.encode(failed, forKey: .failed)
    try delivery.encode(unknown, forKey: .unknown)
    if !failedBy.isEmpty { try delivery.encode(counts: failedBy.map { ($0.reason, $0.count) }, forKey: .failedBy) }
    if !unknownBy.isEmpty { try delivery.encode(counts: unknownBy.map { ($0.reason, $0.count) }, forKey: .unknownBy) }
    try delivery.encode(lost, forKey: .lost)
    try delivery.encode(permittedLoss, forKey: .permittedLoss)
    try delivery.encode(counts: permittedBy.map { ($0.reason, $0.count) }, forKey: .permittedBy)
    try delivery.encode(deleted, forKey: .deleted)
    try delivery.encode(counts: deletedBy.map { ($0.reason, $0.count) }, forKey: .deletedBy)
    try delivery.encode(duplicated, forKey: .duplicated)
    try delivery.encode(reordered, forKey: .reordered)
  }

  public init(from decoder: any Decoder) throws {
    let delivery = try decoder.container(keyedBy: CodingKeys.self)
    sent = try delivery.decode(Int.self, forKey: .sent)
    acked = try delivery.decode(Int.self, forKey: .acked)
    failed = try delivery.decode(Int.self, forKey: .failed)
    unknown = try delivery.decode(Int.self, forKey: .unknown)
    if delivery.contains(.failedBy) { failedBy = try delivery.decodeCounts(forKey: .failedBy).map { ReasonCount(reason: $0.name, count: $0.count) } }
    if delivery.contains(.unknownBy) { unknownBy = try delivery.decodeCounts(forKey: .unknownBy).map { ReasonCount(reason: $0.name, count: $0.count) } }
    lost = try delivery.decode(Int.self, forKey: .lost)
    permittedLoss = try delivery.decode(Int.self, forKey: .permittedLoss)
    permittedBy = try delivery.decodeCounts(forKey: .permittedBy).map { ReasonCount(reason: $0.name, count: $0.count) }
    deleted = try delivery.decode(Int.self, forKey: .deleted)
    deletedBy = try delivery.decodeCounts(forKey: .deletedBy).map { ReasonCount(reason: $0.name, count: $0.count) }
    duplicated = try delivery.decode(Int.self, forKey: .duplicated)
    reordered = try delivery.decode(Int.self, forKey: .reordered)
  }
}
