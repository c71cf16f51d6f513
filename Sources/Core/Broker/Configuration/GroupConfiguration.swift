import Primitives

/// The settings of one group under Kafka's names, with the defaults and limits of 4.3 (`GroupConfig`). The brokers determine the limits for consumer
/// groups (`BoundedGroupTime`); the limits for other groups are the defaults of a broker's `group.*` settings.
///
/// Settings of consumer groups take effect; those of share groups and Kafka Streams groups are only stored and described, as in Kafka.
struct GroupConfiguration: Sendable {
  var consumerAssignmentInterval: Int32 = 1_000
  var consumerHeartbeatInterval: Int32 = 5_000
  var consumerSessionTimeout: Int32 = 45_000
  var shareAssignmentInterval: Int32 = 1_000
  var shareOffsetReset = "latest"
  var shareDeliveryCountLimit: Int32 = 5
  var shareHeartbeatInterval: Int32 = 5_000
  var shareIsolation = ShareIsolation.uncommitted
  var shareRecordLocks: Int32 = 2_000
  var shareLockDuration: Int32 = 30_000
  var renewsShareAcknowledgements = true
  var shareSessionTimeout: Int32 = 45_000
  var streamsAssignmentInterval: Int32 = 1_000
  var streamsHeartbeatInterval: Int32 = 5_000
  var streamsRebalanceDelay: Int32 = 3_000
  var streamsStandbyReplicas: Int32 = 0
  var streamsSessionTimeout: Int32 = 45_000

  enum ShareIsolation: String, CaseIterable, Sendable {
    case committed = "read_committed"
    case uncommitted = "read_uncommitted"
  }

  static let table = ConfigurationTable(defaults: GroupConfiguration(), [
    .integer("consumer.assignment.interval.ms", \.consumerAssignmentInterval, in: 0 ... .max),
    .integer("consumer.heartbeat.interval.ms", \.consumerHeartbeatInterval, in: 1 ... .max),
    .integer("consumer.session.timeout.ms", \.consumerSessionTimeout, in: 1 ... .max),
    .integer("share.assignment.interval.ms", \.shareAssignmentInterval, in: 0...15_000),
    offsetReset("share.auto.offset.reset"),
    .integer("share.delivery.count.limit", \.shareDeliveryCountLimit, in: 2...10),
    .integer("share.heartbeat.interval.ms", \.shareHeartbeatInterval, in: 5_000...15_000),
    .choice("share.isolation.level", \.shareIsolation),
    .integer("share.partition.max.record.locks", \.shareRecordLocks, in: 100...4_000),
    .integer("share.record.lock.duration.ms", \.shareLockDuration, in: 15_000...60_000),
    .boolean("share.renew.acknowledge.enable", \.renewsShareAcknowledgements),
    .integer("share.session.timeout.ms", \.shareSessionTimeout, in: 45_000...60_000),
    .integer("streams.assignment.interval.ms", \.streamsAssignmentInterval, in: 0...15_000),
    .integer("streams.heartbeat.interval.ms", \.streamsHeartbeatInterval, in: 5_000...15_000),
    .integer("streams.initial.rebalance.delay.ms", \.streamsRebalanceDelay, in: 0 ... .max),
    .integer("streams.num.standby.replicas", \.streamsStandbyReplicas, in: 0...2),
    .integer("streams.session.timeout.ms", \.streamsSessionTimeout, in: 45_000...60_000),
  ])

  private static func offsetReset(_ name: String) -> Setting<GroupConfiguration> {
    Setting(name, kind: .string, expectation: "latest, earliest, or by_duration: and a duration such as PT1H") { text, configuration in
      let prefix = "by_duration:"
      guard text == "latest" || text == "earliest"
        || text.hasPrefix(prefix) && Duration(iso8601: text.dropFirst(prefix.count)) != nil
      else { return false }
      configuration.shareOffsetReset = text
      return true
    } print: { $0.shareOffsetReset }
  }
}
