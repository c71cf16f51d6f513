import Primitives

/// The settings of a coordinator of consumer groups: the broker's `group.consumer.*`, overridden by the settings of one group.
public struct ConsumerGroupSettings: Sendable, Equatable {
  public var sessionTimeout: Duration = .seconds(45)
  public var heartbeatInterval: Duration = .seconds(5)
  /// The minimum lifetime of a target (KIP-1263).
  public var assignmentInterval: Duration = .seconds(1)
  public var maximumSize: Int32 = .max
  /// The first one is for groups whose members name none. Never empty.
  public var assignors: [ServerAssignor] = [.uniform, .range]
  /// The maximum age of a resolved pattern.
  public var patternRefreshInterval: Duration = .seconds(600)
  public var migrationPolicy = GroupMigrationPolicy.bidirectional
  public var switches = GroupSwitches()
  /// The limits for a group's own settings.
  public var bounds = Bounds()

  /// The brokers' `group.consumer.min.*` and `group.consumer.max.*`.
  public struct Bounds: Sendable, Equatable {
    public var minSessionTimeout: Duration = .seconds(45)
    public var maxSessionTimeout: Duration = .seconds(60)
    public var minHeartbeatInterval: Duration = .seconds(5)
    public var maxHeartbeatInterval: Duration = .seconds(15)
    public var minAssignmentInterval: Duration = .zero
    public var maxAssignmentInterval: Duration = .seconds(15)

    public init() {}
  }

  public init() {}
}

/// Which groups with members may change their protocol (`ConsumerGroupMigrationPolicy`). An empty group always takes the protocol of the next member.
public enum GroupMigrationPolicy: String, Sendable, CaseIterable {
  case disabled
  /// Classic groups become KIP-848 groups.
  case upgrade
  /// KIP-848 groups become classic groups.
  case downgrade
  case bidirectional

  var allowsUpgrade: Bool { self == .upgrade || self == .bidirectional }
  var allowsDowngrade: Bool { self == .downgrade || self == .bidirectional }
}
