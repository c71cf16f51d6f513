import Client
import Host
import Primitives

/// Records what the consumer of a group member reports besides records.
struct MemberNotes {
  let reactor: Reactor
  let recorder: HistoryRecorder
  let process: ProcessNumber
  let consumer: Consumer

  /// The number of a partition as in its records, if the topic's id is known by now.
  func number(_ partition: TopicPartition) -> PartitionNumber {
    recorder.number(of: partition, topicID: consumer.metadata.topic(partition.topic)?.id ?? .zero)
  }

  /// The member got partitions, gave them up, or lost them.
  func changed(_ function: History.Operation.Function, _ partitions: [TopicPartition]) {
    recorder.changed(function, partitions.map(number), by: process, at: reactor.now)
  }

  /// An offset commit is sent, or its outcome is known.
  func commit(_ kind: History.Operation.Kind, _ offsets: [(partition: TopicPartition, offset: CommittedOffset)]) {
    recorder.commit(kind, offsets.map { (number($0.partition), $0.offset.offset) }, by: process, at: reactor.now)
  }

  /// A position is set.
  func set(_ partition: TopicPartition, from former: Offset?, to position: Offset) {
    recorder.reset(number(partition), from: former, to: position, by: process, at: reactor.now)
  }

  /// A position was reset by `auto.offset.reset`.
  func reset(_ partition: TopicPartition, from former: Offset?, to position: Offset) {
    set(partition, from: former, to: position)
    guard let former else { return }
    reactor.host.report(.note("was sent from offset \(former) of \(partition) to \(position)"))
  }

  func found(_ truncation: LogTruncation) {
    set(truncation.partition, from: truncation.position, to: truncation.divergence ?? truncation.position)
    reactor.host.report(.note("found that \(truncation.partition) was cut below its position \(truncation.position)"))
  }
}

extension AutoOffsetReset {
  /// Whether the setting may skip records that exist.
  var mayPassOver: Bool {
    switch self {
    case .latest, .byDuration: true
    case .earliest, .none: false
    }
  }
}
