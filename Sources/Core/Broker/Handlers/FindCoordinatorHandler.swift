import Controller
import Primitives
import Transport
import Wire

extension BrokerApis {
  /// Handles FindCoordinator: the leader of the partition that holds the state of a group or of a transactional id. Its topic is created if it does
  /// not exist.
  ///
  /// Source: Kafka's `KafkaApis.getCoordinator`.
  func handleFindCoordinator(_ incoming: IncomingRequest) {
    guard let request = incoming.decodeOrClose(FindCoordinatorRequest.self) else { return }
    var response = FindCoordinatorResponse()
    guard incoming.version < 4 else {
      response.coordinators = request.coordinatorKeys.map { coordinator(of: $0, type: request.keyType) }
      return incoming.respond(response)
    }
    let found = coordinator(of: request.key, type: request.keyType)
    (response.errorCode, response.errorMessage) = (found.errorCode, found.errorMessage)
    (response.nodeId, response.host, response.port) = (found.nodeId, found.host, found.port)
    incoming.respond(response)
  }

  private func coordinator(of key: String, type: Int8) -> FindCoordinatorResponse.Coordinator {
    var answer = FindCoordinatorResponse.Coordinator()
    (answer.key, answer.nodeId, answer.port) = (key, -1, -1)
    let name: String, partition: Int32
    switch type {
    case 0: (name, partition) = (TopicName.consumerOffsets, groups.partition(of: key))
    case 1: (name, partition) = (TopicName.transactionState, transactions.partition(of: key))
    default:
      answer.errorCode = .invalidRequest
      answer.errorMessage = "this broker coordinates groups (key type 0) and transactions (key type 1), and nothing of key type \(type)"
      return answer
    }
    guard let topic = metadata.image.topic(named: name) else {
      autoTopicCreation.createTopicOfCoordinator(name)
      return answer.unavailable
    }
    guard let leader = topic[partition]?.leader, let broker = metadata.aliveBroker(leader) else { return answer.unavailable }
    answer.errorMessage = ""
    (answer.nodeId, answer.host, answer.port) = (broker.id.value, broker.address.host, broker.address.port)
    return answer
  }
}

extension FindCoordinatorResponse.Coordinator {
  fileprivate var unavailable: Self {
    var answer = self
    answer.errorCode = .coordinatorNotAvailable
    answer.errorMessage = "The coordinator is not available."
    return answer
  }
}
