import Primitives
import Transport
import Wire

extension BrokerApis {
  /// Handles Fetch of consumers and followers: the replica manager waits, reads and keeps sessions; the response contains the addresses of new
  /// leaders (KIP-951).
  func handleFetch(_ incoming: IncomingRequest) {
    guard let request = incoming.decodeOrClose(FetchRequest.self) else { return }
    replicaManager.fetch(request, version: incoming.version) { [metadata] response in
      guard incoming.version >= 16, response.namesOtherLeaders else { return incoming.respond(response) }
      var response = response
      response.nodeEndpoints = Self.endpoints(ofLeadersIn: response, metadata)
      incoming.respond(response)
    }
  }

  private static func endpoints(ofLeadersIn response: FetchResponse, _ metadata: MetadataCache) -> [FetchResponse.NodeEndpoint] {
    var endpoints: [FetchResponse.NodeEndpoint] = []
    for topic in response.responses {
      for partition in topic.partitions where partition.currentLeader.leaderId >= 0 {
        let leader = partition.currentLeader.leaderId
        guard !endpoints.contains(where: { $0.nodeId == leader }), let broker = metadata.aliveBroker(NodeID(leader)) else { continue }
        var endpoint = FetchResponse.NodeEndpoint()
        endpoint.nodeId = leader
        endpoint.host = broker.address.host
        endpoint.port = broker.address.port
        endpoint.rack = broker.rack
        endpoints.append(endpoint)
      }
    }
    return endpoints
  }
}

extension FetchResponse {
  fileprivate var namesOtherLeaders: Bool {
    let topics = responses.span
    for topic in topics.indices {
      let partitions = topics[topic].partitions.span
      for index in partitions.indices where partitions[index].currentLeader.leaderId >= 0 { return true }
    }
    return false
  }
}
