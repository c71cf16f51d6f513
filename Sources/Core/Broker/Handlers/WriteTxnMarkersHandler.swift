import Controller
import OrderedCollections
import Primitives
import Replication
import Transport
import Wire

extension BrokerApis {
  /// Handles WriteTxnMarkers: transaction coordinators, and tools that repair a hanging transaction (KIP-664), report how transactions ended in
  /// partitions that this broker leads. Answered when all in-sync replicas have the markers.
  ///
  /// Source: Kafka's `KafkaApis.handleWriteTxnMarkersRequest`.
  func handleWriteTxnMarkers(_ incoming: IncomingRequest) {
    guard let request = incoming.decodeOrClose(WriteTxnMarkersRequest.self) else { return }
    let answers = PendingAnswers<[(partition: TopicPartition, error: ErrorCode)]>(count: request.markers.count) { answers in
      incoming.respond(WriteTxnMarkersResponse(zip(request.markers.map(\.producerId), answers)))
    }
    for (place, marker) in request.markers.enumerated() {
      write(TransactionMarker(marker), to: marker.partitions) { answers[place] = $0 }
    }
  }

  /// Writes a marker to each of the partitions.
  private func write(
    _ marker: TransactionMarker, to partitions: [TopicPartition], _ completion: @escaping ([(partition: TopicPartition, error: ErrorCode)]) -> Void
  ) {
    let answers = PendingAnswers<ErrorCode>(count: partitions.count) { errors in completion(Array(zip(partitions, errors))) }
    var entries: [(place: Int, entry: AppendEntry)] = []
    for (place, partition) in partitions.enumerated() {
      guard let replica = replicaManager.partition(named: partition), replica.role != .offline else {
        mark(.markerForMissingReplica)
        answers[place] = .unknownTopicOrPartition
        continue
      }
      if partition.topic == TopicName.consumerOffsets {
        groups.endTransaction(in: partition.partition, marker: marker) { answers[place] = $0.asToldToTransactionCoordinator }
      } else {
        entries.append((place, AppendEntry(partition: replica.id, records: marker.batch(timestamp: reactor.wallClock).bytes)))
      }
    }
    guard !entries.isEmpty else { return }
    replicaManager.append(
      requiredAcks: configuration.transactions.switches.acksOfMarkers, timeout: configuration.requestTimeout, origin: .coordinator,
      transactionVersion: marker.transactionVersion, entries: entries.map(\.entry)
    ) { outcomes in
      for (entry, outcome) in zip(entries, outcomes) { answers[entry.place] = outcome.error }
    }
  }
}

extension ErrorCode {
  /// A transaction coordinator does not expect coordinator errors here: it looks for the leader again.
  fileprivate var asToldToTransactionCoordinator: ErrorCode {
    switch self {
    case .coordinatorNotAvailable, .coordinatorLoadInProgress, .notCoordinator: .notLeaderOrFollower
    default: self
    }
  }
}

extension TransactionMarker {
  fileprivate init(_ marker: WriteTxnMarkersRequest.WritableTxnMarker) {
    self.init(
      producerID: marker.producerId, producerEpoch: marker.producerEpoch, isCommit: marker.transactionResult, coordinatorEpoch: marker.coordinatorEpoch,
      transactionVersion: Int16(marker.transactionVersion))
  }
}

extension WriteTxnMarkersRequest.WritableTxnMarker {
  /// The partitions without repetitions.
  fileprivate var partitions: [TopicPartition] {
    Array(OrderedSet(topics.flatMap { topic in topic.partitionIndexes.map { TopicPartition(topic.name, $0) } }))
  }
}

extension WriteTxnMarkersResponse {
  /// Lists each producer once; if a partition has several results the last one counts, as in Kafka, which uses maps.
  fileprivate init(_ results: some Sequence<(Int64, [(partition: TopicPartition, error: ErrorCode)])>) {
    self.init()
    var producers: OrderedDictionary<Int64, OrderedDictionary<TopicPartition, ErrorCode>> = [:]
    for (producerID, errors) in results {
      for (partition, error) in errors { producers[producerID, default: [:]][partition] = error }
    }
    markers = producers.map { producerID, errors in
      var result = WritableTxnMarkerResult()
      result.producerId = producerID
      for (partition, error) in errors {
        var entry = WritableTxnMarkerPartitionResult()
        (entry.partitionIndex, entry.errorCode) = (partition.partition, error)
        let topic = result.topics.group(where: { $0.name == partition.topic }, or: .init { $0.name = partition.topic })
        result.topics[topic].partitions.append(entry)
      }
      return result
    }
  }
}
