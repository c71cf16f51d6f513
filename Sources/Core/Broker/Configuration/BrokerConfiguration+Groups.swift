import Groups
import Primitives
import Wire

extension BrokerConfiguration {
  /// Settings of groups, and of the topic that holds their state. All but one are read when a broker starts.
  static let groupSettings: [Setting<BrokerConfiguration>] = [
    .milliseconds("group.consumer.assignment.interval.ms", \.groups.consumer.assignmentInterval, in: 0 ... Int64(Int32.max), kind: .int),
    consumerAssignors("group.consumer.assignors"),
    .milliseconds("group.consumer.heartbeat.interval.ms", \.groups.consumer.heartbeatInterval, in: 1 ... Int64(Int32.max), kind: .int),
    .milliseconds("group.consumer.max.assignment.interval.ms", \.groups.consumer.bounds.maxAssignmentInterval, in: 0 ... Int64(Int32.max), kind: .int),
    .milliseconds("group.consumer.max.heartbeat.interval.ms", \.groups.consumer.bounds.maxHeartbeatInterval, in: 1 ... Int64(Int32.max), kind: .int),
    .milliseconds("group.consumer.max.session.timeout.ms", \.groups.consumer.bounds.maxSessionTimeout, in: 1 ... Int64(Int32.max), kind: .int),
    .integer("group.consumer.max.size", \.groups.consumer.maximumSize, in: 1 ... .max),
    migrationPolicy("group.consumer.migration.policy"),
    .milliseconds("group.consumer.min.assignment.interval.ms", \.groups.consumer.bounds.minAssignmentInterval, in: 0 ... Int64(Int32.max), kind: .int),
    .milliseconds("group.consumer.min.heartbeat.interval.ms", \.groups.consumer.bounds.minHeartbeatInterval, in: 1 ... Int64(Int32.max), kind: .int),
    .milliseconds("group.consumer.min.session.timeout.ms", \.groups.consumer.bounds.minSessionTimeout, in: 1 ... Int64(Int32.max), kind: .int),
    .milliseconds("group.consumer.regex.refresh.interval.ms", \.groups.consumer.patternRefreshInterval, in: 10_000 ... Int64(Int32.max), kind: .int),
    .milliseconds("group.consumer.session.timeout.ms", \.groups.consumer.sessionTimeout, in: 1 ... Int64(Int32.max), kind: .int),
    rebalanceProtocols("group.coordinator.rebalance.protocols"),
    .milliseconds("group.initial.rebalance.delay.ms", \.groups.initialRebalanceDelay, in: 0 ... Int64(Int32.max), kind: .int),
    .integer("group.max.session.timeout.ms", \.groups.maxSessionTimeout),
    .integer("group.max.size", \.groups.maxSize, in: 1 ... .max),
    .integer("group.min.session.timeout.ms", \.groups.minSessionTimeout),
    .integer("offset.metadata.max.bytes", \.groups.offsetMetadataMaxSize),
    .milliseconds("offsets.commit.timeout.ms", \.offsetsTopic.commitTimeout, in: 1 ... Int64(Int32.max), kind: .int),
    .integer("offsets.load.buffer.size", \.offsetsTopic.loadBufferSize, in: 1 ... .max),
    .milliseconds("offsets.retention.check.interval.ms", \.groups.retentionCheckInterval, in: 1 ... .max),
    retention("offsets.retention.minutes"),
    compression("offsets.topic.compression.codec"),
    .integer("offsets.topic.num.partitions", \.offsetsTopic.partitionCount, in: 1 ... .max),
    .integer("offsets.topic.replication.factor", \.offsetsTopic.replicationFactor, in: 1 ... .max),
    .integer("offsets.topic.segment.bytes", \.offsetsTopic.segmentBytes, in: 1 ... .max),
  ]

  /// The only one that AlterConfigs may change while a broker runs.
  static let dynamicGroupSetting = "group.consumer.assignment.interval.ms"

  private static func consumerAssignors(_ name: String) -> Setting<BrokerConfiguration> {
    let words = ServerAssignor.allCases.map(\.rawValue).joined(separator: ", ")
    return Setting(name, kind: .list, expectation: "one or more of \(words), separated by commas, without repetitions") { text, configuration in
      let assignors = text.commaSeparated.map { ServerAssignor(rawValue: $0) }
      let known = assignors.compactMap { $0 }
      guard !known.isEmpty, known.count == assignors.count, Set(known).count == known.count else { return false }
      configuration.groups.consumer.assignors = known
      return true
    } print: { $0.groups.consumer.assignors.map(\.rawValue).joined(separator: ",") }
  }

  /// Classic groups cannot be turned off (`KafkaConfig.groupCoordinatorRebalanceProtocols`).
  private static func rebalanceProtocols(_ name: String) -> Setting<BrokerConfiguration> {
    let others = RebalanceProtocol.allCases.filter { $0 != .classic }.map(\.rawValue).joined(separator: ", ")
    return Setting(name, kind: .list, expectation: "classic and any of \(others), separated by commas, without repetitions") { text, configuration in
      let protocols = text.commaSeparated.map { RebalanceProtocol(rawValue: $0) }
      let known = protocols.compactMap { $0 }
      guard known.contains(.classic), known.count == protocols.count, Set(known).count == known.count else { return false }
      configuration.rebalanceProtocols = known
      return true
    } print: { $0.rebalanceProtocols.map(\.rawValue).joined(separator: ",") }
  }

  /// In any mix of upper and lower case, as in Kafka.
  private static func migrationPolicy(_ name: String) -> Setting<BrokerConfiguration> {
    let words = GroupMigrationPolicy.allCases.map(\.rawValue).joined(separator: ", ")
    return Setting(name, kind: .string, expectation: "one of \(words)") { text, configuration in
      guard let policy = GroupMigrationPolicy(rawValue: text.lowercased()) else { return false }
      configuration.groups.consumer.migrationPolicy = policy
      return true
    } print: { $0.groups.consumer.migrationPolicy.rawValue }
  }

  private static func retention(_ name: String) -> Setting<BrokerConfiguration> {
    Setting(name, kind: .int, expectation: "minutes, at least 1") { text, configuration in
      guard let minutes = Int32(text), minutes >= 1 else { return false }
      configuration.groups.offsetRetention = .seconds(60 * Int64(minutes))
      return true
    } print: { String($0.groups.offsetRetention.milliseconds / 60_000) }
  }

  private static func compression(_ name: String) -> Setting<BrokerConfiguration> {
    Setting(name, kind: .int, expectation: "the number of a codec: 0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd") { text, configuration in
      guard let number = Int8(text), let codec = Compression(rawValue: number) else { return false }
      configuration.offsetsTopic.compression = codec
      return true
    } print: { String($0.offsetsTopic.compression.rawValue) }
  }
}
