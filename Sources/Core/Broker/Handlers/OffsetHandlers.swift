import Transport
import Wire

extension BrokerApis {
  /// Handles ListOffsets: offsets by time. A partition that is named twice gets INVALID_REQUEST, as in Kafka.
  func handleListOffsets(_ incoming: IncomingRequest) {
    guard let request = incoming.decodeOrClose(ListOffsetsRequest.self) else { return }
    incoming.respond(replicaManager.listOffsets(request, version: incoming.version))
  }

  /// Handles OffsetForLeaderEpoch: where a leader epoch ends (KIP-320).
  func handleOffsetForLeaderEpoch(_ incoming: IncomingRequest) {
    guard let request = incoming.decodeOrClose(OffsetForLeaderEpochRequest.self) else { return }
    incoming.respond(replicaManager.offsetsForLeaderEpoch(request))
  }

  /// Handles DeleteRecords: moves log start offsets, answered when all live replicas have followed (KIP-107).
  func handleDeleteRecords(_ incoming: IncomingRequest) {
    guard let request = incoming.decodeOrClose(DeleteRecordsRequest.self) else { return }
    replicaManager.deleteRecords(request) { incoming.respond($0) }
  }
}
