import Primitives

extension Visibility {
  /// The way of a transaction of which `read_committed` readers see too much or too little.
  func way(of transaction: TransactionNumber, _ sight: SightOfTransaction) -> Way {
    var tracer = TransactionTracer(analysis, transaction)
    for operation in analysis.history.operations { tracer.observe(operation) }
    // The first value in each partition.
    var outputs: [History.Source] = []
    for value in tracer.values {
      let place = place(of: value), partition = analysis.values[Int(value.number)].partition
      guard place != .unknown, partition != .unknown else { continue }
      if let known = outputs.firstIndex(where: { $0.partition == partition }) {
        outputs[known].offset = min(outputs[known].offset, place)
      } else {
        outputs.append(History.Source(partition, at: place))
      }
    }
    return Way(
      title: "\(analysis.words(transaction)): of \(tracer.values.count) value\(tracer.values.count == 1 ? "" : "s") \(sight.seen) given to those who read committed records only, "
        + "\(sight.missing) passed over by them",
      steps: tracer.steps, outputs: outputs)
  }
}

/// Follows one transaction through a history.
private struct TransactionTracer {
  private let analysis: Analysis
  private let transaction: TransactionNumber
  /// The values sent in it, in the order of the sends.
  private(set) var values: [RecordValue] = []
  private(set) var steps: [Way.Step] = []
  /// The values that a `read_committed` reader received.
  private var read: Set<RecordValue> = []

  init(_ analysis: Analysis, _ transaction: TransactionNumber) {
    self.analysis = analysis
    self.transaction = transaction
  }

  mutating func observe(_ operation: History.Operation) {
    let entries = analysis.history.entries(of: operation)
    switch operation.function {
    case .send: observeSend(entries, operation)
    case .poll where operation.kind == .ok && analysis.reads(operation.process): observePoll(entries, operation)
    case .begin, .commitTransaction, .abortTransaction:
      if let first = entries.first, first.transaction == transaction { tell(words(operation), operation) }
    case .commit where operation.kind == .invoke:
      let offsets = entries.filter { $0.transaction == transaction }.map { "\($0.offset) of \(analysis.words($0.partition))" }
      if !offsets.isEmpty { tell("sends offsets to it: \(offsets.joined(separator: ", "))", operation) }
    case .poll, .assign, .gain, .giveUp, .lose, .commit, .work, .reset, .inspect, .end: break
    }
  }

  private func isOurs(_ value: RecordValue) -> Bool { value != .none && analysis.values[Int(value.number)].transaction == transaction }

  private mutating func observeSend(_ entries: History.Entries, _ operation: History.Operation) {
    let ours = entries.filter { isOurs($0.value) }
    guard let first = ours.first else { return }
    let what = ours.count == 1 ? analysis.words(first.value) : "\(ours.count) values, \(analysis.words(first.value)) first"
    switch operation.kind {
    case .invoke:
      values += ours.map(\.value)
      if analysis.values[Int(first.value.number)].told == .open { tell("sends \(what), and is told nothing of it", operation) }
    case .ok: tell("writes \(what): \(analysis.words(first.partition))\(first.offset == .unknown ? "" : ", offset \(first.offset)")", operation)
    case .fail: tell("is told that this is not written: \(what)", operation)
    case .info: tell("does not know what became of \(what)", operation)
    }
  }

  private mutating func observePoll(_ entries: History.Entries, _ operation: History.Operation) {
    let ours = entries.filter { isOurs($0.value) && !read.contains($0.value) }
    guard let first = ours.first else { return }
    for entry in ours { read.insert(entry.value) }
    let what = ours.count == 1 ? analysis.words(first.value) : "\(ours.count) values, \(analysis.words(first.value)) first"
    tell("is given \(what), in \(analysis.words(first.partition)) at offset \(first.offset), as committed", operation)
  }

  private func words(_ operation: History.Operation) -> String {
    guard operation.function != .begin else { return "begins it" }
    let end = operation.function == .commitTransaction ? "committed" : "aborted"
    return switch operation.kind {
    case .invoke: "asks for it to be \(end)"
    case .ok: "is told that it is \(end)"
    case .fail: "is told that it is not \(end)"
    case .info: "does not know whether it is \(end)"
    }
  }

  private mutating func tell(_ what: String, _ operation: History.Operation) {
    steps.append(Way.Step(time: operation.time, who: analysis.words(operation.process), what: what))
  }
}
