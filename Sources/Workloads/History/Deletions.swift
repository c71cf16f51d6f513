import Host
import Primitives

/// What was deliberately removed from logs: up to which offset of each partition, when, and by which rule.
///
/// A record below such an offset may be gone. A record at it or above may not.
public struct Deletions: Sendable {
  /// Why records are gone. Results contain these texts.
  public enum Rule: Hashable, Sendable {
    case log(Occurrence.DeletionRule)
    case topicDeleted
    /// A cluster that is only seen through clients does not say which rule moved its log start.
    case logStart

    public var words: String {
      switch self {
      case .log(let rule): rule.rawValue
      case .topicDeleted: "deletion of the topic"
      case .logStart: "retention or DeleteRecords"
      }
    }

    /// The rule with these words; nil if there is none.
    init?(words: String) {
      switch words {
      case Self.topicDeleted.words: self = .topicDeleted
      case Self.logStart.words: self = .logStart
      default:
        guard let rule = Occurrence.DeletionRule(rawValue: words) else { return nil }
        self = .log(rule)
      }
    }
  }

  struct Deletion: Equatable {
    let below: Offset
    let at: Instant
    let rule: Rule
  }

  /// By partition, each in ascending order of the offsets.
  private var byPartition: [[Deletion]] = []

  public init() {}

  public var isEmpty: Bool { byPartition.isEmpty }

  /// Records that everything below an offset was removed. Replicas follow the same rule one after another: a repetition is ignored.
  public mutating func add(below offset: Offset, of partition: PartitionNumber, by rule: Rule, at instant: Instant) {
    let index = Int(partition.number)
    while byPartition.count <= index { byPartition.append([]) }
    guard offset > byPartition[index].last?.below ?? 0 else { return }
    byPartition[index].append(Deletion(below: offset, at: instant, rule: rule))
  }

  /// Records that the topic was deleted, with all its records at any offset.
  public mutating func addTopicDeletion(of partition: PartitionNumber, at instant: Instant) {
    add(below: Offset(.max), of: partition, by: .topicDeleted, at: instant)
  }

  /// Calls `body` for every deletion, by partition and in ascending order of the offsets.
  func forEach(_ body: (PartitionNumber, Offset, Instant, Rule) -> Void) {
    for (partition, deletions) in byPartition.enumerated() {
      for deletion in deletions { body(PartitionNumber(Int32(partition)), deletion.below, deletion.at, deletion.rule) }
    }
  }

  /// The first rule that removed a record; nil if none did.
  public func rule(at offset: Offset, of partition: PartitionNumber) -> Rule? { deletion(at: offset, of: partition)?.rule }

  /// Whether a record had been removed by an instant.
  public func isDeleted(_ offset: Offset, of partition: PartitionNumber, by instant: Instant) -> Bool {
    deletion(at: offset, of: partition).map { $0.at <= instant } ?? false
  }

  /// Whether anything was removed from a partition.
  public func touched(_ partition: PartitionNumber) -> Bool { !deletions(of: partition).isEmpty }

  private func deletion(at offset: Offset, of partition: PartitionNumber) -> Deletion? {
    // A record without a known offset is certainly gone only if its whole topic is.
    if offset == .unknown { return deletions(of: partition).last { $0.rule == .topicDeleted } }
    return deletions(of: partition).first { $0.below > offset }
  }

  private func deletions(of partition: PartitionNumber) -> [Deletion] {
    guard partition != .unknown, byPartition.indices.contains(Int(partition.number)) else { return [] }
    return byPartition[Int(partition.number)]
  }
}
