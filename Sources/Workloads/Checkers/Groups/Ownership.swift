import Primitives

/// `one-owner`: a member does not commit an offset of a partition once another member has got it since.
///
/// A member that was cut off may believe for a while that it owns a partition that the group has reassigned; its commits must then be refused. A commit counts from
/// when its request was sent: a request sent earlier may have been executed earlier, whenever the response came. A member that took a partition because of an outdated response,
/// for example after a pause, and lost it or gave it up without a successful commit, never owned it.
func checkOneOwner(_ group: GroupAnalysis, _ findings: inout Findings) {
  for (partition, commits) in group.commits.enumerated() {
    let tenures = group.tenures[partition].filter { !group.isVain($0, commits) }
    for commit in commits {
      guard let acknowledged = commit.acknowledged, let own = tenures.last(where: { $0.process == commit.process && $0.from <= commit.invoked }) else { continue }
      findings.examined += 1
      guard let newer = tenures.first(where: { $0.from > own.from && $0.from < commit.invoked && $0.process != commit.process }) else { continue }
      findings.add(
        "\(group.words(partition)): \(group.words(commit.process)) committed offset \(commit.offset) at \(group.told(acknowledged)), although "
          + "\(group.words(newer.process)) had got the partition at \(group.told(newer.from))"
          + (commits.contains { $0.process == newer.process && $0.acknowledged != nil && $0.invoked > newer.from } ? " and commits as well" : ""),
        about: group.subject(partition, offset: commit.offset))
    }
  }
}

/// `all-owned`: at the end each partition of the subscribed topics is owned by exactly one running member. If no member runs, nothing is examined.
func checkAllOwned(_ group: GroupAnalysis, _ end: GroupFindings, _ findings: inout Findings) {
  guard !end.running.isEmpty else { return }
  for name in end.partitions {
    findings.examined += 1
    let partition = group.history.partitions.firstIndex(of: name)
    let owners = partition.map { partition in group.tenures[partition].filter { $0.until == nil && end.running.contains($0.process) }.map(\.process) } ?? []
    guard owners.count != 1 else { continue }
    let words = owners.isEmpty ? "nobody" : owners.map(group.words).joined(separator: " and ")
    findings.add("group \(group.group), \(name): at the end it is owned by \(words)\(end.waitWords)", about: .group(group.group, name))
  }
}

/// `group-settles`: after the last fault the group settles within a bound.
func checkSettling(_ group: GroupAnalysis, _ end: GroupFindings, _ findings: inout Findings) {
  guard let settling = end.settling else { return }
  findings.examined += 1
  if let taken = settling.taken, taken <= settling.bound { return }
  let words = settling.taken.map { "it came to rest \($0) after the last fault" } ?? "it did not come to rest after the last fault"
  findings.add("group \(group.group): \(words); the bound is \(settling.bound)\(end.waitWords)", about: .group(group.group))
}

extension GroupFindings {
  /// Behind the words of a violation.
  fileprivate var waitWords: String { wait.map { ": \($0)" } ?? "" }
}
