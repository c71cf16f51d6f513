import Primitives

/// A history with what else its judges know: what was deleted, who read everything at the end, and what groups promise.
public struct JudgedHistory {
  public var history: History
  public var deletions: Deletions
  /// Whether, after the last fault, somebody read every partition from the beginning to its end.
  public var isReadToTheEnd: Bool
  /// Partitions that nobody could be asked for.
  public var unreadable: Set<PartitionNumber>
  /// Who read everything at the end as far as it was committed; nil where nobody did.
  public var committed: CommittedAudit?
  public var groups: [GroupFindings]

  public init(
    _ history: History, deletions: Deletions = Deletions(), isReadToTheEnd: Bool = false, unreadable: Set<PartitionNumber> = [], committed: CommittedAudit? = nil,
    groups: [GroupFindings] = []
  ) {
    self.history = history
    self.deletions = deletions
    self.isReadToTheEnd = isReadToTheEnd
    self.unreadable = unreadable
    self.committed = committed
    self.groups = groups
  }

  /// Everything that clients alone can be judged on.
  public func verdicts() -> (verdicts: [Verdict], transactions: TransactionCounts?) {
    let analysis = Analysis(of: history, deletions: deletions)
    let verdicts =
      Checkers.verdicts(on: analysis, isReadToTheEnd: isReadToTheEnd, unreadable: unreadable, committed: committed)
      + Checkers.groupVerdicts(on: analysis, groups, isReadToTheEnd: isReadToTheEnd, unreadable: unreadable, committed: committed)
    return (verdicts, Checkers.transactionCounts(of: analysis))
  }
}
