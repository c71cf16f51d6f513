/// The checks that need nothing but a history.
public enum Checkers {
  /// The guarantees that can be judged from a history alone, in the order of the report.
  public static let all: [Guarantee] = [
    .lostWrite, .unseen, .duplicate, .inconsistentOffsets, .reorder, .failedRead, .skipWithinPoll, .nonmonotonicWithinPoll, .skipBetweenPolls,
    .nonmonotonicBetweenPolls, .nonmonotonicSend,
  ]

  /// The additional guarantees for a history with transactions, in the order of the report. A history with postings to accounts is also judged on `balances`,
  /// and one whose values are counts on `counts`.
  public static let ofTransactions: [Guarantee] = [
    .tornTransaction, .lostTransactionalWrite, .precommittedRead, .readCycle, .readCycleProcess, .readCycleRealtime,
  ]

  /// The verdicts on a history.
  ///
  /// - Parameter isReadToTheEnd: whether, after the last fault, a consumer read every partition from beginning to end.
  ///   Otherwise a value that was not seen may just not have been read yet, and `unseen` examines nothing.
  public static func verdicts(on history: History, deletions: Deletions = Deletions(), isReadToTheEnd: Bool) -> [Verdict] {
    verdicts(on: Analysis(of: history, deletions: deletions), isReadToTheEnd: isReadToTheEnd)
  }

  /// The verdict on what compaction left. Needed if a topic is compacted.
  public static func compactionVerdict(on analysis: Analysis, _ findings: CompactionFindings) -> Verdict { checkCompaction(analysis, findings) }

  /// The same for a history that is already analyzed.
  ///
  /// - Parameters:
  ///   - unreadable: partitions that no broker could serve: `unseen` examines nothing in these.
  ///   - committed: the process that read everything committed at the end; nil if there was none.
  public static func verdicts(
    on analysis: Analysis, isReadToTheEnd: Bool, unreadable: Set<PartitionNumber> = [], committed: CommittedAudit? = nil
  ) -> [Verdict] {
    judge(analysis, isReadToTheEnd: isReadToTheEnd, unreadable: unreadable, committed: committed).verdicts
  }

  /// The same, with the counts of transaction outcomes; nil if the history has no transactions.
  public static func judge(
    _ analysis: Analysis, isReadToTheEnd: Bool, unreadable: Set<PartitionNumber> = [], committed: CommittedAudit? = nil
  ) -> (verdicts: [Verdict], transactions: TransactionCounts?) {
    let dependencies = analysis.transactions.isEmpty ? nil : Dependencies(analysis)
    let polls = checkPolls(analysis), sends = checkSends(analysis)
    let verdicts = [
      checkLostWrites(analysis), checkUnseen(analysis, isReadToTheEnd: isReadToTheEnd, unreadable), checkDuplicates(analysis), checkInconsistentOffsets(analysis),
      sends.reorder, checkFailedReads(analysis), polls.skipWithin, polls.nonmonotonicWithin, polls.skipBetween, polls.nonmonotonicBetween, sends.nonmonotonic,
    ]
    return (verdicts + transactionVerdicts(on: analysis, dependencies, committed), dependencies.map(TransactionCounts.init))
  }

  /// - Parameter dependencies: nil if there are no transactions.
  private static func transactionVerdicts(on analysis: Analysis, _ dependencies: Dependencies?, _ committed: CommittedAudit?) -> [Verdict] {
    guard dependencies != nil || !analysis.history.postings.isEmpty else { return [] }
    let visibility = Visibility(analysis, committed)
    var verdicts: [Verdict] = []
    if let dependencies {
      let cycles = checkCycles(dependencies)
      verdicts += [
        checkTornTransactions(visibility), checkLostTransactionalWrites(visibility), checkEarlyReads(analysis), cycles.reads, cycles.process, cycles.realtime,
      ]
    }
    if !analysis.history.postings.isEmpty { verdicts.append(checkBalances(visibility)) }
    if !analysis.history.counts.isEmpty { verdicts.append(checkCounts(visibility)) }
    return verdicts
  }

}

extension History {
  /// A partition for evidence; with the topic's id if several topics had the name.
  public func words(_ partition: PartitionNumber) -> String {
    guard partition != .unknown else { return "an unknown partition" }
    let index = Int(partition.number), name = partitions[index]
    let isAlone = partitions.indices.allSatisfy { $0 == index || partitions[$0].topic != name.topic || topicIDs[$0] == topicIDs[index] }
    return isAlone ? name.description : "\(name) (topic id \(topicIDs[index]))"
  }
}

extension Analysis {
  /// A value for evidence, like `value 17`.
  func words(_ value: RecordValue) -> String { "value \(value.number)" }

  func words(_ partition: PartitionNumber) -> String {
    history.words(partition)
  }
}
