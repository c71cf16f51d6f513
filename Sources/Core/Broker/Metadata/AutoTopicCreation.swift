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

  init(configuration: BrokerConfiguration, forwarder: Forwarder) {
    self.configuration = configuration
    self.forwarder = forwarder
  }

  func create(_ name: String) {
    guard configuration.createsTopicsAutomatically, underWay.insert(name).inserted else { return }
    var topic = CreateTopicsRequest.CreatableTopic()
    topic.name = name
    topic.numPartitions = configuration.partitionCount
    topic.replicationFactor = configuration.replicationFactor
    var request = CreateTopicsRequest()
    request.topics = [topic]
    request.timeoutMs = Int32(clamping: configuration.requestTimeout.milliseconds)
    forwarder.forward(request, version: CreateTopicsRequest.validVersions.upperBound) { [weak self] _ in
      self?.underWay.remove(name)
    }
  }
}
