import Primitives

/// The settings of a group coordinator, with Kafka's defaults.
public struct GroupSettings: Sendable {
  // Classic groups.
  public var initialRebalanceDelay = Duration.milliseconds(3_000)
  public var minSessionTimeout: Int32 = 6_000
  public var maxSessionTimeout: Int32 = 1_800_000
  public var maxSize: Int32 = .max
  /// How long a new member may wait for its first generation (`GroupCoordinatorConfig.CLASSIC_GROUP_NEW_MEMBER_JOIN_TIMEOUT_MS`).
  public var newMemberJoinTimeout = Duration.milliseconds(300_000)

  /// KIP-848 groups.
  public var consumer = ConsumerGroupSettings()

  // Offsets.
  public var offsetMetadataMaxSize: Int32 = 4_096
  public var offsetRetention = Duration.seconds(7 * 24 * 3_600)
  public var retentionCheckInterval = Duration.milliseconds(600_000)

  public var switches: GroupSwitches {
    get { consumer.switches }
    set { consumer.switches = newValue }
  }

  public init() {}
}
