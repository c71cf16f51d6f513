import Primitives

/// What a history says about how a group performed: how long partitions had no owner, and what was processed again.
public struct GroupFacts: Sendable, Equatable {
  /// A period in which at least one partition was between two owners.
  public struct Rebalance: Sendable, Equatable {
    public var from: Instant
    public var to: Instant

    public var length: Duration { to - from }
  }

  public struct Unowned: Sendable, Equatable {
    public var partition: TopicPartition
    public var total: Duration
    public var longest: Duration
  }

  /// The number of lives of its members.
  public private(set) var lives: Int
  /// In order of time, without overlaps.
  public private(set) var rebalances: [Rebalance] = []
  /// For each partition that a member ever owned, in ascending order.
  public private(set) var unowned: [Unowned] = []
  /// The number of records that a member processed, each counted once.
  public private(set) var worked = 0
  /// How many times records were processed again.
  public private(set) var workedAgain = 0
  /// Records below the committed offsets that were not processed and did not have to be: deleted, compacted, or skipped by a reset.
  public private(set) var passedOver = 0

  /// - Parameter end: the time until which partitions must have owners; nil if no member runs at the end.
  public init(_ group: GroupAnalysis, until end: Instant?) {
    lives = group.members.count
    addGaps(group, end)
    var repeats = WorkRepeats(group)
    repeats.run { _, _, second in if second == nil { worked += 1 } else { workedAgain += 1 } }
    let owed = WorkOwed(group)
    owed.forEach { value, _, _, isExcused in if isExcused, !owed.worked[Int(value.number)] { passedOver += 1 } }
  }

  private mutating func addGaps(_ group: GroupAnalysis, _ end: Instant?) {
    var all: [Rebalance] = []
    for (partition, tenures) in group.tenures.enumerated() where !tenures.isEmpty {
      let gaps = Self.gaps(between: tenures, group, end)
      all += gaps
      unowned.append(
        Unowned(
          partition: group.history.partitions[partition], total: gaps.reduce(.zero) { $0 + $1.length }, longest: gaps.map(\.length).max() ?? .zero))
    }
    unowned.sort { $0.partition < $1.partition }
    for gap in all.sorted(by: { ($0.from, $0.to) < ($1.from, $1.to) }) {
      if let last = rebalances.last, gap.from <= last.to {
        rebalances[rebalances.count - 1].to = max(last.to, gap.to)
      } else {
        rebalances.append(gap)
      }
    }
  }

  private static func gaps(between tenures: [GroupAnalysis.Tenure], _ group: GroupAnalysis, _ end: Instant?) -> [Rebalance] {
    var gaps: [Rebalance] = []
    // The time until which the partition is owned, for the tenures seen so far; nil if one has no end.
    var owned: Instant? = group.time(tenures[0].from)
    for tenure in tenures {
      guard let until = owned else { return gaps }
      let from = group.time(tenure.from)
      if from > until { gaps.append(Rebalance(from: until, to: from)) }
      owned = tenure.until.map { max(until, group.time($0)) }
    }
    if let until = owned, let end, end > until { gaps.append(Rebalance(from: until, to: end)) }
    return gaps
  }
}
