import Measurement
import Primitives
import Workloads

/// The figures of the consumer groups of a run.
public struct GroupsReport: Codable, Sendable, Equatable {
  /// Requests about groups that brokers received, from the first join to the end: joining, heartbeats, commits, finding coordinators and fetching offsets.
  public var coordinationRequests: Int
  public var groups: [GroupMetrics]

  public init(coordinationRequests: Int, groups: [GroupMetrics]) {
    self.coordinationRequests = coordinationRequests
    self.groups = groups
  }

  /// Per record that members processed, repetitions included; nil if there are none.
  public var requestsPerRecord: Double? {
    let records = groups.reduce(0.0) { $0 + Double($1.worked) + Double($1.workedAgain) }
    return records > 0 ? Double(coordinationRequests) / records : nil
  }
}

/// The figures of one group.
public struct GroupMetrics: Codable, Sendable, Equatable {
  /// How long a partition had no owner between two owners.
  public struct Unowned: Codable, Sendable, Equatable {
    public var partition: String
    public var seconds: Double
    public var longestSeconds: Double
  }

  /// Records between the committed offsets and the ends of the logs, for all partitions together.
  public struct Lag: Codable, Sendable, Equatable {
    public var max: Int64
    /// When the lag was largest, on the scenario's clock.
    public var maxAtSeconds: Double
    public var final: Int64

    public init(max: Int64, maxAtSeconds: Double, final: Int64) {
      self.max = max
      self.maxAtSeconds = maxAtSeconds
      self.final = final
    }
  }

  public var group: String
  /// The number of lives of its members.
  public var lives: Int
  /// The number of periods in which at least one partition had no owner.
  public var rebalances: Int
  public var rebalanceSeconds: Double
  public var longestRebalanceSeconds: Double
  public var unowned: [Unowned]
  public var worked: Int
  public var workedAgain: Int
  public var passedOver: Int
  /// nil if it was not observed.
  public var lag: Lag?
  /// nil in older results.
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

  /// The mean over the partitions.
  public var meanUnownedSeconds: Double? { unowned.isEmpty ? nil : unownedSeconds / Double(unowned.count) }
  /// The sum over all its partitions.
  public var unownedSeconds: Double { unowned.reduce(0) { $0 + $1.seconds } }
  /// The partition with the longest single period without an owner.
  public var longestUnowned: Unowned? { unowned.max { $0.longestSeconds < $1.longestSeconds } }
}
