import OrderedCollections

/// Why records were not acknowledged, according to their producers, with a count for each reason.
public struct SendFailures: Sendable, Equatable {
  private var definite: OrderedDictionary<String, Int> = [:]
  private var indefinite: OrderedDictionary<String, Int> = [:]

  public init() {}

  /// - Parameter isDefinite: whether the records are certainly not written; otherwise their fate is unknown.
  mutating func add(_ count: Int, isDefinite: Bool, because reason: String) {
    if isDefinite { definite[reason, default: 0] += count } else { indefinite[reason, default: 0] += count }
  }

  /// The failures of several producers together.
  public static func + (left: SendFailures, right: SendFailures) -> SendFailures {
    var sum = left
    sum.definite.merge(right.definite, uniquingKeysWith: +)
    sum.indefinite.merge(right.indefinite, uniquingKeysWith: +)
    return sum
  }

  /// Records that are certainly not written, by reason, in the order of the reasons.
  public var failed: [(reason: String, count: Int)] { Self.sorted(definite) }

  /// Records of unknown fate, by reason, in the order of the reasons.
  public var unknown: [(reason: String, count: Int)] { Self.sorted(indefinite) }

  private static func sorted(_ counts: OrderedDictionary<String, Int>) -> [(reason: String, count: Int)] {
    counts.elements.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }
}
