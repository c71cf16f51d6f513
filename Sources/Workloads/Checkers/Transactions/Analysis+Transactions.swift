import Primitives

extension Analysis {
  func facts(of transaction: TransactionNumber) -> TransactionFacts { transactions[Int(transaction.number)] }

  /// Whether a value was sent in a transaction that is not known to be committed.
  func mayBeWithheld(_ facts: ValueFacts) -> Bool {
    facts.transaction != .none && !self.facts(of: facts.transaction).mustHaveCommitted
  }

  /// A transaction for evidence.
  func words(_ transaction: TransactionNumber) -> String {
    let facts = facts(of: transaction)
    return "transaction \(transaction.number) of \(words(facts.process)) (\(facts.fate.words))"
  }

  func words(_ process: ProcessNumber) -> String { history.name(of: process) ?? "process \(process.number)" }

  /// The time of an operation, for evidence.
  func time(_ position: Int32) -> Instant { told(history.operations[Int(position)].time) }

  /// An instant of the history, for evidence.
  func told(_ time: Instant) -> Instant { .zero + (time - origin) }
}
