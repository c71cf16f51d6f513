import Primitives

extension Checkers {
  /// The ways of the first records whose effects are not as their groups promised (`exactly-once`, `at-least-once`, `at-most-once` of groups that make values). Of records that
  /// the same transactions or processes tried to make something of, with the same fault, the first one is followed: the others went the same way.
  ///
  /// - Parameter limit: the most ways per group.
  public static func ways(
    on analysis: Analysis, _ groups: [GroupFindings], atMost limit: Int, isReadToTheEnd: Bool = false, unreadable: Set<PartitionNumber> = [], committed: CommittedAudit? = nil
  ) -> [Way] {
    lazy var visibility = Visibility(analysis, committed)
    return groups.flatMap { end -> [Way] in
      let group = GroupAnalysis(of: end.group, in: analysis)
      guard let audit = LedgerAudit(of: group, end, isReadToTheEnd: isReadToTheEnd, unreadable: unreadable, visibility) else { return [] }
      var found: [(record: LedgerRecord, fault: LedgerAudit.Fault)] = []
      audit.run { record, fault in
        guard found.count < limit, let fault, end.guarantees.contains(where: { fault.breaks($0, of: record) }),
          !found.contains(where: { $0.fault == fault && $0.record.wentLike(record) })
        else { return }
        found.append((record, fault))
      }
      return found.map { audit.way(of: $0.record, $0.fault) }
    }
  }

  /// The ways of the first transactions that `read_committed` readers see only in part, or with a different outcome (`G1a`, `torn-transaction`,
  /// `lost-transactional-write`).
  public static func waysOfTransactions(on analysis: Analysis, atMost limit: Int, committed: CommittedAudit? = nil) -> [Way] {
    guard !analysis.transactions.isEmpty else { return [] }
    let visibility = Visibility(analysis, committed)
    var sights = ContiguousArray(repeating: SightOfTransaction(), count: analysis.transactions.count)
    for (number, facts) in analysis.values.enumerated() where facts.transaction != .none && facts.told != .failed {
      sights[Int(facts.transaction.number)].add(visibility.sight(of: RecordValue(UInt32(number))))
    }
    let broken = sights.indices.filter { sights[$0].isWrong(for: analysis.transactions[$0]) }
    return broken.prefix(limit).map { visibility.way(of: TransactionNumber(Int32($0)), sights[$0]) }
  }
}

extension LedgerRecord {
  /// Whether the same tried to make something of another record of the partition, in the same order.
  fileprivate func wentLike(_ other: LedgerRecord) -> Bool {
    name == other.name && effects.count == other.effects.count
      && zip(effects, other.effects).allSatisfy { $0.attempt.transaction == $1.attempt.transaction && $0.attempt.process == $1.attempt.process }
  }
}

/// How much of a transaction is given to those who read committed records only.
struct SightOfTransaction {
  private(set) var seen = 0
  private(set) var missing = 0

  mutating func add(_ sight: Visibility.Sight) {
    switch sight {
    case .seen: seen += 1
    case .missing: missing += 1
    case .unknown: break
    }
  }

  func isWrong(for transaction: TransactionFacts) -> Bool {
    seen > 0 && (missing > 0 || transaction.isWithheld) || missing > 0 && transaction.fate == .committed
  }
}

extension LedgerAudit.Fault {
  /// Whether a guarantee of a group for its outputs forbids this fault.
  func breaks(_ guarantee: Guarantee, of record: LedgerRecord) -> Bool {
    switch guarantee {
    case .exactlyOnce: true
    case .atLeastOnce: record.isDue && (self == .lost || self == .partial)
    case .atMostOnce: self == .duplicate
    default: false
    }
  }
}
