import Measurement
import Workloads

/// The judgement of a run: the verdicts, and what became of the records. It is the same for the simulation and for real machines, except for what
/// can be observed there.
struct RunJudgement {
  private(set) var verdicts: [Verdict]
  private(set) var delivery: Delivery
  /// nil if there were none.
  private(set) var transactions: TransactionCounts?

  /// - Parameters:
  ///   - unreadable: partitions that no broker could serve at the end.
  ///   - committed: the process that read everything committed at the end; nil if there was none.
  ///   - durability: nil if the logs were not read to their ends.
  ///   - failures: why records failed.
  ///   - others: verdicts on what client histories do not show, such as the state of brokers.
  init(
    _ analysis: Analysis, unreadable: Set<PartitionNumber> = [], committed: CommittedAudit? = nil, durability: DurabilityContract.Judgement?, failures: SendFailures,
    others: [Verdict]
  ) {
    (verdicts, transactions) = Checkers.judge(analysis, isReadToTheEnd: durability != nil, unreadable: unreadable, committed: committed)
    delivery = Delivery(analysis)
    delivery.failedBy = failures.failed.map { ReasonCount(reason: $0.reason, count: $0.count) }
    delivery.unknownBy = failures.unknown.map { ReasonCount(reason: $0.reason, count: $0.count) }
    if let durability { delivery.take(durability) }
    verdicts.append(durability?.verdict ?? Verdict(.durability, examined: 0, cases: []))
    verdicts += others
    delivery.duplicated = violations(of: .duplicate)
    delivery.reordered = violations(of: .reorder)
  }

  /// Nothing was run, so there is nothing to examine.
  init(ofFailedSetup reason: String) {
    verdicts = [Verdict(.liveness, examined: 1, cases: [reason])]
    delivery = Delivery()
  }

  /// Whether a group broke its promise about the effects of records.
  var breaksLedger: Bool { [.exactlyOnce, .atLeastOnce, .atMostOnce].contains { violations(of: $0) > 0 } }

  /// Whether `read_committed` readers saw transactions differently from how they ended.
  var breaksTransactions: Bool { [.failedRead, .tornTransaction, .lostTransactionalWrite].contains { violations(of: $0) > 0 } }

  private func violations(of guarantee: Guarantee) -> Int { verdicts.first { $0.guarantee == guarantee }?.caseCount ?? 0 }
}

extension Delivery {
  /// The counts that follow from the history.
  init(_ analysis: Analysis) {
    self.init()
    for facts in analysis.values {
      switch facts.told {
      case .none: continue
      case .ok: acked += 1
      case .failed, .aborted: failed += 1
      case .unknown, .open: unknown += 1
      }
      sent += 1
    }
  }
}
