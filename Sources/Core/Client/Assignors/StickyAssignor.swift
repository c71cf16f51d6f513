import Primitives
import Wire

/// Balances partitions, and leaves as many as possible with their owners (`StickyAssignor`, KIP-54). Members give up everything before they join, and
/// report what they owned in their user data.
public struct StickyAssignor: PartitionAssignor {
  public var name: String { "sticky" }

  public init() {}

  public func userData(after last: LastAssignment?) -> Bytes? {
    last.flatMap(StickyUserData.encode)
  }

  public func assign(_ topics: [AssignableTopic], to members: [SubscribedMember]) -> [[TopicPartition]] {
    StickyProblem(topics, members, claims: members.map(claim)).solved().assignment
  }

  private func claim(of member: SubscribedMember) -> LastAssignment? {
    guard let data = member.userData, !data.isEmpty else { return nil }
    return StickyUserData.decode(data)
  }
}

/// Like `StickyAssignor`, but members keep their partitions until they are told to give them up (`CooperativeStickyAssignor`, KIP-429). A partition
/// that moves has no owner after the rebalance in which it is taken away.
public struct CooperativeStickyAssignor: PartitionAssignor {
  public var name: String { "cooperative-sticky" }
  public var protocols: [RebalanceProtocol] { [.cooperative, .eager] }
  private let keepsFormerClaims: Bool

  public init() { self.init(keepsFormerClaims: true) }

  /// - Parameter keepsFormerClaims: Whether the claims of a member from an earlier generation count too. False before KAFKA-14639: another member got
  ///   the partition at once, while its owner was still working on it.
  init(keepsFormerClaims: Bool) { self.keepsFormerClaims = keepsFormerClaims }

  public func userData(after last: LastAssignment?) -> Bytes? {
    var writer = ByteWriter(capacity: 4)
    writer.append(last?.generation ?? -1)
    return writer.bytes
  }

  public func assign(_ topics: [AssignableTopic], to members: [SubscribedMember]) -> [[TopicPartition]] {
    var (assignment, moving) = StickyProblem(topics, members, claims: currentClaims(of: members)).solved()
    let transferred = moving ?? movingPartitions(to: assignment, from: members)
    for member in assignment.indices { assignment[member].removeAll { transferred.contains($0) } }
    return assignment
  }

  private func currentClaims(of members: [SubscribedMember]) -> [LastAssignment] {
    let claims = members.map(claim)
    guard !keepsFormerClaims, let latest = claims.map(\.generation).max() else { return claims }
    return claims.map { $0.generation == latest ? $0 : LastAssignment([], generation: $0.generation) }
  }

  private func claim(of member: SubscribedMember) -> LastAssignment {
    if let generation = member.generation { return LastAssignment(member.ownedPartitions, generation: generation) }
    let generation: Int32 = member.userData.map { $0.count == 4 ? $0.integer(at: 0) : -1 } ?? -1
    return LastAssignment(member.ownedPartitions, generation: generation)
  }
}

extension StickyProblem {
  /// The partitions of each member, and which of them another member still owns; nil if that was not determined.
  fileprivate func solved() -> (assignment: [[TopicPartition]], moving: Set<TopicPartition>?) {
    guard let first = members.first else { return ([], []) }
    let topicsOfFirst = Set(first.topics)
    guard members.allSatisfy({ $0.topics.count == topicsOfFirst.count && topicsOfFirst.isSuperset(of: $0.topics) }) else {
      var general = GeneralStickyAssignment(self)
      return (general.make(), nil)
    }
    var equal = EqualStickyAssignment(self)
    return equal.make()
  }
}

/// The user data of a member with the sticky assignor, about its last assignment: topics with partitions, followed by the generation, which the first
/// format lacked. Topics with partitions are written as in `ConsumerProtocolAssignment`, which has a length where this has the generation.
enum StickyUserData {
  private static let noUserData = Bytes([0xFF, 0xFF, 0xFF, 0xFF])

  static func encode(_ last: LastAssignment) -> Bytes? {
    guard let content = try? ConsumerProtocolAssignment(last.partitions.sorted()).encoded(version: 0) else { return nil }
    var writer = ByteWriter()
    writer.append(content[..<(content.count - noUserData.count)])
    writer.append(last.generation)
    return writer.bytes
  }

  /// Decodes user data; a member that wrote something else counts as owning nothing.
  static func decode(_ bytes: Bytes) -> LastAssignment {
    if bytes.count >= 8, let partitions = partitions(in: bytes[..<(bytes.count - 4)]) {
      return LastAssignment(partitions, generation: bytes.integer(at: bytes.count - 4))
    }
    return LastAssignment(partitions(in: bytes) ?? [], generation: -1)
  }

  private static func partitions(in topics: Bytes) -> [TopicPartition]? {
    (try? ConsumerProtocolAssignment(Bytes(joining: [topics, noUserData]), version: 0))?.partitions
  }
}
