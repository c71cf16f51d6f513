import Primitives

/// Who had each partition of a group, and when, as far as the members themselves tell.
public struct GroupOwners: Sendable, Equatable {
  public struct Tenure: Sendable, Equatable {
    /// A place among `members`.
    public var member: Int
    public var from: Instant
    /// nil where it had not ended when the history did.
    public var to: Instant?
  }

  public struct Partition: Sendable, Equatable {
    public var partition: TopicPartition
    /// In the order of their begin.
    public var tenures: [Tenure]
  }

  /// By name, in the order of their processes: lives of one node that follow each other are one.
  public private(set) var members: [String] = []
  /// Those that a member ever had, in ascending order.
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
