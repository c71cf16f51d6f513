import Primitives
import Transport
import Wire

extension BrokerApis {
  /// ListOffsets: offsets by time. A partition that is named twice gets INVALID_REQUEST, as at Kafka's brokers.
  func handleListOffsets(_ incoming: IncomingRequest) {
    guard let request = incoming.decodeOrClose(ListOffsetsRequest.self) else { return }
    var response = replicaManager.listOffsets(request, version: incoming.version)
    for topic in response.topics.indices where response.topics[topic].hasRepeatedPartition {
      response.topics[topic].refuseRepeatedPartitions()
    }
    incoming.respond(response)
  }

  /// OffsetForLeaderEpoch: where a leader epoch ends (KIP-320).
  func handleOffsetForLeaderEpoch(_ incoming: IncomingRequest) {
    guard let request = incoming.decodeOrClose(OffsetForLeaderEpochRequest.self) else { return }
    incoming.respond(replicaManager.offsetsForLeaderEpoch(request))
  }

  /// DeleteRecords: moves log start offsets, answered when all live replicas have followed (KIP-107).
  func handleDeleteRecords(_ incoming: IncomingRequest) {
    guard let request = incoming.decodeOrClose(DeleteRecordsRequest.self) else { return }
    replicaManager.deleteRecords(request) { incoming.respond($0) }
  }
}

extension ListOffsetsResponse.ListOffsetsTopicResponse {
  fileprivate var hasRepeatedPartition: Bool {
    partitions.count > 1 && Set(partitions.lazy.map(\.partitionIndex)).count < partitions.count
  }

  fileprivate mutating func refuseRepeatedPartitions() {
    for index in partitions.indices where partitions.count(where: { $0.partitionIndex == partitions[index].partitionIndex }) > 1 {
      var refused = ListOffsetsResponse.ListOffsetsPartitionResponse()
      refused.partitionIndex = partitions[index].partitionIndex
      refused.errorCode = .invalidRequest
      partitions[index] = refused
    }
  }
}
