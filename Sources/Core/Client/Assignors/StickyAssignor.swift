import Primitives
import Wire

/// Balances partitions, and leaves as many of them as it can where they were (`StickyAssignor`, KIP-54). Members give everything up before they join, and tell in
/// their user data what they had.
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

/// As the sticky one, but members keep what they have until they are told to give it up (`CooperativeStickyAssignor`, KIP-429). What moves is assigned to nobody in
/// the rebalance in which it is taken away.
public struct CooperativeStickyAssignor: PartitionAssignor {
  public var name: String { "cooperative-sticky" }
  public var protocols: [RebalanceProtocol] { [.cooperative, .eager] }
  private let keepsFormerClaims: Bool

  public init() { self.init(keepsFormerClaims: true) }

  /// - Parameter keepsFormerClaims: what a member of an earlier generation than others says it owns counts as well. False before KAFKA-14639: somebody else was given it
  ///   at once, while its owner was at work on it.
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
  /// The partitions of each member, and those of them that another member still has; nil where nobody has looked for these.
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

/// What a member that uses the sticky assignor says of its last assignment: topics with partitions, and behind them the generation, which the first format was without.
/// Topics with partitions are written as in `ConsumerProtocolAssignment`, where a length stands in the place of the generation.
enum StickyUserData {
  private static let noUserData = Bytes([0xFF, 0xFF, 0xFF, 0xFF])

  static func encode(_ last: LastAssignment) -> Bytes? {
    guard let content = try? ConsumerProtocolAssignment(last.partitions.sorted()).encoded(version: 0) else { return nil }
    var writer = ByteWriter()
    writer.append(content[..<(content.count - noUserData.count)])
    writer.append(last.generation)
    return writer.bytes
  }

  /// Whoever wrote something else had nothing.
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
