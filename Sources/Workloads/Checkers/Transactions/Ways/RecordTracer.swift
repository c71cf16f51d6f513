import Primitives

extension LedgerAudit {
  /// The way of a record whose effect is wrong.
  func way(of record: LedgerRecord, _ fault: Fault) -> Way {
    var tracer = RecordTracer(self, record)
    for operation in analysis.history.operations { tracer.observe(operation) }
    var outputs: [History.Source] = []
    for value in tracer.outputs where analysis.values[Int(value.number)].transaction != .none {
      let place = visibility.place(of: value), partition = analysis.values[Int(value.number)].partition
      if place != .unknown, partition != .unknown { outputs.append(History.Source(partition, at: place)) }
    }
    return Way(title: headline(record, fault), steps: tracer.steps, outputs: outputs)
  }
}

/// Follows one record through a history.
private struct RecordTracer {
  private let audit: LedgerAudit
  private let record: LedgerRecord
  /// The transactions that processed it, and the one that committed an offset past it.
  private let transactions: Set<TransactionNumber>
  private let processes: Set<ProcessNumber>
  /// What was made from it, in the order of the tries.
  let outputs: [RecordValue]
  private let isOutput: Set<RecordValue>
  private(set) var steps: [Way.Step] = []
  private var told: Set<Delivery> = []
  /// Whether an offset past it was committed outside of transactions: later commits add nothing.
  private var isPassed = false

  /// Makes a delivery to a process appear only once.
  private struct Delivery: Hashable {
    let value: RecordValue
    let process: ProcessNumber
  }

  private var group: GroupAnalysis { audit.ledger.group }
  private var analysis: Analysis { audit.analysis }
  private var history: History { audit.analysis.history }

  init(_ audit: LedgerAudit, _ record: LedgerRecord) {
    self.audit = audit
    self.record = record
    var outputs: [RecordValue] = []
    for effect in record.effects {
      var made: [RecordValue] = []
      audit.ledger.forEachOutput(of: effect.attempt) { made.append($0) }
      outputs += made.reversed()
    }
    self.outputs = outputs
    isOutput = Set(outputs)
    let passing = audit.ledger.group.commits[record.partition].first { $0.offset > record.offset && $0.acknowledged != nil }
    transactions = Set((record.effects.map(\.attempt.transaction) + [passing?.transaction ?? TransactionNumber.none]).filter { $0 != .none })
    processes = Set(record.effects.map(\.attempt.process) + (passing.map { [$0.process] } ?? []))
  }

  mutating func observe(_ operation: History.Operation) {
    switch operation.function {
    case .send: for entry in history.entries(of: operation) { observeSend(entry, operation) }
    case .poll where operation.kind == .ok: for entry in history.entries(of: operation) { observePoll(entry, operation) }
    case .work:
      for entry in history.entries(of: operation) where isMeant(entry) && group.role(of: operation.process) != nil {
        tell("works on it\(entry.transaction == .none ? "" : " in \(words(entry.transaction))")", operation)
      }
    case .gain, .giveUp, .lose:
      guard processes.contains(operation.process), history.entries(of: operation).contains(where: isOfPartition) else { return }
      tell(operation.function == .gain ? "gets \(partition)" : operation.function == .lose ? "loses \(partition)" : "gives \(partition) up", operation)
    case .commit: for entry in history.entries(of: operation) { observeOffset(entry, operation) }
    case .begin, .commitTransaction, .abortTransaction:
      guard let transaction = history.entries(of: operation).first?.transaction, transactions.contains(transaction) else { return }
      observeTransaction(transaction, operation)
    case .reset: observeReset(operation)
    case .end: if processes.contains(operation.process) { tell("ends without a word", operation) }
    case .poll, .assign, .inspect: break
    }
  }

  // MARK: Records

