import Primitives

/// The four verdicts on the order in which consumers received values.
struct PollVerdicts {
  var skipWithin: Verdict
  var nonmonotonicWithin: Verdict
  var skipBetween: Verdict
  var nonmonotonicBetween: Verdict
}

/// `int-poll-skip`, `int-nonmonotonic-poll`: steps inside one poll. `poll-skip`, `nonmonotonic-poll`: from the last value of a consumer's
/// previous successful poll to the first value of its next one, whatever the outcome of that.
///
/// A step is the difference of two positions in the version order: 1 is right, more is a skip, less goes back. An `assign` forgets the
/// consumer's positions: it was given other partitions, or sought other offsets. In a group it continues where the group has got to in the partitions that it gets, and
/// where it was in those that it keeps. Values at offsets that no other reader saw have no position, and are not judged.
/// It is no skip to pass over values that a rule had deleted by then, or that compaction may have removed, nor, with `read_committed`, values of transactions that
/// are not known to be committed.
func checkPolls(_ analysis: Analysis) -> PollVerdicts {
  var within = StepFindings(), between = StepFindings()
  /// The index at which each consumer's last successful poll of each partition ended.
  var positions: [ContiguousArray<Int>] = []
  let history = analysis.history, namesakes = history.members.isEmpty ? [] : history.namesakes
  /// By partition, the index of the last value that the present poll gave; -1 where it gave none. And those of which it gave some.
  var last = ContiguousArray(repeating: -1, count: analysis.logs.count), polled: ContiguousArray<Int> = []
  for operation in history.operations where operation.kind != .invoke && operation.function.movesPositions {
    let process = Int(operation.process.number)
    while positions.count <= process { positions.append(ContiguousArray(repeating: -1, count: analysis.logs.count)) }
    if operation.function == .assign, operation.entryCount > 0 {
      history.forEachEntry(of: operation) { positions[process][Int($0.partition.number)] = -1 }
      continue
    }
    if operation.function == .assign {
      // Positions are set again, or were taken away.
      positions[process] = ContiguousArray(repeating: -1, count: analysis.logs.count)
      continue
    }
    if operation.function != .poll {
      history.forEachEntry(of: operation) { entry in
        guard namesakes.indices.contains(Int(entry.partition.number)) else { return }
        for partition in namesakes[Int(entry.partition.number)] { positions[process][partition] = -1 }
      }
      continue
    }
    history.forEachRun(of: operation) { run, values in
      guard run.offset != .unknown else { return }
      let partition = Int(run.partition.number), former = last[partition]
      var present = former
      for place in 0..<values.count {
        let offset = run.offset(at: Int(run.start) + place)
        guard let index = analysis.logs[partition].index(of: offset) else { continue }
        if index == present + 1, present >= 0 {
          within.countStep()
        } else if present >= 0 {
          within.observe(from: present, to: index, at: offset, of: run.partition, operation, analysis)
        } else if positions[process][partition] >= 0 {
          between.observe(from: positions[process][partition], to: index, at: offset, of: run.partition, operation, analysis)
        }
        present = index
      }
      if former < 0, present >= 0 { polled.append(partition) }
      last[partition] = present
    }
    for partition in polled {
      if operation.kind == .ok { positions[process][partition] = last[partition] }
      last[partition] = -1
    }
    polled.removeAll(keepingCapacity: true)
  }
  return PollVerdicts(
    skipWithin: within.skips.verdict(on: .skipWithinPoll), nonmonotonicWithin: within.returns.verdict(on: .nonmonotonicWithinPoll),
    skipBetween: between.skips.verdict(on: .skipBetweenPolls), nonmonotonicBetween: between.returns.verdict(on: .nonmonotonicBetweenPolls))
}

extension History.Operation.Function {
  fileprivate var movesPositions: Bool {
    switch self {
    case .poll, .assign, .gain, .giveUp, .lose, .reset: true
    case .send, .commit, .work, .inspect, .end, .begin, .commitTransaction, .abortTransaction: false
    }
  }
}

extension History {
  /// By partition: all partitions with its name. Groups know topics by name.
  var namesakes: [[Int]] {
    var byName: [TopicPartition: [Int]] = [:]
    for (index, name) in partitions.enumerated() { byName[name, default: []].append(index) }
    return partitions.map { byName[$0] ?? [] }
  }
}

private struct StepFindings {
  var skips = Findings()
  var returns = Findings()

  mutating func countStep() {
    skips.examined += 1
    returns.examined += 1
  }

  mutating func observe(from: Int, to: Int, at offset: Offset, of partition: PartitionNumber, _ operation: History.Operation, _ analysis: Analysis) {
    countStep()
    if to > from + 1 {
      let leftOut = countLeftOut(after: from, before: offset, of: partition, operation, analysis) ?? to - from - 1
      if leftOut > 0 { skips.add("\(analysis.words(partition)): \(leftOut) values left out before offset \(offset)") }
    } else if to <= from {
      returns.add("\(analysis.words(partition)): went back \(from - to + 1) values to offset \(offset)")
    }
  }

  /// The number of readable values that a step passed over; nil if every written value was readable, so the positions say it.
  private func countLeftOut(after index: Int, before end: Offset, of partition: PartitionNumber, _ operation: History.Operation, _ analysis: Analysis) -> Int? {
    let isFiltered = analysis.hasTransactions[Int(partition.number)] && analysis.reads(operation.process)
    guard isFiltered || analysis.deletions.touched(partition) || analysis.isCompacted(partition) else { return nil }
    let log = analysis.logs[Int(partition.number)]
    var count = 0
    log.forEachOffset(after: index, before: end) { offset in
      guard !analysis.deletions.isDeleted(offset, of: partition, by: operation.time) else { return }
      if let value = log.value(at: offset) {
        if isFiltered, analysis.mayBeWithheld(analysis.values[Int(value.number)]) { return }
        if analysis.isSuperseded(value, at: offset, of: partition) { return }
        if analysis.isCompacted(partition), analysis.mayBeAborted(analysis.values[Int(value.number)]) { return }
      }
      count += 1
    }
    return count
  }
}
