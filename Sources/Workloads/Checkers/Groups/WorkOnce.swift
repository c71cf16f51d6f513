import Primitives

/// Which records a group had to process in each partition, and which it could skip.
struct WorkOwed {
  private let group: GroupAnalysis
  /// By partition: where the group started to read and when; records that were there earlier and before that offset are not owed. 0 if `auto.offset.reset` skips nothing.
  private var begins: [(offset: Offset, position: Int)]
  /// By partition: the offsets that positions skipped, because of a reset (for records that were there then) or an operator.
  private var leaps: [[(offsets: Range<Offset>, position: Int)]]
  /// By partition: the offset below which everything counts as processed; nil if nothing was committed.
  private(set) var committed: [Offset?]
  /// By value: whether a member processed it.
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
          // The process continues at the log start: what it skips is gone.
          hasBegun[partition] = true
        } else if from != .unknown {
          if to > from { leaps[partition].append((from..<to, position)) }
        } else if !hasCommitted[partition] {
          // The group is new to the partition. Otherwise its committed offset would be gone, and what it skips because of that would be missing.
          hasBegun[partition] = true
          begins[partition] = (max(begins[partition].offset, to), position)
        }
      default: break
      }
    }
  }

  /// Whether an operation shows that a transaction is committed; if no client learned its outcome and only its values show it, the invocation counts.
  private func isCommitted(_ transaction: TransactionNumber, _ operation: History.Operation) -> Bool {
    let facts = group.analysis.facts(of: transaction)
    return facts.mustHaveCommitted && (operation.kind == .ok || operation.kind == .invoke && facts.fate == .unknown)
  }

  /// What the cluster reported at the very end overrides everything before.
  mutating func settle(_ final: [TopicPartition: Offset]) {
    for (partition, name) in group.history.partitions.enumerated() where group.numbers[partition] == partition { committed[partition] = final[name] }
  }

  /// Why a group did not have to process a value: a rule deleted it, or a reset skipped it.
  func isExcused(_ value: RecordValue, at offset: Offset, of name: PartitionNumber) -> Bool {
    let analysis = group.analysis, partition = group.numbers[Int(name.number)]
    let sent = Int(analysis.values[Int(value.number)].invoked), begin = begins[partition]
    let isPassed = offset < begin.offset && sent < begin.position || leaps[partition].contains { $0.offsets.contains(offset) && sent < $0.position }
    return isPassed || analysis.deletions.rule(at: offset, of: name) != nil || analysis.isSuperseded(value, at: offset, of: name)
  }

  /// Calls `body` for each value below the committed offset of its partition that was readable, and whether the group is excused from processing it. Values of transactions
  /// that are not known to be committed are left out.
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

/// `at-least-once`: a member processed each record below the committed offset of its partition.
///
/// Exceptions: records that were deleted or compacted, that an operator moved the group past, and that were there when `latest` or `by_duration` started after them or moved the
/// position past them; in a partition that is younger than the group these are its first records (KAFKA-20539). `earliest` skips nothing. Members that are still
/// processing records at the end may get to theirs.
func checkAtLeastOnce(_ group: GroupAnalysis, _ end: GroupFindings, _ findings: inout Findings) {
  let owed = WorkOwed(group), inHand = group.values(inHandOf: end.working)
  owed.forEach { value, offset, partition, isExcused in
    guard !isExcused, !inHand.contains(value) else { return }
    findings.examined += 1
    guard !owed.worked[Int(value.number)] else { return }
    findings.add(
      "\(group.words(partition)): value \(value.number) at offset \(offset) was worked on by no member, although \(owed.committed[partition] ?? 0) is committed"
        + lastReader(of: value, in: group), about: group.analysis.subject(value, at: offset, of: group.group))
  }
}

extension GroupAnalysis {
  /// The values that were given to processes that are still processing records at the end.
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

/// `at-most-once`: no record was processed twice, except those that an operator sent the group back to.
func checkAtMostOnce(_ group: GroupAnalysis, _ findings: inout Findings) {
  var repeats = WorkRepeats(group)
  repeats.run { entry, first, second in
    guard let second else { return findings.examined += 1 }
    findings.add(
      "\(group.words(group.number(of: entry))): value \(entry.value.number) at offset \(entry.offset) was worked on by \(group.words(group.history.operations[first].process)) at "
        + "\(group.told(first)), and by \(group.words(group.history.operations[second].process)) at \(group.told(second))",
      about: group.analysis.subject(entry.value, in: entry.partition, at: entry.offset, of: group.group))
  }
}

/// Which records a group processed, and which of them again.
struct WorkRepeats {
  private let group: GroupAnalysis
  /// By value: where and when it was first processed.
  private var first: ContiguousArray<(offset: Offset, position: Int)?>
  /// By partition: the offset that an operator last sent the group back to, and when.
  private var returns: [(to: Offset, position: Int)?]

  init(_ group: GroupAnalysis) {
    self.group = group
    first = ContiguousArray(repeating: nil, count: group.history.valueCount)
    returns = Array(repeating: nil, count: group.numbers.count)
  }

  /// Calls `visit` for each record that is processed for the first time, with no second position, and for each time that it is processed again.
  mutating func run(_ visit: (_ entry: History.Entry, _ first: Int, _ second: Int?) -> Void) {
    for position in group.positions {
      let operation = group.history.operations[position]
      if operation.function == .reset, group.role(of: operation.process) == .operator, let (partition, _, to) = group.reset(operation) {
        returns[partition] = (max(to, 0), position)
      }
      guard operation.function == .work else { continue }
      for entry in group.history.entries(of: operation) where entry.value != .none {
        let value = Int(entry.value.number)
        // A value that is in the log twice counts as two records.
        guard let former = first[value], former.offset == entry.offset, !isSentBack(entry, since: former.position) else {
          first[value] = (entry.offset, position)
          visit(entry, position, nil)
          continue
        }
        visit(entry, former.position, position)
      }
    }
  }

  private func isSentBack(_ entry: History.Entry, since position: Int) -> Bool {
    guard let back = returns[group.number(of: entry)] else { return false }
    return back.position > position && entry.offset >= back.to
  }
}
