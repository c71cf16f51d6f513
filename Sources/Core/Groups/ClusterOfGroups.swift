import Primitives

/// What a coordinator of KIP-848 groups asks of the cluster.
public protocol ClusterOfGroups: TopicsOfGroups {
  /// The settings of a group: its own, and the broker's for the rest.
  func settings(ofGroup id: String, over settings: ConsumerGroupSettings) -> ConsumerGroupSettings
}

/// An empty cluster, for code that only replays records.
public struct ClusterWithoutTopics: ClusterOfGroups {
  public init() {}

  public func topic(named name: String) -> GroupTopic? { nil }
  public func topic(of id: Uuid) -> GroupTopic? { nil }
  public var names: [String] { [] }
  public var version: Int64 { 0 }
  public func settings(ofGroup id: String, over settings: ConsumerGroupSettings) -> ConsumerGroupSettings { settings }
}
