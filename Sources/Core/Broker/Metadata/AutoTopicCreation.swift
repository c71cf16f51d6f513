import Controller
import Primitives
import Wire

/// Creates missing topics that clients ask for (`auto.create.topics.enable`; Kafka's `AutoTopicCreationManager`).
///
/// The client is told that the topic is unknown, and finds it when it asks again. A topic is requested only once at a time.
final class AutoTopicCreation {
  private let configuration: BrokerConfiguration
  private let forwarder: Forwarder
  /// Names that were sent to the controller. Only for lookups.
  private var underWay: Set<String> = []
  /// The last reported reason why a coordinator's topic is missing. Only for lookups.
  private var refusals: [String: ErrorCode] = [:]

  init(configuration: BrokerConfiguration, forwarder: Forwarder) {
    self.configuration = configuration
    self.forwarder = forwarder
  }

  /// Requests all topics at once. Kafka's controller refuses the whole request if there are too many; in that case it is not asked.
  func create(_ names: [String]) {
    guard configuration.createsTopicsAutomatically else { return }
    for name in names { createTopicOfCoordinator(name) }
    let names = names.filter { !underWay.contains($0) && TopicOfCoordinator(named: $0, configuration) == nil }
    guard !names.isEmpty, names.count <= ControllerState.maximumPartitionsOfRequest / Int(max(1, configuration.partitionCount)) else { return }
    create(names) { [configuration] topic in
      topic.numPartitions = configuration.partitionCount
      topic.replicationFactor = configuration.replicationFactor
    }
  }

  /// Requests a coordinator's topic. Any other name is ignored.
  func createTopicOfCoordinator(_ name: String) {
    guard let topic = TopicOfCoordinator(named: name, configuration) else { return }
    create([name], topic.describe)
  }

  /// Requests topics that are not already requested, as `describe` fills them in.
  private func create(_ names: [String], _ describe: (inout CreateTopicsRequest.CreatableTopic) -> Void) {
    let names = names.filter { !underWay.contains($0) }
    guard !names.isEmpty else { return }
    underWay.formUnion(names)
    var request = CreateTopicsRequest()
    request.topics = names.map { name in
      var topic = CreateTopicsRequest.CreatableTopic()
      topic.name = name
      describe(&topic)
      return topic
    }
    request.timeoutMs = Int32(clamping: configuration.requestTimeout.milliseconds)
    forwarder.forward(request, version: CreateTopicsRequest.validVersions.upperBound) { [weak self] response in
      guard let self else { return }
      for name in names { underWay.remove(name) }
      for topic in response.topics where names.contains(topic.name) { reportIfRefused(topic) }
    }
  }

  /// A client that looks for a coordinator does not learn why there is none, so the broker reports it, once.
  private func reportIfRefused(_ topic: CreateTopicsResponse.CreatableTopicResult) {
    let name = topic.name
    guard let made = TopicOfCoordinator(named: name, configuration), ![.none, .topicAlreadyExists].contains(topic.errorCode), refusals[name] != topic.errorCode else { return }
    refusals[name] = topic.errorCode
    forwarder.reactor.host.report(
      .warning("the controller refuses to make \(name), so that no \(made.whose) has a coordinator: \(topic.errorMessage.map { "\($0) " } ?? "")(\(topic.errorCode))"))
  }
}
