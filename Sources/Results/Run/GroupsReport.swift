import Measurement
import Primitives
import Workloads

/// How the consumer groups of a run fared.
public struct GroupsReport: Codable, Sendable, Equatable {
  /// Requests of groups that brokers were sent, from the first joining to the end: joining, heartbeats, commits, looking up coordinators and offsets.
  public var coordinationRequests: Int
  public var groups: [GroupMetrics]

  public init(coordinationRequests: Int, groups: [GroupMetrics]) {
    self.coordinationRequests = coordinationRequests
    self.groups = groups
  }

  /// Of all records that members worked on, each time counted; nil where there are none.
  public var requestsPerRecord: Double? {
    let records = groups.reduce(0.0) { $0 + Double($1.worked) + Double($1.workedAgain) }
    return records > 0 ? Double(coordinationRequests) / records : nil
  }
}

/// How one group fared.
public struct GroupMetrics: Codable, Sendable, Equatable {
  /// How long a partition had no owner between two owners.
  public struct Unowned: Codable, Sendable, Equatable {
    public var partition: String
    public var seconds: Double
    public var longestSeconds: Double
  }

  /// Records between what is committed and the end of the logs, of all partitions together.
  public struct Lag: Codable, Sendable, Equatable {
    public var max: Int64
    /// On the scenario's clock.
    public var maxAtSeconds: Double
    public var final: Int64

    public init(max: Int64, maxAtSeconds: Double, final: Int64) {
      self.max = max
      self.maxAtSeconds = maxAtSeconds
      self.final = final
    }
  }

  public var group: String
  /// Lives of members.
  public var lives: Int
  /// Times in which one partition or another had no owner.
  public var rebalances: Int
  public var rebalanceSeconds: Double
  public var longestRebalanceSeconds: Double
  public var unowned: [Unowned]
  public var worked: Int
  public var workedAgain: Int
  public var passedOver: Int
  /// nil where nobody looked.
  public var lag: Lag?
  /// nil in results that are older.
  public var owners: GroupOwnership?
  /// What became of each record that it makes others of; nil of a group that makes nothing, of measured runs, and in results that are older.
  public var ledger: LedgerReport?

  public init(_ group: String, _ facts: GroupFacts, lag: Lag?, owners: GroupOwnership? = nil, ledger: LedgerReport? = nil) {
    self.group = group
    lives = facts.lives
    rebalances = facts.rebalances.count
    rebalanceSeconds = facts.rebalances.reduce(.zero) { $0 + $1.length }.seconds
    longestRebalanceSeconds = (facts.rebalances.map(\.length).max() ?? .zero).seconds
    unowned = facts.unowned.map { Unowned(partition: $0.partition.description, seconds: $0.total.seconds, longestSeconds: $0.longest.seconds) }
    worked = facts.worked
    workedAgain = facts.workedAgain
    passedOver = facts.passedOver
    self.lag = lag
    self.owners = owners
    self.ledger = ledger
  }

  /// Of a partition.
  public var meanUnownedSeconds: Double? { unowned.isEmpty ? nil : unownedSeconds / Double(unowned.count) }
  /// Of all its partitions together.
  public var unownedSeconds: Double { unowned.reduce(0) { $0 + $1.seconds } }
  /// The partition that was without an owner for the longest time in one go.
  public var longestUnowned: Unowned? { unowned.max { $0.longestSeconds < $1.longestSeconds } }
}
