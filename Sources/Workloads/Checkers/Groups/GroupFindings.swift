import Primitives

/// What a run tells of a group to those who judge it.
public struct GroupFindings {
  /// How long the group took to come to rest after the last fault.
  public struct Settling {
    /// nil where it did not.
    public var taken: Duration?
    public var bound: Duration

    public init(taken: Duration?, bound: Duration) {
      self.taken = taken
      self.bound = bound
    }
  }

  public var group: String
  /// What it is judged on.
  public var guarantees: Set<Guarantee>
  /// Partitions that it subscribes to, at the end.
  public var partitions: [TopicPartition] = []
  /// Members that run at the end, and have not left.
  public var running: Set<ProcessNumber> = []
  /// Those of them that still work on records.
  public var working: Set<ProcessNumber> = []
  /// nil where nobody looked.
  public var settling: Settling?

  public init(_ group: String, on guarantees: Set<Guarantee>) {
    self.group = group
    self.guarantees = guarantees
  }
}

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
