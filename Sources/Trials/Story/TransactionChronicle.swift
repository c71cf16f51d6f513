import Host
import Primitives

/// What brokers reported about the ends of transactions, for following a record through them.
struct TransactionChronicle {
  /// A report of a broker.
  struct Entry: Equatable {
    var time: Instant
    var who: String
    var what: String
  }

  /// A report, which is put into words only if needed.
  private struct Told {
    let time: Instant
    let who: String
    let occurrence: Occurrence

    var entry: Entry { Entry(time: time, who: who, what: occurrence.words?.text ?? "") }
  }

  private struct Marker {
    let told: Told
    let producerID: Int64
    let offset: Offset
  }

  private struct Decision {
    let told: Told
    let partitions: [TopicPartition]
  }

  /// In the order in which they were written. Only looked up.
  private var markers: [TopicPartition: [Marker]] = [:]
  /// By producer id, in the order of the reports. Only looked up.
  private var decisions: [Int64: [Decision]] = [:]

  mutating func observe(_ occurrence: Occurrence, by who: String, at time: Instant) {
    switch occurrence {
    case .markerWritten(let partition, let producerID, _, _, let offset):
      markers[partition, default: []].append(Marker(told: Told(time: time, who: who, occurrence: occurrence), producerID: producerID, offset: offset))
    case .transactionChanged(let standing):
      guard standing.state.hasPrefix("Prepare") else { return }
      decisions[standing.producerID, default: []].append(Decision(told: Told(time: time, who: who, occurrence: occurrence), partitions: standing.partitions))
    default: return
    }
  }

  /// What ended a producer's transaction in a partition: the last decision about the partition before its marker, and the marker. Empty if there is no marker after the offset.
  func end(of producerID: Int64, in partition: TopicPartition, behind offset: Offset) -> [Entry] {
    guard let marker = markers[partition]?.first(where: { $0.producerID == producerID && $0.offset > offset }) else { return [] }
    let decision = decisions[producerID]?.last { $0.told.time <= marker.told.time && $0.partitions.contains(partition) }
    return (decision.map { [$0.told.entry] } ?? []) + [marker.told.entry]
  }
}
