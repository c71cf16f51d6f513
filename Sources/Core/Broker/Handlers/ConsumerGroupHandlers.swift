import Coordination
import Groups
import Primitives
import Transport
import Wire

extension BrokerApis {
  /// Whether KIP-848 groups are supported: the protocol depends on a feature of the cluster, and each broker may disable it. ApiVersions lists its
  /// APIs in either case (`KafkaApis.isConsumerGroupProtocolEnabled`).
  private var speaksConsumerProtocol: Bool { metadata.image.features.groupVersion >= 1 && configuration.rebalanceProtocols.contains(.consumer) }

  /// Handles ConsumerGroupHeartbeat: a member of a KIP-848 group joins, stays, or leaves.
  func handleConsumerGroupHeartbeat(_ incoming: IncomingRequest) {
    guard let request = incoming.decodeOrClose(ConsumerGroupHeartbeatRequest.self) else { return }
    guard speaksConsumerProtocol else { return incoming.respond(request.refused(.unsupportedVersion)) }
    let client = groups.client(of: incoming)
    groups.runtime.write(to: groups.partition(of: request.groupId)) { [groups] shard, time throws(Refusal) in
      try shard.heartbeat(request, from: client, newMemberID: { groups.newConsumerMemberID() }, at: time)
    } answer: { result in
      switch result {
      case .success(let response): incoming.respond(response)
      case .failure(let refusal): incoming.respond(request.refused(refusal.code.asToldByCoordinator, refusal.message))
      }
    }
  }

  func handleConsumerGroupDescribe(_ incoming: IncomingRequest) {
    guard let request = incoming.decodeOrClose(ConsumerGroupDescribeRequest.self) else { return }
    guard speaksConsumerProtocol else { return incoming.respond(request.refused(.unsupportedVersion)) }
    var response = ConsumerGroupDescribeResponse()
    response.groups = request.groupIds.withoutRepetitions.map { id in
      let described = groups.runtime.read(from: groups.partition(of: id)) { _, committed throws(Refusal) in try committed.describeConsumer(id) }
      switch described {
      case .success(var group):
        if request.includeAuthorizedOperations { group.authorizedOperations = AuthorizedOperations.group }
        return group
      case .failure(let refusal):
        return ConsumerGroupDescribeResponse.DescribedGroup {
          $0.groupId = id
          $0.errorCode = refusal.code.asToldByCoordinator
          $0.errorMessage = refusal.message
        }
      }
    }
    incoming.respond(response)
  }
}
