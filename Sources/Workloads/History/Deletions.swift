import Host
import Primitives

/// What was taken out of logs on purpose: up to which offset of each partition, when, and by what rule.
///
/// A record below such an offset may be gone. One at it or above may not.
public struct Deletions: Sendable {
  /// Why records are gone. The texts are what results name.
  public enum Rule: Hashable, Sendable {
    case log(Occurrence.DeletionRule)
    case topicDeleted
    /// A cluster that only clients see does not say by which rule its log starts where it does.
    case logStart

    public var words: String {
      switch self {
      case .log(let rule): rule.rawValue
      case .topicDeleted: "deletion of the topic"
      case .logStart: "retention or DeleteRecords"
      }
    }

    /// Of its own words; nil where they are those of none.
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

  /// Notes that everything below an offset was given up. Replicas follow the same rule one after another: what is no news is left out.
  public mutating func note(below offset: Offset, of partition: PartitionNumber, by rule: Rule, at instant: Instant) {
    let index = Int(partition.number)
    while byPartition.count <= index { byPartition.append([]) }
    guard offset > byPartition[index].last?.below ?? 0 else { return }
    byPartition[index].append(Deletion(below: offset, at: instant, rule: rule))
  }

  /// A deleted topic has no records any more, wherever they stood.
  public mutating func noteTopic(of partition: PartitionNumber, at instant: Instant) {
    note(below: Offset(.max), of: partition, by: .topicDeleted, at: instant)
  }

  /// Runs for every deletion, by partition and in ascending order of the offsets.
  func forEach(_ body: (PartitionNumber, Offset, Instant, Rule) -> Void) {
    for (partition, deletions) in byPartition.enumerated() {
      for deletion in deletions { body(PartitionNumber(Int32(partition)), deletion.below, deletion.at, deletion.rule) }
    }
  }

  /// The rule that took a record first; nil where none did.
  public func rule(at offset: Offset, of partition: PartitionNumber) -> Rule? { deletion(at: offset, of: partition)?.rule }

  /// Whether a record was given up, and not later than at an instant.
  public func isDeleted(_ offset: Offset, of partition: PartitionNumber, by instant: Instant) -> Bool {
    deletion(at: offset, of: partition).map { $0.at <= instant } ?? false
  }

  /// Whether anything was taken out of a partition.
  public func touched(_ partition: PartitionNumber) -> Bool { !deletions(of: partition).isEmpty }

  private func deletion(at offset: Offset, of partition: PartitionNumber) -> Deletion? {
    // A record without a known offset is gone for certain only with its whole topic.
    if offset == .unknown { return deletions(of: partition).last { $0.rule == .topicDeleted } }
    return deletions(of: partition).first { $0.below > offset }
  }

  private func deletions(of partition: PartitionNumber) -> [Deletion] {
    guard partition != .unknown, byPartition.indices.contains(Int(partition.number)) else { return [] }
    return byPartition[Int(partition.number)]
  }
}
