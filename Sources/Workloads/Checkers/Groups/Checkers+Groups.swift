extension Checkers {
  /// The guarantees for groups, in the order of the report.
  public static let ofGroups: [Guarantee] = [.oneOwner, .allOwned, .committedOffsets, .atLeastOnce, .atMostOnce, .exactlyOnce, .groupSettles]

  /// The verdicts on groups, one for each guarantee that any of them is judged on.
  ///
  /// - Parameters:
  ///   - isReadToTheEnd: whether, after the last fault, a consumer read every partition from beginning to end, except the `unreadable` ones.
  ///   - committed: the process that read everything committed at the end; nil if there was none.
  public static func groupVerdicts(
    on analysis: Analysis, _ groups: [GroupFindings], isReadToTheEnd: Bool = false, unreadable: Set<PartitionNumber> = [], committed: CommittedAudit? = nil
  ) -> [Verdict] {
    GroupJudgement(on: analysis, groups, isReadToTheEnd: isReadToTheEnd, unreadable: unreadable, committed: committed).verdicts
  }
}
