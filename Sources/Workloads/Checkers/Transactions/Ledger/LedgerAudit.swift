import Primitives

/// The ledger held against what is there: for each record that was worked on or should have been, how often its effect is there.
///
/// A class, as it holds many lists, and closures that run for every record would copy it.
final class LedgerAudit {
  /// What is wrong with the effect of a record.
  enum Fault {
    /// Its offset is committed, but nothing was made from it, or nothing of that is present.
    case lost
    /// Some of what was made from it is present, and some is not.
    case partial
    /// Its effect is present more than once.
    case duplicate
    /// Its effect is present, but its offset is not committed: the next process would make it again.
    case offsetMissing
  }

  enum Presence { case present, absent, unknown }

  /// One try and what is present of it.
  struct Effect {
    let attempt: Ledger.Try
    /// The number of its values that are present; those that are present twice count twice.
    var present = 0
    var unknown = 0
  }

  let ledger: Ledger
  let visibility: Visibility
  private let owed: WorkOwed
  private let end: GroupFindings
  private let isReadToTheEnd: Bool
  private let unreadable: Set<PartitionNumber>
  /// By partition: the offsets that operators sent the group to.
  private var returns: [[Offset]]
  /// The values that were given to members that are still processing at the end.
  private let inHand: Set<RecordValue>
  var analysis: Analysis { ledger.group.analysis }

  /// Returns nil for a group that makes nothing from records.
  /// - Parameter visibility: what `read_committed` readers can see; evaluated only if needed.
  init?(of group: GroupAnalysis, _ end: GroupFindings, isReadToTheEnd: Bool, unreadable: Set<PartitionNumber>, _ visibility: @autoclosure () -> Visibility) {
    let ledger = Ledger(group)
    guard ledger.isTransform else { return nil }
    self.ledger = ledger
    self.visibility = visibility()
    self.end = end
    inHand = group.values(inHandOf: end.working)
    self.isReadToTheEnd = isReadToTheEnd
    self.unreadable = unreadable
    var owed = WorkOwed(group)
    if let final = end.committed { owed.settle(final) }
    self.owed = owed
    returns = group.numbers.map { _ in [] }
    for position in group.positions {
      let operation = group.history.operations[position]
      guard operation.function == .reset, group.role(of: operation.process) == .operator, let (partition, _, to) = group.reset(operation) else { continue }
      returns[partition].append(max(to, 0))
    }
  }

  /// Calls `body` for each record whose effect can be judged, with what is wrong with it.
  func run(_ body: (_ record: LedgerRecord, _ fault: Fault?) -> Void) {
    let group = ledger.group
    for (index, log) in analysis.logs.enumerated() {
      let name = PartitionNumber(Int32(index)), partition = group.numbers[index]
      guard !group.isOfDeletedTopic(partition) else { continue }
      var place = -1
      log.forEachPlace { value, offset in
        place += 1
        let tries = ledger.tries(onIndex: place, of: index)
        let committed = owed.committed[partition]
        guard !tries.isEmpty || committed.map({ offset < $0 }) ?? false else { return }
        let record = LedgerRecord(
          value: value, offset: offset, name: name, partition: partition, committed: committed,
          expected: end.outputs?(value) ?? tries.map { Int($0.made) }.max(), effects: tries.map { effect($0) })
        judge(record, body)
      }
    }
  }

  private func judge(_ record: LedgerRecord, _ body: (LedgerRecord, Fault?) -> Void) {
    let effects = record.effects.filter { $0.present > 0 }
    let allowed = 1 + returns[record.partition].count { record.offset >= $0 }
    let expected = record.expected ?? 0, present = effects.reduce(0) { $0 + $1.present }
    if effects.count > allowed || present > allowed * expected { return body(record, .duplicate) }
    if let effect = effects.last {
      if effects.allSatisfy({ $0.present + $0.unknown < expected }) { return body(record, .partial) }
      let mayBeBehind = effect.attempt.transaction == .none || allowed > 1
      return body(record, record.isDue || mayBeBehind ? nil : .offsetMissing)
    }
    guard record.isDue, isOwed(record) else { return }
    // Nothing had to be made from it.
    if record.expected == 0 { return body(record, nil) }
    guard !record.effects.contains(where: { $0.unknown > 0 }) else { return }
    body(record, .lost)
  }

  private func isOwed(_ record: LedgerRecord) -> Bool {
    let facts = analysis.values[Int(record.value.number)]
    return facts.wasRead && !analysis.mayBeWithheld(facts) && !inHand.contains(record.value)
      && !owed.isExcused(record.value, at: record.offset, of: record.name)
  }

  private func effect(_ attempt: Ledger.Try) -> Effect {
    var effect = Effect(attempt: attempt)
    ledger.forEachOutput(of: attempt) { value in
      switch presence(of: value) {
      case .present: effect.present += analysis.values[Int(value.number)].standsTwice ? 2 : 1
      case .unknown: effect.unknown += 1
      case .absent: break
      }
    }
    return effect
  }

  func presence(of value: RecordValue) -> Presence {
    let facts = analysis.values[Int(value.number)]
    if facts.transaction != .none {
      let transaction = analysis.facts(of: facts.transaction)
      switch visibility.sight(of: value) {
      case .seen: return .present
      case .missing: return .absent
      case .unknown: return transaction.mustHaveCommitted ? .present : transaction.isWithheld ? .absent : .unknown
      }
    }
    if facts.wasRead { return .present }
    let isDecided = isReadToTheEnd && !unreadable.contains(facts.partition)
    switch facts.outcome {
    case .failed, .none, .aborted: return .absent
    case .unknown, .open: return isDecided ? .absent : .unknown
    case .ok: return !isDecided || analysis.isDeleted(facts) || analysis.isSuperseded(value) ? .present : .absent
    }
  }
}

/// A record of the ledger.
struct LedgerRecord {
  let value: RecordValue
  let offset: Offset
  let name: PartitionNumber
  /// The partition's number within the group.
  let partition: Int
  /// The group's committed offset of the partition; nil if there is none.
  let committed: Offset?
  /// The number of values that have to be made from it; nil if no attempt was made.
  let expected: Int?
  let effects: [LedgerAudit.Effect]

  /// Whether the group's committed offset is past it.
  var isDue: Bool { committed.map { offset < $0 } ?? false }
}

extension ValueFacts {
  /// Whether the log holds it at two offsets.
  var standsTwice: Bool { firstIndex >= 0 && firstIndex != lastIndex }
}
