import Primitives

/// What a group coordinator asks of the cluster's metadata.
public protocol TopicsOfGroups {
  /// A topic; nil if there is no such topic.
  func topic(named name: String) -> GroupTopic?
  func topic(of id: Uuid) -> GroupTopic?
  /// All topics except internal ones, sorted by name: pattern subscriptions are matched with these.
  var names: [String] { get }
  /// Increases with every change of topics, partitions or racks.
  var version: Int64 { get }
}

/// A topic as an assignor sees it.
public struct GroupTopic: Sendable, Equatable {
  public var name: String
  public var id: Uuid
  public var partitionCount: Int32
  /// The racks of each partition's replicas, in the order of the partitions; empty if no broker has a rack.
  public var racks: [[String]]

  public init(name: String, id: Uuid, partitionCount: Int32, racks: [[String]] = []) {
    self.name = name
    self.id = id
    self.partitionCount = partitionCount
    self.racks = racks
  }
}
