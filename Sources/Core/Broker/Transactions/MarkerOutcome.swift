import Primitives
import Wire

/// What becomes of a marker after a leader's answer.
enum MarkerOutcome: Equatable {
  /// It is in the log of the partition, or needs not be there.
  case written
  case again
  /// No leader will take it from this coordinator.
  case never(ErrorCode, isExpected: Bool)

  /// Source: Kafka's `TransactionMarkerRequestCompletionHandler.onComplete`.
  ///
  /// - Parameter error: what the answer says of the partition; nil if it says nothing.
  init(_ error: ErrorCode?) {
    guard let error else {
      self = .again
      return
    }
    switch error {
    // A format that knows no transactions holds nothing of one.
    case .none, .unsupportedForMessageFormat, .unsupportedVersion: self = .written
    // Where a topic is really gone the metadata says so.
    case .unknownTopicOrPartition, .notLeaderOrFollower, .notEnoughReplicas, .notEnoughReplicasAfterAppend, .requestTimedOut, .kafkaStorageError:
      self = .again
    // Somebody coordinates in a later epoch, or the producer is further than this transaction.
    case .invalidProducerEpoch, .transactionCoordinatorFenced: self = .never(error, isExpected: true)
    default: self = .never(error, isExpected: false)
    }
  }
}

/// Where a marker belongs.
struct MarkerPlace: Hashable {
  let producerID: Int64
  let partition: TopicPartition
}

extension WriteTxnMarkersResponse {
  /// Only to be looked up.
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
  /// From version 2 on each marker says by which rules its transaction ends (KIP-1228).
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
