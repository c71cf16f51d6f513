import Primitives

/// `torn-transaction`: of one transaction some values are given to those who read committed records only, and others, whose places they passed over, are not.
///
/// Whatever became of the transaction, it did so as a whole. A delayed request that ended the next transaction of its producer is how Kafka tore some (KIP-890).
func checkTornTransactions(_ visibility: Visibility) -> Verdict {
  struct Parts {
    var seen = RecordValue.none
    var missing = RecordValue.none
  }
  let analysis = visibility.analysis
  var parts = ContiguousArray(repeating: Parts(), count: analysis.transactions.count)
  for (number, facts) in analysis.values.enumerated() where facts.transaction != .none && facts.told != .failed {
    let value = RecordValue(UInt32(number)), transaction = Int(facts.transaction.number)
    switch visibility.sight(of: value) {
    case .seen: if parts[transaction].seen == .none { parts[transaction].seen = value }
    case .missing: if parts[transaction].missing == .none { parts[transaction].missing = value }
    case .unknown: break
    }
  }
  var findings = Findings()
  for (number, parts) in parts.enumerated() where parts.seen != .none || parts.missing != .none {
    findings.examined += 1
    guard parts.seen != .none, parts.missing != .none else { continue }
    findings.add(
      "\(analysis.words(TransactionNumber(Int32(number)))): \(visibility.words(parts.seen)) was given to those who read committed records only, and "
        + "\(visibility.words(parts.missing)) was not, though they passed it over")
  }
  return findings.verdict(on: .tornTransaction)
}

/// `lost-transactional-write`: a value of a committed transaction is not given to those who read committed records only, though they passed over its place. Its record may still be
/// in the log, and be taken for an aborted one.
func checkLostTransactionalWrites(_ visibility: Visibility) -> Verdict {
  let analysis = visibility.analysis
  var findings = Findings()
  for (number, facts) in analysis.values.enumerated() where facts.transaction != .none && facts.outcome == .ok {
    let value = RecordValue(UInt32(number))
    switch visibility.sight(of: value) {
    case .unknown: continue
    case .seen: findings.examined += 1
    case .missing:
      findings.examined += 1
      findings.add(
        "\(analysis.words(facts.transaction)): \(visibility.words(value)) was acknowledged and is not given to those who read committed records only"
          + (facts.wasRead ? "; who reads uncommitted ones is given it" : ""))
    }
  }
  return findings.verdict(on: .lostTransactionalWrite)
}
