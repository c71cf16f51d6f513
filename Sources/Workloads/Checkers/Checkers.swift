/// Every check that needs nothing but a history.
public enum Checkers {
  /// The guarantees that a history alone is judged on, in the order of the report.
  public static let all: [Guarantee] = [
    .lostWrite, .unseen, .duplicate, .inconsistentOffsets, .reorder, .failedRead, .skipWithinPoll, .nonmonotonicWithinPoll, .skipBetweenPolls,
    .nonmonotonicBetweenPolls, .nonmonotonicSend,
  ]

  /// What a history with transactions is judged on besides, in the order of the report; one whose values are posted to accounts on `balances`,
  /// and one whose values are counts on `counts`.
  public static let ofTransactions: [Guarantee] = [
    .tornTransaction, .lostTransactionalWrite, .precommittedRead, .readCycle, .readCycleProcess, .readCycleRealtime,
  ]

  /// The verdicts on a history.
  ///
  /// - Parameter isReadToTheEnd: whether, after the last fault, a consumer read every partition from the beginning to its end.
  ///   Without that, a value that nobody saw may just not have been read yet, and `unseen` examines nothing.
  public static func verdicts(on history: History, deletions: Deletions = Deletions(), isReadToTheEnd: Bool) -> [Verdict] {
    verdicts(on: Analysis(of: history, deletions: deletions), isReadToTheEnd: isReadToTheEnd)
  }

  /// The verdict on what compaction left. Asked for where a topic is compacted.
  public static func compactionVerdict(on analysis: Analysis, _ findings: CompactionFindings) -> Verdict { checkCompaction(analysis, findings) }

  /// The same for a history that was read already.
  ///
  /// - Parameters:
  ///   - unreadable: partitions that nobody could be asked for: of these, `unseen` examines nothing.
  ///   - committed: who read everything at the end as far as it was committed; nil where nobody did.
  public static func verdicts(
    on analysis: Analysis, isReadToTheEnd: Bool, unreadable: Set<PartitionNumber> = [], committed: CommittedAudit? = nil
  ) -> [Verdict] {
    let polls = checkPolls(analysis), sends = checkSends(analysis)
    let verdicts = [
      checkLostWrites(analysis), checkUnseen(analysis, isReadToTheEnd: isReadToTheEnd, unreadable), checkDuplicates(analysis), checkInconsistentOffsets(analysis),
      sends.reorder, checkFailedReads(analysis), polls.skipWithin, polls.nonmonotonicWithin, polls.skipBetween, polls.nonmonotonicBetween, sends.nonmonotonic,
    ]
    return verdicts + transactionVerdicts(on: analysis, committed)
  }

  private static func transactionVerdicts(on analysis: Analysis, _ committed: CommittedAudit?) -> [Verdict] {
    guard !analysis.transactions.isEmpty || !analysis.history.postings.isEmpty else { return [] }
    let visibility = Visibility(analysis, committed)
    var verdicts: [Verdict] = []
    if !analysis.transactions.isEmpty {
      let cycles = checkCycles(Dependencies(analysis))
      verdicts += [
        checkTornTransactions(visibility), checkLostTransactionalWrites(visibility), checkEarlyReads(analysis), cycles.reads, cycles.process, cycles.realtime,
      ]
    }
    if !analysis.history.postings.isEmpty { verdicts.append(checkBalances(visibility)) }
    if !analysis.history.counts.isEmpty { verdicts.append(checkCounts(visibility)) }
    return verdicts
  }

  /// What became of the transactions of a history; nil where there are none.
  public static func transactionCounts(of analysis: Analysis) -> TransactionCounts? {
    analysis.transactions.isEmpty ? nil : TransactionCounts(of: analysis)
  }
}

extension History {
  /// A partition for evidence; with the topic's id where several topics bore the name.
  public func words(_ partition: PartitionNumber) -> String {
    guard partition != .unknown else { return "an unknown partition" }
    let index = Int(partition.number), name = partitions[index]
    let isAlone = partitions.indices.allSatisfy { $0 == index || partitions[$0].topic != name.topic || topicIDs[$0] == topicIDs[index] }
    return isAlone ? name.description : "\(name) (topic id \(topicIDs[index]))"
  }
}

extension Analysis {
  /// `t-0 value 17` for evidence.
  func words(_ value: RecordValue) -> String { "value \(value.number)" }

  func words(_ partition: PartitionNumber) -> String {
    history.words(partition)
  }
}
