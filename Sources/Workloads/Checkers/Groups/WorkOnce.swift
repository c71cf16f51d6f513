import Primitives

/// What a group had to work on in each partition, and why it had not to work on the rest.
struct WorkOwed {
  private let group: GroupAnalysis
  /// By partition: where the group began to read, and since when that is so; what was there before it then is nobody's. From 0 on where `auto.offset.reset` leaves nothing out.
  private var begins: [(offset: Offset, position: Int)]
  /// By partition: what positions were moved over by rule, of what was there then, or by an operator.
  private var leaps: [[(offsets: Range<Offset>, position: Int)]]
  /// By partition: below which everything counts as worked on; nil where nothing was committed.
  private(set) var committed: [Offset?]
  /// By value: whether a member worked on it.
  private(set) var worked: [Bool]

  init(_ group: GroupAnalysis) {
    self.group = group
    let count = group.numbers.count
    begins = Array(repeating: (0, 0), count: count)
    leaps = Array(repeating: [], count: count)
    committed = Array(repeating: nil, count: count)
    worked = Array(repeating: false, count: group.history.valueCount)
    gather()
  }

  private mutating func gather() {
    var hasBegun = Array(repeating: false, count: begins.count), hasCommitted = hasBegun
    for position in group.positions {
      let operation = group.history.operations[position], entries = group.history.entries(of: operation)
      switch operation.function {
      case .work: for entry in entries where entry.value != .none { worked[Int(entry.value.number)] = true }
      case .poll:
        for entry in entries where !hasBegun[group.number(of: entry)] {
          hasBegun[group.number(of: entry)] = true
          if group.mayPassOver(operation.process) { begins[group.number(of: entry)] = (entry.offset, position) }
        }
      case .commit where operation.kind == .ok:
        for entry in entries where entry.transaction == .none {
          hasCommitted[group.number(of: entry)] = true
          committed[group.number(of: entry)] = entry.offset
        }
      case .commitTransaction:
        guard let transaction = entries.first?.transaction, isCommitted(transaction, operation) else { continue }
        for (partition, index) in group.places[transaction] ?? [] where !group.commits[partition][index].isRefused {
          hasCommitted[partition] = true
          committed[partition] = group.commits[partition][index].offset
        }
      case .inspect:
        for entry in entries where entry.offset != .unknown { committed[group.number(of: entry)] = entry.offset }
      case .reset:
        guard let (partition, from, to) = group.reset(operation) else { continue }
        if group.role(of: operation.process) == .operator {
          leaps[partition].append((0..<max(to, 0), .max))
        } else if !group.mayPassOver(operation.process) {
          // It goes on where the log begins: what it leaves out is gone.
          hasBegun[partition] = true
        } else if from != .unknown {
          if to > from { leaps[partition].append((from..<to, position)) }
        } else if !hasCommitted[partition] {
          // The group is new to the partition. Where it is not, its committed offset is gone, and what it passes over by that it misses.
          hasBegun[partition] = true
          begins[partition] = (max(begins[partition].offset, to), position)
        }
      default: break
      }
    }
  }

  /// Whether an operation shows that a transaction is committed: nobody says so of one that only its values show.
  private func isCommitted(_ transaction: TransactionNumber, _ operation: History.Operation) -> Bool {
    let facts = group.analysis.facts(of: transaction)
    return facts.mustHaveCommitted && (operation.kind == .ok || operation.kind == .invoke && facts.fate == .unknown)
  }

  /// What the cluster said at the very end counts before all that was said on the way.
  mutating func settle(_ final: [TopicPartition: Offset]) {
    for (partition, name) in group.history.partitions.enumerated() where group.numbers[partition] == partition { committed[partition] = final[name] }
  }

  /// Why nobody need have worked on a value: it is gone by rule, or was passed over by one.
  func isExcused(_ value: RecordValue, at offset: Offset, of name: PartitionNumber) -> Bool {
    let analysis = group.analysis, partition = group.numbers[Int(name.number)]
    let sent = Int(analysis.values[Int(value.number)].invoked), begin = begins[partition]
    let isPassed = offset < begin.offset && sent < begin.position || leaps[partition].contains { $0.offsets.contains(offset) && sent < $0.position }
    return isPassed || analysis.deletions.rule(at: offset, of: name) != nil || analysis.isSuperseded(value, at: offset, of: name)
  }

