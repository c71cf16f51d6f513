extension Checkers {
  /// What groups are judged on, in the order of the report.
  public static let ofGroups: [Guarantee] = [.oneOwner, .allOwned, .committedOffsets, .atLeastOnce, .atMostOnce, .groupSettles]

  /// The verdicts on groups, one for each guarantee that one of them is judged on.
  public static func groupVerdicts(on analysis: Analysis, _ groups: [GroupFindings]) -> [Verdict] {
    guard !groups.isEmpty else { return [] }
    let analyses = groups.map { GroupAnalysis(of: $0.group, in: analysis) }
    return ofGroups.filter { guarantee in groups.contains { $0.guarantees.contains(guarantee) } }.map { guarantee in
      var findings = Findings()
      for (group, end) in zip(analyses, groups) where end.guarantees.contains(guarantee) { check(guarantee, group, end, &findings) }
      return findings.verdict(on: guarantee)
    }
  }

  private static func check(_ guarantee: Guarantee, _ group: GroupAnalysis, _ end: GroupFindings, _ findings: inout Findings) {
    switch guarantee {
    case .oneOwner: checkOneOwner(group, &findings)
    case .allOwned: checkAllOwned(group, end, &findings)
    case .committedOffsets: checkCommittedOffsets(group, &findings)
    case .atLeastOnce: checkAtLeastOnce(group, end, &findings)
    case .atMostOnce: checkAtMostOnce(group, &findings)
    case .groupSettles: checkSettling(group, end, &findings)
    default: break
    }
  }
}
