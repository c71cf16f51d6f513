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
  public var migrationPolicy = ConsumerGroupMigrationPolicy.bidirectional
  /// How old what a pattern resolved to may become at most.
  public var patternRefreshInterval: Duration = .seconds(600)

  public init() {}
}

/// Into which kind a group may turn while it has members (`group.consumer.migration.policy`).
public enum ConsumerGroupMigrationPolicy: String, Sendable, CaseIterable {
  case disabled, downgrade, upgrade, bidirectional

  /// From classic to consumer.
  public var allowsUpgrade: Bool { self == .upgrade || self == .bidirectional }
  /// From consumer to classic.
  public var allowsDowngrade: Bool { self == .downgrade || self == .bidirectional }
}