  /// Runs for each value that stands below the committed offset of its partition and that somebody could read, with whether the group is excused from it. What a transaction
  /// wrote of which nobody knows that it was committed is not owed.
  func forEach(_ body: (_ value: RecordValue, _ offset: Offset, _ partition: Int, _ isExcused: Bool) -> Void) {
    let analysis = group.analysis
    for (index, log) in analysis.logs.enumerated() {
      let partition = group.numbers[index], name = PartitionNumber(Int32(index))
      guard let committed = committed[partition], !group.isOfDeletedTopic(partition) else { continue }
      log.forEachPlace { value, offset in
        guard offset < committed, analysis.values[Int(value.number)].wasRead, !analysis.mayBeWithheld(analysis.values[Int(value.number)]) else { return }
        body(value, offset, partition, isExcused(value, at: offset, of: name))
      }
    }
  }
}

/// `at-least-once`: a member worked on each record below the committed offset of its partition.
///
/// Records are excepted that were deleted or compacted, that an operator moved the group over, and that were there when `latest` or `by_duration` began behind them or moved the
/// position on: in a partition that is younger than the group those are its first ones (KAFKA-20539). `earliest` leaves out nothing. Who still works on records at the end may
/// come to them.
func checkAtLeastOnce(_ group: GroupAnalysis, _ end: GroupFindings, _ findings: inout Findings) {
  let owed = WorkOwed(group), inHand = group.values(inHandOf: end.working)
  owed.forEach { value, offset, partition, isExcused in
    guard !isExcused, !inHand.contains(value) else { return }
    findings.examined += 1
    guard !owed.worked[Int(value.number)] else { return }
    findings.add(
      "\(group.words(partition)): value \(value.number) at offset \(offset) was worked on by no member, although \(owed.committed[partition] ?? 0) is committed"
        + lastReader(of: value, in: group))
  }
}

extension GroupAnalysis {
  /// What processes were given that still work on records at the end.
  func values(inHandOf working: Set<ProcessNumber>) -> Set<RecordValue> {
    var inHand: Set<RecordValue> = []
    guard !working.isEmpty else { return inHand }
    for operation in positions.lazy.map({ history.operations[$0] }) where operation.function == .poll && working.contains(operation.process) {
      inHand.formUnion(history.entries(of: operation).map(\.value))
    }
    return inHand
  }
}

private func lastReader(of value: RecordValue, in group: GroupAnalysis) -> String {
  for position in group.positions.reversed() {
    let operation = group.history.operations[position]
    guard operation.function == .poll, group.history.entries(of: operation).contains(where: { $0.value == value }) else { continue }
    return "; \(group.words(operation.process)) was given it at \(group.told(position))"
  }
  return "; no member was given it"
}

/// `at-most-once`: no record was worked on twice, but for those that an operator sent the group back to.
func checkAtMostOnce(_ group: GroupAnalysis, _ findings: inout Findings) {
  var repeats = WorkRepeats(group)
  repeats.run { entry, first, second in
    guard let second else { return findings.examined += 1 }
    findings.add(
      "\(group.words(group.number(of: entry))): value \(entry.value.number) at offset \(entry.offset) was worked on by \(group.words(group.history.operations[first].process)) at "
        + "\(group.told(first)), and by \(group.words(group.history.operations[second].process)) at \(group.told(second))")
  }
}

/// Which records a group worked on, and on which of them again.
struct WorkRepeats {
  private let group: GroupAnalysis
  /// By value: where and when it was worked on first.
  private var first: ContiguousArray<(offset: Offset, position: Int)?>
  /// By partition: from where on an operator sent the group back, and when.
  private var returns: [(to: Offset, position: Int)?]

  init(_ group: GroupAnalysis) {
    self.group = group
    first = ContiguousArray(repeating: nil, count: group.history.valueCount)
    returns = Array(repeating: nil, count: group.numbers.count)
  }

  /// Calls `note` for each record that is worked on for the first time, without a second position, and for each time that it is worked on again.
  mutating func run(_ note: (_ entry: History.Entry, _ first: Int, _ second: Int?) -> Void) {
    for position in group.positions {
      let operation = group.history.operations[position]
      if operation.function == .reset, group.role(of: operation.process) == .operator, let (partition, _, to) = group.reset(operation) {
        returns[partition] = (max(to, 0), position)
      }
      guard operation.function == .work else { continue }
      for entry in group.history.entries(of: operation) where entry.value != .none {
        let value = Int(entry.value.number)
        // A value that stands in the log twice is two records.
        guard let former = first[value], former.offset == entry.offset, !isSentBack(entry, since: former.position) else {
          first[value] = (entry.offset, position)
          note(entry, position, nil)
          continue
        }
        note(entry, former.position, position)
      }
    }
  }

  private func isSentBack(_ entry: History.Entry, since position: Int) -> Bool {
    guard let back = returns[group.number(of: entry)] else { return false }
    return back.position > position && entry.offset >= back.to
  }
}
