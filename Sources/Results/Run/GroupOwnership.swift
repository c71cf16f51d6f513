import Primitives
import Workloads

/// Which member owned which partition of a group, and when, on the scenario's clock.
public struct GroupOwnership: Codable, Sendable, Equatable {
  public struct Tenure: Codable, Sendable, Equatable {
    /// An index of `members`.
    public var member: Int
    public var fromSeconds: Double
    /// nil if it had not ended when observation ended.
    public var toSeconds: Double?

    public init(member: Int, fromSeconds: Double, toSeconds: Double?) {
      self.member = member
      self.fromSeconds = fromSeconds
      self.toSeconds = toSeconds
    }
  }

  public struct Partition: Codable, Sendable, Equatable {
    public var partition: String
    /// In the order in which they start.
    public var tenures: [Tenure]

    public init(_ partition: String, _ tenures: [Tenure]) {
      self.partition = partition
      self.tenures = tenures
    }
  }

  /// A generation of the group (of KIP-848, an epoch), from when its coordinator had it stable.
  public struct Generation: Codable, Sendable, Equatable {
    public var number: Int32
    public var fromSeconds: Double

    public init(_ number: Int32, fromSeconds: Double) {
      self.number = number
      self.fromSeconds = fromSeconds
    }
  }

  public var members: [String]
  public var partitions: [Partition]
  /// nil where nobody could see them, and in results that are older.
  public var generations: [Generation]?

  /// The number of partitions kept: as many as a chart shows.
  static let partitionLimit = 40
  static let tenureLimit = 1_000

  public init(members: [String], partitions: [Partition], generations: [Generation]? = nil) {
    self.members = members
    self.partitions = partitions
    self.generations = generations
  }

  /// Of the first partitions the first tenures, and the first generations.
  public init(_ owners: GroupOwners, generations: [(number: Int32, time: Instant)]? = nil, origin: Instant) {
    self.init(
      members: owners.members,
      partitions: owners.partitions.prefix(Self.partitionLimit).map { partition in
        Partition(partition.partition.description, partition.tenures.prefix(Self.tenureLimit).map { tenure in
          Tenure(member: tenure.member, fromSeconds: (tenure.from - origin).seconds, toSeconds: tenure.to.map { ($0 - origin).seconds })
        })
      },
      generations: generations.map { $0.prefix(Self.tenureLimit).map { Generation($0.number, fromSeconds: ($0.time - origin).seconds) } })
  }
}
