import Client
import Host
import Primitives
import Transport
import Wire

/// A topic that a trial begins with.
struct TopicToCreate {
  var name: String
  var assignment: TopicPlan.Assignment
  var config: [(String, String)]
}

/// The operator of the cluster: creates the topics of a trial, and carries out what its schedule asks for.
final class OperatorApplication: Node {
  private let reactor: Reactor
  private let sender: RequestSender
  private let addresses: [Address]
  private var next = 0
  private(set) var hasCreatedAll = false

  init(host: any NodeHost, configuration: AdminConfiguration) {
    reactor = Reactor(host: host)
    sender = RequestSender(reactor: reactor, clientID: "operator")
    addresses = configuration.connection.bootstrapServers
  }

  func start() {}
  func handle(_ event: Event) { reactor.dispatch(event) }
  func shutdown() { reactor.host.exit() }

  func create(_ topics: [TopicToCreate]) {
    var request = CreateTopicsRequest()
    request.timeoutMs = 30_000
    request.topics = topics.map { topic in
      var creatable = CreateTopicsRequest.CreatableTopic()
      creatable.name = topic.name
      switch topic.assignment {
      case .automatic(let partitions, let factor):
        creatable.numPartitions = Int32(partitions)
        creatable.replicationFactor = Int16(factor)
      case .manual(let replicas):
        creatable.numPartitions = -1
        creatable.replicationFactor = -1
        creatable.assignments = replicas.enumerated().map { index, brokers in
          var assignment = CreateTopicsRequest.CreatableReplicaAssignment()
          assignment.partitionIndex = Int32(index)
          assignment.brokerIds = brokers.map(\.value)
          return assignment
        }
      }
      creatable.configs = topic.config.map { name, value in
        var config = CreateTopicsRequest.CreatableTopicConfig()
        config.name = name
        config.value = value
        return config
      }
      return creatable
    }
    send(request)
  }

  private func send(_ request: CreateTopicsRequest) {
    let address = addresses[next % addresses.count]
    next += 1
    sender.send(request, to: address, timeout: .seconds(5)) { [unowned self] result in
      if case .success(let response) = result {
        let failed = response.topics.filter { $0.errorCode != .none && $0.errorCode != .topicAlreadyExists }
        if failed.isEmpty { hasCreatedAll = true; return }
        reactor.host.report(.note("create: \(failed.map { "\($0.errorCode) \($0.errorMessage ?? "")" })"))
      }
      reactor.after(.milliseconds(200)) { [unowned self] in send(request) }
    }
  }

  func carryOut(_ action: AdminAction) {}
}
