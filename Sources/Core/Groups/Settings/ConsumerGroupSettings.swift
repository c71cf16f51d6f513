import Primitives

/// What a coordinator of consumer groups goes by: the broker's `group.consumer.*`, and over it the settings of one group.
public struct ConsumerGroupSettings: Sendable, Equatable {
  public var sessionTimeout: Duration = .seconds(45)
  public var heartbeatInterval: Duration = .seconds(5)
  /// How long a target stays at least (KIP-1263).
  public var assignmentInterval: Duration = .seconds(1)
  public var maximumSize: Int32 = .max
  /// The first is for groups whose members name none. Never empty.
  public var assignors: [ServerAssignor] = [.uniform, .range]
  /// How old what a pattern resolved to may become at most.
  public var patternRefreshInterval: Duration = .seconds(600)
  public var migrationPolicy = GroupMigrationPolicy.bidirectional
  public var switches = GroupSwitches()
  /// Between what a group's own settings must lie.
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

/// Which groups with members may change from one protocol to the other (`ConsumerGroupMigrationPolicy`). An empty group is of the kind of the next member in any case.
public enum GroupMigrationPolicy: String, Sendable, CaseIterable {
  case disabled
  /// Classic groups become groups of KIP-848.
  case upgrade
  /// Groups of KIP-848 become classic ones.
  case downgrade
  case bidirectional

  var allowsUpgrade: Bool { self == .upgrade || self == .bidirectional }
  var allowsDowngrade: Bool { self == .downgrade || self == .bidirectional }
}
