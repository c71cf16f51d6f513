import Coordination
import Host
import Primitives
import Wire

/// The state on which the active controller bases its decisions.
///
/// The image contains every appended record, committed or not: decisions follow each other without waiting for the quorum, and only the responses
/// wait. The methods in this folder turn this state and a request into records and a response. They change only soft state, which is not recorded and
/// which a new controller starts afresh: sessions and the random stream.
public struct ControllerState {
  public var image: MetadataImage
  public var sessions: BrokerSessions
  public var random: RandomStream
  public let configuration: ControllerConfiguration
  public let rules: ConfigurationRules

  public var switches: ControllerSwitches { configuration.switches }

  public init(
    image: MetadataImage, configuration: ControllerConfiguration, random: RandomStream, rules: ConfigurationRules = ConfigurationRules()
  ) {
    self.image = image
    // What a former controller left open is aborted before the first decision.
    self.image.openTransaction = nil
    self.configuration = configuration
    self.random = random
    self.rules = rules
    sessions = BrokerSessions(timeout: configuration.brokerSessionTimeout)
  }

  /// Applies records, as when they are appended.
  public mutating func apply(_ records: [MetadataRecord]) throws(MetadataInconsistency) {
    var delta = MetadataDelta(remembersChanges: false)
    if let misfit = image.apply(records, recording: &delta).first { throw misfit }
    requireDecision(records)
  }

  /// `min.insync.replicas` of a topic, at most its number of replicas.
  package func effectiveMinInSyncReplicas(of topic: String, replicas: Int) -> Int {
    let configured = image.topicConfig(ConfigName.minInSyncReplicas, of: topic).flatMap { Int($0) } ?? configuration.minInSyncReplicas
    return min(configured, replicas)
  }

  func allowsUncleanElection(_ topic: String) -> Bool {
    image.topicConfig(ConfigName.uncleanLeaderElection, of: topic).map { $0 == "true" } ?? configuration.uncleanLeaderElection
  }

  /// Refuses requests from an earlier life of a broker (KIP-631).
  func checkBrokerEpoch(_ broker: Int32, _ epoch: Int64) throws(Refusal) {
    guard let registration = image.broker(NodeID(broker)) else {
      throw Refusal(.staleBrokerEpoch, "broker \(broker) is not registered")
    }
    guard registration.epoch.value == epoch || !switches.checkBrokerEpoch else {
      mark(.requestOfFormerBrokerEpoch)
      throw Refusal(.staleBrokerEpoch, "broker \(broker) says epoch \(epoch) and is registered at epoch \(registration.epoch)")
    }
  }

  /// Calls `body` for every partition, in the order of the image.
  func forEachPartition(_ body: (TopicImage, Int32, PartitionRegistration) -> Void) {
    for topic in image.topics.values {
      for (index, partition) in topic.partitions.enumerated() { body(topic, Int32(index), partition) }
    }
  }
}
