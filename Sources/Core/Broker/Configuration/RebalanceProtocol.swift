/// A kind of groups that `group.coordinator.rebalance.protocols` may name (`Group.GroupType`).
///
/// Brokers speak the first two. Of share groups and groups of Kafka Streams no API is offered, which ApiVersions tells, whether they are named or not.
enum RebalanceProtocol: String, CaseIterable, Sendable {
  case classic
  case consumer
  case share
  case streams
}
