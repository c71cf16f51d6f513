import Primitives

/// `torn-transaction`: `read_committed` readers received some values of a transaction, and passed the positions of others without receiving them.
///
/// Whatever the outcome of a transaction, it applies to all of it. In Kafka, a delayed request that ended the producer's next transaction could tear one (KIP-890).
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
        + "\(visibility.words(parts.missing)) was not, though they passed it over",
      about: analysis.subject(parts.missing, at: visibility.place(of: parts.missing), other: parts.seen))
  }
  return findings.verdict(on: .tornTransaction)
}

/// `lost-transactional-write`: a value of a committed transaction was not received by `read_committed` readers, although they passed its position. Its record may still be
/// in the log and be treated as aborted.
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
          + (facts.wasRead ? "; readers of uncommitted records receive it" : ""), about: analysis.subject(value, at: visibility.place(of: value)))
    }
  }
  return findings.verdict(on: .lostTransactionalWrite)
}
