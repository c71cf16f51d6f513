import Primitives

/// `exactly-once`: each record of a group's topics has its effect once: every value that has to be made from it is there, made by one attempt, and the group's committed offset is
/// past the record; records at or after the committed offset have no effect.
///
/// Exceptions: records that were deleted, compacted or aborted, or that an operator moved the group past. A transaction of unknown outcome may or may not have been committed.
func checkExactlyOnce(_ audit: LedgerAudit, _ findings: inout Findings) {
  audit.run { record, fault in
    findings.examined += 1
    if let fault { findings.add(audit.words(record, fault), about: audit.subject(record)) }
  }
}

/// `at-least-once` for a group that makes values: for each record below its committed offset, everything that has to be made from it is there.
func checkEffectAtLeastOnce(_ audit: LedgerAudit, _ findings: inout Findings) {
  audit.run { record, fault in
    guard record.isDue else { return }
    findings.examined += 1
    if let fault, fault.breaks(.atLeastOnce, of: record) { findings.add(audit.words(record, fault), about: audit.subject(record)) }
  }
}

/// `at-most-once` for a group that makes values: no record has effects from two attempts.
func checkEffectAtMostOnce(_ audit: LedgerAudit, _ findings: inout Findings) {
  audit.run { record, fault in
    findings.examined += 1
    if let fault, fault.breaks(.atMostOnce, of: record) { findings.add(audit.words(record, fault), about: audit.subject(record)) }
  }
}

extension LedgerAudit {
  fileprivate func subject(_ record: LedgerRecord) -> ViolationSubject { analysis.subject(record.value, in: record.name, at: record.offset, of: ledger.group.group) }

  /// What is wrong with a record, with all attempts.
  func words(_ record: LedgerRecord, _ fault: Fault) -> String {
    let tries = record.effects.isEmpty ? "; no process tried to make anything from it" : "; " + record.effects.map(words).joined(separator: "; ")
    return headline(record, fault) + tries
  }

  /// The record, and what is wrong with it.
  func headline(_ record: LedgerRecord, _ fault: Fault) -> String {
    "\(ledger.group.words(record.partition)): offset \(record.offset) (value \(record.value.number)) \(words(fault, record))"
  }

  private func words(_ fault: Fault, _ record: LedgerRecord) -> String {
    let committed = record.committed.map { "offset \($0)" } ?? "no offset"
    switch fault {
    case .lost: return "has no effect, although \(committed) is committed\(commitWords(record))"
    case .partial:
      return "has a part of its effect: \(record.effects.map(\.present).max() ?? 0) of \(record.expected ?? 0) values are there"
    case .duplicate: return "has its effect more than once: \(record.effects.reduce(0) { $0 + $1.present }) values are there, and \(record.expected ?? 0) were to be made"
    case .offsetMissing: return "has its effect, and \(committed) is committed: the next process makes it again"
    }
  }

  /// Which process committed the offset past a record.
  private func commitWords(_ record: LedgerRecord) -> String {
    let group = ledger.group
    guard let commit = group.commits[record.partition].first(where: { $0.offset > record.offset && $0.acknowledged != nil }) else { return "" }
    let by = commit.transaction == .none ? "by \(group.words(commit.process))" : "in \(analysis.words(commit.transaction))"
    return " (\(by))"
  }

  private func words(_ effect: Effect) -> String {
    let attempt = effect.attempt
    let who = attempt.transaction == .none ? "\(ledger.group.words(attempt.process)), given it at \(analysis.time(attempt.position))," : analysis.words(attempt.transaction)
    var outputs: [String] = []
    ledger.forEachOutput(of: attempt) { value in
      let state: String
      switch presence(of: value) {
      case .present: state = ""
      case .absent: state = ", which is not there"
      case .unknown: state = ", whose outcome is unknown"
      }
      outputs.append(visibility.words(value) + state)
    }
    return "\(who) made \(outputs.isEmpty ? "nothing" : outputs.reversed().joined(separator: " and "))"
  }
}
