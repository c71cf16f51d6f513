import Primitives
import Wire

/// What a leader's response means for a marker.
enum MarkerOutcome: Equatable {
  /// It is in the log of the partition, or does not have to be there.
  case written
  case again
  /// No leader will accept it from this coordinator.
  case never(ErrorCode, isExpected: Bool)

  /// Source: Kafka's `TransactionMarkerRequestCompletionHandler.onComplete`.
  ///
  /// - Parameter error: The response's error for the partition; nil if the response lacks the partition.
  init(_ error: ErrorCode?) {
    guard let error else {
      self = .again
      return
    }
    switch error {
    // A format without transactions cannot contain one.
    case .none, .unsupportedForMessageFormat, .unsupportedVersion: self = .written
    // If a topic is really gone, the metadata says so.
    case .unknownTopicOrPartition, .notLeaderOrFollower, .notEnoughReplicas, .notEnoughReplicasAfterAppend, .requestTimedOut, .kafkaStorageError:
      self = .again
    // Another broker coordinates in a later epoch, or the producer has moved past this transaction.
    case .invalidProducerEpoch, .transactionCoordinatorFenced: self = .never(error, isExpected: true)
    default: self = .never(error, isExpected: false)
    }
  }
}

/// The producer and the partition of a marker.
struct MarkerPlace: Hashable {
  let producerID: Int64
  let partition: TopicPartition
}

extension WriteTxnMarkersResponse {
  /// Only for lookups.
  var errors: [MarkerPlace: ErrorCode] {
    var errors: [MarkerPlace: ErrorCode] = [:]
    for marker in markers {
      for topic in marker.topics {
        for partition in topic.partitions {
          errors[MarkerPlace(producerID: marker.producerId, partition: TopicPartition(topic.name, partition.partitionIndex))] = partition.errorCode
        }
      }
    }
    return errors
  }
}

extension WriteTxnMarkersRequest {
  /// From version 2 on each marker states the transaction version whose rules apply (KIP-1228).
  init(_ markers: [MarkersUnderWay]) {
    self.init()
    self.markers = markers.map { markers in
      let order = markers.transaction.order
      var marker = WritableTxnMarker()
      (marker.producerId, marker.producerEpoch, marker.transactionResult) = (order.producerID, order.producerEpoch, order.isCommit)
      (marker.coordinatorEpoch, marker.transactionVersion) = (markers.transaction.epoch.value, Int8(clamping: order.transactionVersion))
      for partition in markers.partitions {
        let place = marker.topics.group(where: { $0.name == partition.topic }, or: .init { $0.name = partition.topic })
        marker.topics[place].partitionIndexes.append(partition.partition)
      }
      return marker
    }
  }
}
