import Primitives

/// What a coordinator of groups asks of the cluster's metadata.
public protocol TopicsOfGroups {
  /// nil where there is no such topic.
  func topic(named name: String) -> GroupTopic?
  func topic(of id: Uuid) -> GroupTopic?
  /// All topics but internal ones, in the order of their names: what a pattern is matched with.
  var names: [String] { get }
  /// Goes up with every change of topics, partitions or racks.
  var version: Int64 { get }
}

/// A topic as an assignor sees it.
public struct GroupTopic: Sendable, Equatable {
  public var name: String
  public var id: Uuid
  public var partitionCount: Int32
  /// Of each partition the racks in which it has replicas, in the order of the partitions; empty where no broker has a rack.
  public var racks: [[String]]

  public init(name: String, id: Uuid, partitionCount: Int32, racks: [[String]] = []) {
    self.name = name
    self.id = id
    self.partitionCount = partitionCount
    self.racks = racks
  }
}
