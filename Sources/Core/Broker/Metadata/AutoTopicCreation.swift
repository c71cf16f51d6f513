import Controller
import Primitives
import Wire

/// Creates topics that clients ask for and nobody has made (`auto.create.topics.enable`; Kafka's `AutoTopicCreationManager`).
///
/// The client that asked is told that the topic is unknown, and finds it when it asks again. A topic is asked for once at a time.
final class AutoTopicCreation {
  private let configuration: BrokerConfiguration
  private let forwarder: Forwarder
  /// Names on the way to the controller. Only looked up.
  private var underWay: Set<String> = []
  /// Why there is no topic of a coordinator, as it was last told. Only looked up.
  private var refusals: [String: ErrorCode] = [:]

  init(configuration: BrokerConfiguration, forwarder: Forwarder) {
    self.configuration = configuration
    self.forwarder = forwarder
  }

  /// Asks for all of them in one request. Kafka's controller refuses the whole request where they are too many, so it is not asked for those.
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

  /// Asks for a coordinator's topic. A name that is none of theirs is left alone.
  func createTopicOfCoordinator(_ name: String) {
    guard let topic = TopicOfCoordinator(named: name, configuration) else { return }
    create([name], topic.describe)
  }

  /// Asks for topics that are not on the way, as `describe` has them.
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
      for topic in response.topics where names.contains(topic.name) { noteAnswer(topic) }
    }
  }

  /// Nobody who looks for a coordinator is told why there is none: the broker says it, once.
  private func noteAnswer(_ topic: CreateTopicsResponse.CreatableTopicResult) {
    let name = topic.name
    guard let made = TopicOfCoordinator(named: name, configuration), ![.none, .topicAlreadyExists].contains(topic.errorCode), refusals[name] != topic.errorCode else { return }
    refusals[name] = topic.errorCode
    forwarder.reactor.host.report(
      .warning("the controller refuses to make \(name), so that no \(made.whose) has a coordinator: \(topic.errorMessage.map { "\($0) " } ?? "")(\(topic.errorCode))"))
  }
}
