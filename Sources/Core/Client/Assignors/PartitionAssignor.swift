import Primitives

/// How the leader of a classic group distributes partitions among its members (`ConsumerPartitionAssignor`). The group uses the first assignor in its
/// members' lists that all of them have; conform to this protocol for a custom one.
///
/// An assignor has no state: what it has to remember between assignments is in the subscriptions, where each member says what it owned.
public protocol PartitionAssignor: Sendable {
  /// The name by which the members of a group agree on it, such as `range`.
  var name: String { get }
  /// The rebalance protocols that members may use with it.
  var protocols: [RebalanceProtocol] { get }

  /// What a member tells the leader besides its subscription.
  /// - Parameter last: This member's last assignment; nil before the first one.
  func userData(after last: LastAssignment?) -> Bytes?

  /// Computes the partitions of each member, in the order of `members`.
  /// - Parameters:
  ///   - topics: The existing topics that members want, in ascending order of their names.
  ///   - members: In ascending order of their ids.
  func assign(_ topics: [AssignableTopic], to members: [SubscribedMember]) -> [[TopicPartition]]
}

extension PartitionAssignor {
  public var protocols: [RebalanceProtocol] { [.eager] }
  public func userData(after last: LastAssignment?) -> Bytes? { nil }
}

/// How members of a classic group give up partitions (KIP-429).
public enum RebalanceProtocol: Int8, Comparable, Sendable {
  /// Members give up all partitions before they join, so that no member owns any while the group rebalances.
  case eager
  /// Members give up only the partitions that move, after they were told; the new owner gets them in a second rebalance.
  case cooperative

  public static func < (left: RebalanceProtocol, right: RebalanceProtocol) -> Bool { left.rawValue < right.rawValue }
}

/// A member's last assignment, and the generation of its group.
public struct LastAssignment: Equatable, Sendable {
  public var partitions: [TopicPartition]
  public var generation: Int32

  public init(_ partitions: [TopicPartition], generation: Int32) {
    self.partitions = partitions
    self.generation = generation
  }
}

/// A topic whose partitions are to be distributed.
public struct AssignableTopic: Equatable, Sendable {
  public var name: String
  public var partitionCount: Int
  /// The racks of each partition's replicas. Shorter than the number of partitions if none is known.
  public var racks: [[String]]

  public init(_ name: String, partitionCount: Int, racks: [[String]] = []) {
    self.name = name
    self.partitionCount = partitionCount
    self.racks = racks
  }

  func racks(of partition: Int) -> [String] { racks.indices.contains(partition) ? racks[partition] : [] }
  var partitions: [TopicPartition] { (0..<partitionCount).map { TopicPartition(name, Int32($0)) } }
}

/// A member of a classic group as its leader sees it.
public struct SubscribedMember: Equatable, Sendable {
  public var id: String
  /// Set for a static member (KIP-345).
  public var instanceID: String?
  public var topics: [String]
  public var userData: Bytes?
  /// The partitions that it owns and has not given up.
  public var ownedPartitions: [TopicPartition]
  /// The generation in which it got them; nil from members that do not say (before KIP-792).
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

  /// Static members come first, by instance id, then the others by member id (`AbstractPartitionAssignor.MemberInfo`).
  static func comesFirst(_ left: SubscribedMember, _ right: SubscribedMember) -> Bool {
    switch (left.instanceID, right.instanceID) {
    case (let left?, let right?): left < right
    case (_?, nil): true
    case (nil, _?): false
    case (nil, nil): left.id < right.id
    }
  }
}

/// Partitions that one member owns and another should get.
func movingPartitions(to assignment: [[TopicPartition]], from members: [SubscribedMember]) -> Set<TopicPartition> {
  var added: Set<TopicPartition> = [], revoked: Set<TopicPartition> = []
  for (member, partitions) in zip(members, assignment) {
    let owned = Set(member.ownedPartitions), target = Set(partitions)
    for partition in partitions where !owned.contains(partition) { added.insert(partition) }
    for partition in member.ownedPartitions where !target.contains(partition) { revoked.insert(partition) }
  }
  return added.intersection(revoked)
}

/// Whether racks can make a difference: some consumers are in racks that have replicas, and not every partition is in all of these racks
/// (`AbstractPartitionAssignor.useRackAwareAssignment`).
///
/// - Parameter partitionRacks: The racks of each partition's replicas, without repetitions.
func racksMatter(ofMembers memberRacks: Set<String>, inPartitions partitionRacks: some Collection<[String]>) -> Bool {
  guard !memberRacks.isEmpty else { return false }
  let all = partitionRacks.joined().withoutRepetitions
  return all.contains(where: memberRacks.contains) && !partitionRacks.allSatisfy { $0.count == all.count }
}
