import Primitives

/// How the leader of a classic group distributes partitions among its members (`ConsumerPartitionAssignor`). The group uses the first assignor of its members'
/// lists that all of them have; conform to it for one of your own.
///
/// An assignor has no state: what it has to remember from one assignment to the next it finds in the subscriptions, where each member says what it had.
public protocol PartitionAssignor: Sendable {
  /// Under which the members of a group agree on it, such as `range`.
  var name: String { get }
  /// How members may give partitions up when they use it.
  var protocols: [RebalanceProtocol] { get }

  /// What a member tells the leader beside its subscription.
  /// - Parameter last: what this member was assigned last; nil before the first time.
  func userData(after last: LastAssignment?) -> Bytes?

  /// The partitions of each member, in the order of `members`.
  /// - Parameters:
  ///   - topics: those that members want and that exist, in ascending order of their names.
  ///   - members: in ascending order of their ids.
  func assign(_ topics: [AssignableTopic], to members: [SubscribedMember]) -> [[TopicPartition]]
}

extension PartitionAssignor {
  public var protocols: [RebalanceProtocol] { [.eager] }
  public func userData(after last: LastAssignment?) -> Bytes? { nil }
}

/// How members of a classic group give up partitions (KIP-429).
public enum RebalanceProtocol: Int8, Comparable, Sendable {
  /// All of them before they join, so that nobody has any while the group rebalances.
  case eager
  /// Only those that move, after they were told; whoever gets them gets them in a second rebalance.
  case cooperative

  public static func < (left: RebalanceProtocol, right: RebalanceProtocol) -> Bool { left.rawValue < right.rawValue }
}

/// What a member was assigned, and in which generation of its group.
public struct LastAssignment: Equatable, Sendable {
  public var partitions: [TopicPartition]
  public var generation: Int32

  public init(_ partitions: [TopicPartition], generation: Int32) {
    self.partitions = partitions
    self.generation = generation
  }
}

/// A topic whose partitions are distributed.
public struct AssignableTopic: Equatable, Sendable {
  public var name: String
  public var partitionCount: Int
  /// Of each partition the racks in which it has replicas. Shorter than the partitions are many where none is known.
  public var racks: [[String]]

  public init(_ name: String, partitionCount: Int, racks: [[String]] = []) {
    self.name = name
    self.partitionCount = partitionCount
    self.racks = racks
  }

  func racks(of partition: Int) -> [String] { racks.indices.contains(partition) ? racks[partition] : [] }
  var partitions: [TopicPartition] { (0..<partitionCount).map { TopicPartition(name, Int32($0)) } }
}

/// A member of a classic group as the leader sees it.
public struct SubscribedMember: Equatable, Sendable {
  public var id: String
  /// Set for a static member (KIP-345).
  public var instanceID: String?
  public var topics: [String]
  public var userData: Bytes?
  /// What it has and has not given up.
  public var ownedPartitions: [TopicPartition]
  /// In which it got them; nil from members that do not say (before KIP-792).
  public var generation: Int32?
  public var rack: String?

  public init(
    _ id: String, instanceID: String? = nil, topics: [String], userData: Bytes? = nil, ownedPartitions: [TopicPartition] = [],
    generation: Int32? = nil, rack: String? = nil
  ) {
    self.id = id
    self.instanceID = instanceID
    self.topics = topics
    self.userData = userData
    self.ownedPartitions = ownedPartitions
    self.generation = generation
    self.rack = rack
  }

  var knownRack: String? { rack.flatMap { $0.isEmpty ? nil : $0 } }

  /// Static members first, by their instances, then the others by their ids (`AbstractPartitionAssignor.MemberInfo`).
  static func comesFirst(_ left: SubscribedMember, _ right: SubscribedMember) -> Bool {
    switch (left.instanceID, right.instanceID) {
    case (let left?, let right?): left < right
    case (_?, nil): true
    case (nil, _?): false
    case (nil, nil): left.id < right.id
    }
  }
}

/// Partitions that one member has and another is to get.
func movingPartitions(to assignment: [[TopicPartition]], from members: [SubscribedMember]) -> Set<TopicPartition> {
  var added: Set<TopicPartition> = [], revoked: Set<TopicPartition> = []
  for (member, partitions) in zip(members, assignment) {
    let owned = Set(member.ownedPartitions), target = Set(partitions)
    for partition in partitions where !owned.contains(partition) { added.insert(partition) }
    for partition in member.ownedPartitions where !target.contains(partition) { revoked.insert(partition) }
  }
  return added.intersection(revoked)
}

/// Whether racks can make a difference: consumers have some in which there are replicas, and not every partition is in all of them
/// (`AbstractPartitionAssignor.useRackAwareAssignment`).
///
/// - Parameter partitionRacks: of each partition the racks of its replicas, each once.
func racksMatter(ofMembers memberRacks: Set<String>, inPartitions partitionRacks: some Collection<[String]>) -> Bool {
  guard !memberRacks.isEmpty else { return false }
  let all = partitionRacks.joined().withoutRepetitions
  return all.contains(where: memberRacks.contains) && !partitionRacks.allSatisfy { $0.count == all.count }
}
