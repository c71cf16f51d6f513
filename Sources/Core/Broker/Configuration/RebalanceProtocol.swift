/// A kind of group that `group.coordinator.rebalance.protocols` may contain (`Group.GroupType`).
///
/// Brokers support the first two. For share groups and Kafka Streams groups ApiVersions offers no API, whether they are listed or not.
enum RebalanceProtocol: String, CaseIterable, Sendable {
  case classic
  case consumer
  case share
  case streams
}
