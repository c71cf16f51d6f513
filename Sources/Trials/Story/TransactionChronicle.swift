import Host
import Primitives

/// What brokers told of the ends of transactions, kept for those who follow a record through them.
struct TransactionChronicle {
  /// Something that a broker told.
  struct Entry: Equatable {
    var time: Instant
    var who: String
    var what: String
  }

  private struct Marker {
    let entry: Entry
    let producerID: Int64
    let offset: Offset
  }

  private struct Decision {
    let entry: Entry
    let partitions: [TopicPartition]
  }

  /// In the order in which they were written. Only looked up.
  private var markers: [TopicPartition: [Marker]] = [:]
  /// By producer id, in the order in which they were told. Only looked up.
  private var decisions: [Int64: [Decision]] = [:]

  mutating func note(_ occurrence: Occurrence, by who: String, at time: Instant) {
    switch occurrence {
    case .markerWritten(let partition, let producerID, _, _, let offset):
      guard let words = occurrence.words?.text else { return }
      markers[partition, default: []].append(Marker(entry: Entry(time: time, who: who, what: words), producerID: producerID, offset: offset))
    case .transactionChanged(let standing):
      guard standing.state.hasPrefix("Prepare"), let words = occurrence.words?.text else { return }
      decisions[standing.producerID, default: []].append(Decision(entry: Entry(time: time, who: who, what: words), partitions: standing.partitions))
    default: return
    }
  }

  /// What ended a producer's transaction in a partition: the last decision before its marker that was about the partition, and the marker. Empty where there is no marker behind the offset.
  func end(of producerID: Int64, in partition: TopicPartition, behind offset: Offset) -> [Entry] {
    guard let marker = markers[partition]?.first(where: { $0.producerID == producerID && $0.offset > offset }) else { return [] }
    let decision = decisions[producerID]?.last { $0.entry.time <= marker.entry.time && $0.partitions.contains(partition) }
    return (decision.map { [$0.entry] } ?? []) + [marker.entry]
  }
}