  private mutating func observeSend(_ entry: History.Entry, _ operation: History.Operation) {
    guard entry.value == record.value || isOutput.contains(entry.value) else { return }
    let facts = analysis.values[Int(entry.value.number)]
    let value = words(entry.value) + (facts.transaction == .none ? "" : " in \(words(facts.transaction))")
    switch operation.kind {
    case .invoke: if facts.told == .open { tell("sends \(value), and is told nothing of it", operation) }
    case .ok: tell("writes \(value): \(analysis.words(entry.partition))\(entry.offset == .unknown ? "" : ", offset \(entry.offset)")", operation)
    case .fail: tell("is told that \(value) is not written", operation)
    case .info: tell("sends \(value), and does not know what became of it", operation)
    }
  }

  private mutating func observePoll(_ entry: History.Entry, _ operation: History.Operation) {
    if isMeant(entry), group.role(of: operation.process) == .member { return tell("is given it", operation) }
    guard isOutput.contains(entry.value), told.insert(Delivery(value: entry.value, process: operation.process)).inserted else { return }
    tell(
      "reads \(words(entry.value)) in \(analysis.words(entry.partition)) at offset \(entry.offset)\(analysis.reads(operation.process) ? ", as a committed one" : "")", operation)
  }

  // MARK: Transactions and offsets

  private mutating func observeTransaction(_ transaction: TransactionNumber, _ operation: History.Operation) {
    guard operation.function != .begin else { return tell("begins \(words(transaction))", operation) }
    let end = operation.function == .commitTransaction ? "committed" : "aborted"
    switch operation.kind {
    case .invoke: tell("asks for \(words(transaction)) to be \(end)", operation)
    case .ok: tell("is told that \(words(transaction)) is \(end)", operation)
    case .fail: tell("is told that \(words(transaction)) is not \(end)", operation)
    case .info: tell("does not know whether \(words(transaction)) is \(end)", operation)
    }
  }

  private mutating func observeOffset(_ entry: History.Entry, _ operation: History.Operation) {
    guard isOfPartition(entry), entry.offset > record.offset, group.role(of: operation.process) != nil else { return }
    let offset = "offset \(entry.offset) of \(partition)"
    guard entry.transaction == .none else {
      guard transactions.contains(entry.transaction) else { return }
      switch operation.kind {
      case .invoke: tell("sends \(offset) to \(words(entry.transaction))", operation)
      case .ok: break
      case .fail: tell("is refused \(offset) in \(words(entry.transaction))", operation)
      case .info: tell("does not know whether \(words(entry.transaction)) has \(offset)", operation)
      }
      return
    }
    guard !isPassed else { return }
    switch operation.kind {
    case .invoke: tell("asks for \(offset) to be committed", operation)
    case .ok:
      isPassed = true
      tell("is told that \(offset) is committed", operation)
    case .fail: tell("is told that \(offset) is not committed", operation)
    case .info: tell("does not know whether \(offset) is committed", operation)
    }
  }

  /// Adds a reset that moved a position past the record, or back before it.
  private mutating func observeReset(_ operation: History.Operation) {
    guard group.role(of: operation.process) != nil, let reset = group.reset(operation), reset.partition == record.partition else { return }
    guard reset.from == .unknown || (reset.from > record.offset) != (reset.to > record.offset) else { return }
    let from = reset.from == .unknown ? "" : " from offset \(reset.from)"
    tell("\(group.role(of: operation.process) == .operator ? "sends the group" : "moves")\(from) to offset \(reset.to) of \(partition)", operation)
  }

  // MARK: Words

  private func isOfPartition(_ entry: History.Entry) -> Bool { entry.partition != .unknown && group.number(of: entry) == record.partition }

  private func isMeant(_ entry: History.Entry) -> Bool { entry.value == record.value && entry.offset == record.offset && isOfPartition(entry) }

  private var partition: String { analysis.words(record.name) }
  private func words(_ value: RecordValue) -> String { value == record.value ? "it" : analysis.words(value) }
  private func words(_ transaction: TransactionNumber) -> String { "transaction \(transaction.number)" }

  private mutating func tell(_ what: String, _ operation: History.Operation) {
    let process = operation.process
    steps.append(Way.Step(time: operation.time, who: group.role(of: process) == nil ? analysis.words(process) : group.words(process), what: what))
  }
}
