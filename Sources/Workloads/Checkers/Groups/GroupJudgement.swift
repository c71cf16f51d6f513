/// The verdicts on groups, and the ledgers of those that make something of records. Made together, since both take the same walks through a history.
public struct GroupJudgement {
  /// One for each guarantee that any group is judged on.
  public let verdicts: [Verdict]
  /// By group.
  private let audits: [(group: String, audit: LedgerAudit)]

  /// For the parameters see `Checkers.groupVerdicts`.
  public init(
    on analysis: Analysis, _ groups: [GroupFindings], isReadToTheEnd: Bool, unreadable: Set<PartitionNumber> = [], committed: CommittedAudit?
  ) {
    let analyses = groups.map { GroupAnalysis(of: $0.group, in: analysis) }
    // Shared by all groups; built if one of them needs it.
    lazy var visibility = Visibility(analysis, committed)
    let audits = zip(analyses, groups).map { LedgerAudit(of: $0, $1, isReadToTheEnd: isReadToTheEnd, unreadable: unreadable, visibility) }
    self.audits = zip(groups, audits).compactMap { end, audit in audit.map { (end.group, $0) } }
    verdicts = Checkers.ofGroups.filter { guarantee in groups.contains { $0.guarantees.contains(guarantee) } }.map { guarantee in
      var findings = Findings()
      for (place, end) in groups.enumerated() where end.guarantees.contains(guarantee) {
        Self.check(guarantee, analyses[place], audits[place], end, &findings)
      }
      return findings.verdict(on: guarantee)
    }
  }

  /// The ledger of a group; nil of one that makes nothing of records.
  public func ledger(of group: String) -> LedgerRows? { audits.first { $0.group == group }.map { LedgerRows($0.audit) } }

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
