import Primitives

/// A history with everything else its judges need: deletions, the final reads, and what groups promise.
public struct JudgedHistory {
  public var history: History
  public var deletions: Deletions
  /// Whether, after the last fault, every partition was read from beginning to end.
  public var isReadToTheEnd: Bool
  /// Partitions that no broker could serve.
  public var unreadable: Set<PartitionNumber>
  /// The process that read everything committed at the end; nil if there was none.
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

  /// All verdicts that need only client data.
  public func verdicts() -> (verdicts: [Verdict], transactions: TransactionCounts?) {
    let analysis = Analysis(of: history, deletions: deletions)
    let judged = Checkers.judge(analysis, isReadToTheEnd: isReadToTheEnd, unreadable: unreadable, committed: committed)
    let ofGroups = Checkers.groupVerdicts(on: analysis, groups, isReadToTheEnd: isReadToTheEnd, unreadable: unreadable, committed: committed)
    return (judged.verdicts + ofGroups, judged.transactions)
  }
}
