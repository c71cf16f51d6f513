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
    guard !groups.isEmpty else { return [] }
    let analyses = groups.map { GroupAnalysis(of: $0.group, in: analysis) }
    // Shared by all groups; built if one of them needs it.
    lazy var visibility = Visibility(analysis, committed)
    let audits = zip(analyses, groups).map { LedgerAudit(of: $0, $1, isReadToTheEnd: isReadToTheEnd, unreadable: unreadable, visibility) }
    return ofGroups.filter { guarantee in groups.contains { $0.guarantees.contains(guarantee) } }.map { guarantee in
      var findings = Findings()
      for (place, end) in groups.enumerated() where end.guarantees.contains(guarantee) {
        check(guarantee, analyses[place], audits[place], end, &findings)
      }
      return findings.verdict(on: guarantee)
    }
  }

  /// - Parameter audit: the audit of a group that makes values from records: its promises apply to these.
  private static func check(_ guarantee: Guarantee, _ group: GroupAnalysis, _ audit: LedgerAudit?, _ end: GroupFindings, _ findings: inout Findings) {
    switch guarantee {
    case .oneOwner: checkOneOwner(group, &findings)
    case .allOwned: checkAllOwned(group, end, &findings)
    case .committedOffsets: checkCommittedOffsets(group, &findings)
    case .atLeastOnce:
      if let audit { checkEffectAtLeastOnce(audit, &findings) } else { checkAtLeastOnce(group, end, &findings) }
    case .atMostOnce:
      if let audit { checkEffectAtMostOnce(audit, &findings) } else { checkAtMostOnce(group, &findings) }
    case .exactlyOnce:
      if let audit { return checkExactlyOnce(audit, &findings) }
      checkAtLeastOnce(group, end, &findings)
      checkAtMostOnce(group, &findings)
    case .groupSettles: checkSettling(group, end, &findings)
    default: break
    }
  }
}
