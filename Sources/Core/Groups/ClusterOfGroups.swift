import Primitives

/// What a coordinator of groups of KIP-848 asks of the cluster.
public protocol ClusterOfGroups: TopicsOfGroups {
  /// The settings of a group: its own, and those of the broker for the rest.
  func settings(ofGroup id: String, over settings: ConsumerGroupSettings) -> ConsumerGroupSettings
}

/// A cluster in which there is nothing, as whoever only replays records needs it.
public struct ClusterWithoutTopics: ClusterOfGroups {
  public init() {}

  public func topic(named name: String) -> GroupTopic? { nil }
  public func topic(of id: Uuid) -> GroupTopic? { nil }
  public var names: [String] { [] }
  public var version: Int64 { 0 }
  public func settings(ofGroup id: String, over settings: ConsumerGroupSettings) -> ConsumerGroupSettings { settings }
}
