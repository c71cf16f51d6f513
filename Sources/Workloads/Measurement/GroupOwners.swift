import Primitives

/// Which member owned each partition of a group, and when, according to the members themselves.
public struct GroupOwners: Sendable, Equatable {
  public struct Tenure: Sendable, Equatable {
    /// The index of the member in `members`.
    public var member: Int
    public var from: Instant
    /// nil if the history ends first.
    public var to: Instant?
  }

  public struct Partition: Sendable, Equatable {
    public var partition: TopicPartition
    /// In the order in which they start.
    public var tenures: [Tenure]
  }

  /// Names in the order of their processes: successive lives of one node are one member.
  public private(set) var members: [String] = []
  /// The partitions that a member ever owned, in ascending order.
  public private(set) var partitions: [Partition] = []

  public init(_ group: GroupAnalysis) {
    members = group.members.map(\.name).withoutRepetitions
    let places = Dictionary(members.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    for (number, tenures) in group.tenures.enumerated() where !tenures.isEmpty {
      partitions.append(Partition(
        partition: group.history.partitions[number],
        tenures: tenures.compactMap { tenure in
          guard let member = group.history.member(tenure.process).flatMap({ places[$0.name] }) else { return nil }
          return Tenure(member: member, from: group.time(tenure.from), to: tenure.until.map(group.time))
        }))
    }
    partitions.sort { $0.partition < $1.partition }
  }
}
