import Primitives

/// The result of one pass over a history: what became of each value, and what each partition's log must have looked like.
///
/// The vocabulary follows Jepsen's Kafka workload. The log of a partition maps offsets to values, from every poll whatever its
/// outcome (Kafka must never return unsafe data) and from every send that was acknowledged with an offset. Leaving out empty
/// offsets, which are legal, and numbering the rest gives the version order: `index`.
///
/// The partitions of a deleted topic are different from those of a later topic with the same name. What was deleted by a rule is not missing, nor
/// is a value in a compacted topic that is followed by another value of its key.
///
/// The values of a transaction share its fate: if it was aborted they are not missing; if its outcome is unknown, all of them are there or none.
public struct Analysis {
  public let history: History
  public let deletions: Deletions
  /// The origin of the clock for times in evidence.
  let origin: Instant
  public private(set) var values: ContiguousArray<ValueFacts>
  public private(set) var logs: [LogFacts]
  public private(set) var transactions: ContiguousArray<TransactionFacts>
  /// By partition: whether values were sent there in transactions.
  private(set) var hasTransactions: [Bool]
  /// Values that were polled, in the transaction in which they were sent, by a process that reads only committed records, with the position of the operation.
  private(set) var ownReads: [(value: RecordValue, position: Int32)] = []
  /// By process, as far as known: whether it reads only committed records.
  private let readsCommitted: [Bool]
  /// For compacted topics: the last offset at which each key of a partition is known to have been written. Only looked up, never iterated.
  private var newest: [PartitionKey: Offset] = [:]
  private var compacted: Set<PartitionNumber> = []
  /// The last send of each key whose outcome is unknown, by its position among the operations: it may have been written and removed since.
  private var uncertain: [PartitionKey: Int32] = [:]

  /// - Parameter origin: the origin of the clock for times in evidence; by default that of the history.
  public init(of history: History, deletions: Deletions = Deletions(), origin: Instant = .zero) {
    self.history = history
    self.deletions = deletions
    self.origin = origin
    values = ContiguousArray(repeating: ValueFacts(), count: history.valueCount)
    logs = Self.lowestOffsets(of: history).map { LogFacts(from: $0) }
    transactions = ContiguousArray(repeating: TransactionFacts(), count: history.transactionCount)
    hasTransactions = logs.map { _ in false }
    readsCommitted = (0..<(history.committedReaders.last.map { $0.number + 1 } ?? 0)).map { history.readsCommitted(ProcessNumber($0)) }
    for value in history.tombstones where values.indices.contains(Int(value.number)) { values[Int(value.number)].isTombstone = true }
    for (position, operation) in history.operations.enumerated() { observe(operation, position, of: history) }
    if !transactions.isEmpty { settleTransactions() }
    for partition in logs.indices { logs[partition].settle(&values, of: PartitionNumber(Int32(partition))) }
    if values.contains(where: { $0.key != .none }) { findNewest() }
  }

  /// By partition: the first offset that any client was told.
  private static func lowestOffsets(of history: History) -> [Int64] {
    var lowest = history.partitions.map { _ in Int64.max }
    for operation in history.operations where operation.kind != .invoke && (operation.function == .send || operation.function == .poll) {
      history.forEachRun(of: operation) { run, _ in
        guard run.offset != .unknown, run.partition != .unknown else { return }
        lowest[Int(run.partition.number)] = min(run.offset.value, lowest[Int(run.partition.number)])
      }
    }
    return lowest
  }

  /// Gives values the outcome of their transactions.
  private mutating func settleTransactions() {
    for facts in values where facts.transaction != .none {
      let transaction = Int(facts.transaction.number)
      transactions[transaction].valueCount += 1
      if facts.firstCommittedRead >= 0 { transactions[transaction].isShown = true }
      if facts.partition != .unknown { hasTransactions[Int(facts.partition.number)] = true }
    }
    for number in values.indices where values[number].transaction != .none && values[number].outcome != .failed && values[number].outcome != .none {
      let transaction = transactions[Int(values[number].transaction.number)]
      if transaction.isWithheld {
        values[number].outcome = .aborted
      } else if !transaction.mustHaveCommitted {
        values[number].outcome = .unknown
      }
    }
  }

  private mutating func findNewest() {
    for facts in values where facts.key != .none && facts.outcome != .aborted && facts.acknowledged != .unknown {
      updateNewest(facts.key, at: facts.acknowledged, of: facts.partition)
    }
    for facts in values where facts.key != .none && facts.firstIndex < 0 && (facts.outcome == .unknown || facts.outcome == .open) {
      uncertain[place(of: facts)] = max(uncertain[place(of: facts)] ?? -1, facts.invoked)
    }
    for (index, log) in logs.enumerated() {
      log.forEachPlace { value, offset in
        let facts = values[Int(value.number)]
        // For the cleaner, an aborted record is no value of its key.
        if facts.key != .none, facts.outcome != .aborted { updateNewest(facts.key, at: offset, of: PartitionNumber(Int32(index))) }
      }
    }
  }

  private mutating func updateNewest(_ key: KeyNumber, at offset: Offset, of partition: PartitionNumber) {
    let place = PartitionKey(partition: partition, key: key)
    newest[place] = max(newest[place] ?? offset, offset)
    compacted.insert(partition)
  }

  /// Whether compaction may have removed the value at an offset: because its key was written again after it, or may have been, or because it is a tombstone. Tombstones stay
  /// only for a while, and `compaction-keeps-latest` checks whether that was long enough.
  func isSuperseded(_ value: RecordValue, at offset: Offset, of partition: PartitionNumber) -> Bool {
    let key = values[Int(value.number)].key
    guard key != .none, !values[Int(value.number)].isTombstone else { return key != .none }
    guard let newest = newest[PartitionKey(partition: partition, key: key)] else { return false }
    // A value without a known offset may have been anywhere.
    return offset == .unknown || newest > offset || mayBeSuperseded(value)
  }

  /// Whether a later send of the value's key may have been written, caused compaction, and been removed since.
  func mayBeSuperseded(_ value: RecordValue) -> Bool {
    guard !uncertain.isEmpty else { return false }
    let facts = values[Int(value.number)]
    // Sends that were never completed have no known partition.
    return [facts.partition, .unknown].contains { (uncertain[PartitionKey(partition: $0, key: facts.key)] ?? -1) > facts.invoked }
  }

  /// Whether compaction may have removed a value at its acknowledged offset, or whether its transaction was or may have been aborted: the cleaner removes aborted values too.
  public func isSuperseded(_ value: RecordValue) -> Bool {
    let facts = values[Int(value.number)]
    return facts.key != .none && mayBeAborted(facts) || isSuperseded(value, at: facts.acknowledged, of: facts.partition)
  }

  /// Whether the transaction of a value was or may have been aborted. A value that was acknowledged and yet is `unknown` belongs to a transaction whose outcome is unknown.
  func mayBeAborted(_ facts: ValueFacts) -> Bool { facts.outcome == .aborted || facts.outcome == .unknown && facts.told == .ok }

  /// The last known offset of a value's key in its partition, and the value there; nil if it has no key.
  func newestOfKey(_ value: RecordValue) -> (offset: Offset, value: RecordValue)? {
    let facts = values[Int(value.number)]
    guard facts.key != .none, let offset = newest[place(of: facts)], let value = logs[Int(facts.partition.number)].value(at: offset) else { return nil }
    return (offset, value)
  }

  /// Whether a partition belongs to a compacted topic, as far as records with keys show it.
  func isCompacted(_ partition: PartitionNumber) -> Bool { compacted.contains(partition) }

  private func place(of facts: ValueFacts) -> PartitionKey { PartitionKey(partition: facts.partition, key: facts.key) }

  /// For each key, the value that was acknowledged at the highest offset, in the order of the values.
  func lastAcknowledged() -> [RecordValue] {
    var last: [PartitionKey: Offset] = [:]
    let candidates = values.indices.filter { values[$0].key != .none && values[$0].outcome == .ok && values[$0].acknowledged != .unknown }
    for number in candidates { last[place(of: values[number])] = max(last[place(of: values[number])] ?? .unknown, values[number].acknowledged) }
    return candidates.filter { last[place(of: values[$0])] == values[$0].acknowledged }.map { RecordValue(UInt32($0)) }
  }

  /// Whether a rule deleted an acknowledged value.
  func isDeleted(_ facts: ValueFacts) -> Bool { deletions.rule(at: facts.acknowledged, of: facts.partition) != nil }

  /// A key in one partition: the same key in another partition is a different one.
  private struct PartitionKey: Hashable {
    let partition: PartitionNumber
    let key: KeyNumber
  }

  /// The offset of each value that any client was given, by value; unknown for the others.
  public func places() -> ContiguousArray<Offset> {
    var places = ContiguousArray(repeating: Offset.unknown, count: values.count)
    for log in logs { log.forEachPlace { places[Int($0.number)] = $1 } }
    return places
  }

  /// - Parameter history: the same as `self.history`, to be walked through while this changes.
  private mutating func observe(_ operation: History.Operation, _ position: Int, of history: History) {
    switch operation.function {
    case .send where operation.entryCount == 1:
      let entry = history.entries[operation.entryPlaces.lowerBound]
      values[Int(entry.value.number)].observeSend(entry, operation, position)
      if operation.kind == .ok, entry.offset != .unknown { logs[Int(entry.partition.number)].add(entry.value, at: entry.offset) }
    case .send: history.forEachRun(of: operation) { observeSends($0, $1, operation, position) }
    case .poll where operation.kind != .invoke:
      let isCommitted = reads(operation.process)
      history.forEachRun(of: operation) { observePolls($0, $1, operation, position, isCommitted: isCommitted) }
    case .poll, .assign, .gain, .giveUp, .lose, .commit, .work, .reset, .inspect, .end: break
    case .begin, .commitTransaction, .abortTransaction:
      for entry in history.entries(of: operation) where entry.transaction != .none { transactions[Int(entry.transaction.number)].observe(operation, at: Int32(position)) }
    }
  }

  // A history counts its values, so each of them has a place among the facts.

  private mutating func observeSends(_ run: EntryRun, _ sent: ArraySlice<RecordValue>, _ operation: History.Operation, _ position: Int) {
    values.withUnsafeMutableBufferPointer { facts in
      for (place, value) in sent.enumerated() {
        facts[Int(value.number)].observeSend(run.entry(at: Int(run.start) + place, value), operation, position)
      }
    }
    if operation.kind == .ok, run.offset != .unknown { logs[Int(run.partition.number)].add(sent, at: run.offset) }
  }

  /// - Parameter isCommitted: whether the process reads committed records only.
  private mutating func observePolls(_ run: EntryRun, _ given: ArraySlice<RecordValue>, _ operation: History.Operation, _ position: Int, isCommitted: Bool) {
    values.withUnsafeMutableBufferPointer { facts in
      for value in given where value != .none {
        facts[Int(value.number)].observePoll(of: run.partition, isRead: operation.kind == .ok, position, isCommitted: isCommitted)
      }
    }
    if isCommitted, run.transaction != .none {
      for value in given where value != .none && values[Int(value.number)].transaction == run.transaction { ownReads.append((value, Int32(position))) }
    }
    if run.offset != .unknown { logs[Int(run.partition.number)].add(given, at: run.offset) }
  }
}

extension Analysis {
  /// The process that sent a value; nil if nobody is known to have done so.
  func sender(of value: RecordValue) -> ProcessNumber? {
    let invoked = values[Int(value.number)].invoked
    return invoked < 0 ? nil : history.operations[Int(invoked)].process
  }

  /// Whether a process reads only committed records.
  func reads(_ process: ProcessNumber) -> Bool { readsCommitted.indices.contains(Int(process.number)) && readsCommitted[Int(process.number)] }
}

/// What became of one value: 40 bytes, of which a long history has millions.
public struct ValueFacts: Sendable {
  public enum Outcome: UInt8, Sendable {
    /// No send carried it.
    case none
    /// Its send was never completed.
    case open
    case ok, failed, unknown
    /// It was sent in a transaction that was aborted, or that was never asked to commit.
    case aborted
  }

  /// The outcome, taking the transaction into account.
  public var outcome = Outcome.none
  /// What its producer was told about the record alone.
  public var told = Outcome.none
  /// Whether a successful poll returned it.
  public var wasRead = false
  /// Whether its record deletes its key.
  public var isTombstone = false
  public var partition = PartitionNumber.unknown
  /// Its key, if its topic is compacted and it has one.
  public var key = KeyNumber.none
  /// The transaction in which it was sent.
  public var transaction = TransactionNumber.none
  /// The position of its invocation among the operations; -1 if there is none.
  public var invoked: Int32 = -1
  /// The position of the first poll that returned it to a process that reads only committed records; -1 if none did.
  public var firstCommittedRead: Int32 = -1
  /// Its first and last positions in the version order; -1 if it has none.
  public var firstIndex: Int32 = -1
  public var lastIndex: Int32 = -1
  /// The offset that its producer was told.
  public var acknowledged = Offset.unknown

  /// Whether it was acknowledged, or has an unknown outcome and was read.
  public var mustHaveCommitted: Bool { outcome == .ok || ((outcome == .unknown || outcome == .open) && wasRead) }

  @inline(__always)
  fileprivate mutating func observeSend(_ entry: History.Entry, _ operation: History.Operation, _ position: Int) {
    if entry.transaction != .none { transaction = entry.transaction }
    if operation.kind == .invoke {
      invoked = Int32(position)
      if outcome == .none { (outcome, told) = (.open, .open) }
      if entry.key != .none { key = entry.key }
      return
    }
    outcome = operation.kind == .ok ? .ok : operation.kind == .fail ? .failed : .unknown
    told = outcome
    if entry.partition != .unknown { partition = entry.partition }
    if operation.kind == .ok, entry.offset != .unknown { acknowledged = entry.offset }
  }

  /// - Parameters:
  ///   - isRead: whether the poll was successful.
  ///   - isCommitted: whether the process reads only committed records.
  @inline(__always)
  fileprivate mutating func observePoll(of partition: PartitionNumber, isRead: Bool, _ position: Int, isCommitted: Bool) {
    self.partition = partition
    guard isRead else { return }
    wasRead = true
    if isCommitted, firstCommittedRead < 0 { firstCommittedRead = Int32(position) }
  }
}

/// One partition's log as clients saw it.
public struct LogFacts: Sendable {
  /// The first offset. A topic may have held millions of records before any client read it.
  private let base: Int64
  /// The value at each offset from there on; if several were seen, the last one.
  private var byOffset: ContiguousArray<RecordValue> = []
  /// All values of the offsets at which more than one was seen, in the order of the offsets after `settle`.
  public private(set) var conflicts: [(offset: Offset, values: [RecordValue])] = []
  /// The index of each offset in `conflicts`, until `settle` sorts them.
  private var conflictAt: [Offset: Int] = [:]
  /// Values by index of the version order.
  public private(set) var versionOrder: ContiguousArray<RecordValue> = []
  /// Values that were last seen in another partition or topic, with their offsets in this one.
  public private(set) var strays: [(value: RecordValue, offset: Offset)] = []
  /// The index of each offset; -1 for empty offsets.
  private var indexByOffset: ContiguousArray<Int32> = []

  init(from base: Int64) { self.base = base }

  /// The index of an offset in the version order; nil if nothing was seen there.
  public func index(of offset: Offset) -> Int? {
    guard offset.value >= base, offset.value &- base < Int64(indexByOffset.count) else { return nil }
    let index = indexByOffset[Int(offset.value &- base)]
    return index < 0 ? nil : Int(index)
  }

  /// The last value that was seen at an offset; nil if there was none.
  func value(at offset: Offset) -> RecordValue? {
    guard offset.value >= base, offset.value &- base < Int64(byOffset.count) else { return nil }
    let value = byOffset[Int(offset.value &- base)]
    return value == .none ? nil : value
  }

  @inline(__always)
  mutating func add(_ value: RecordValue, at offset: Offset) {
    let place = Int(offset.value &- base)
    if place == byOffset.count { return byOffset.append(value) }
    if place < byOffset.count, byOffset[place] == value { return }
    addOther(value, at: offset)
  }

  /// Adds values at consecutive offsets; those that are `.none` are left out.
  mutating func add(_ values: ArraySlice<RecordValue>, at offset: Offset) {
    // Those behind the others are taken as a whole, as they mostly come.
    if Int(offset.value &- base) == byOffset.count { return byOffset.append(contentsOf: values) }
    for (place, value) in values.enumerated() where value != .none { add(value, at: offset + Int64(place)) }
  }

  /// Adds a value behind a gap, or one that is not the one that was seen at its offset.
  private mutating func addOther(_ value: RecordValue, at offset: Offset) {
    let place = Int(offset.value &- base)
    while byOffset.count <= place { byOffset.append(.none) }
    let known = byOffset[place]
    byOffset[place] = value
    guard known != .none else { return }
    if let index = conflictAt[offset] {
      if !conflicts[index].values.contains(value) { conflicts[index].values.append(value) }
    } else {
      conflictAt[offset] = conflicts.count
      conflicts.append((offset, [known, value]))
    }
  }

  /// Numbers the offsets densely and tells each value its places.
  fileprivate mutating func settle(_ values: inout ContiguousArray<ValueFacts>, of partition: PartitionNumber) {
    conflictAt = [:]
    conflicts.sort { $0.offset < $1.offset }
    indexByOffset = ContiguousArray(repeating: -1, count: byOffset.count)
    versionOrder.reserveCapacity(byOffset.count)
    var conflict = conflicts.startIndex
    for offset in byOffset.indices where byOffset[offset] != .none {
      let index = Int32(versionOrder.count)
      indexByOffset[offset] = index
      versionOrder.append(byOffset[offset])
      if conflict < conflicts.endIndex, conflicts[conflict].offset.value == Int64(offset) + base {
        for value in conflicts[conflict].values { place(value, at: index, offset, of: partition, &values) }
        conflict += 1
      } else {
        place(byOffset[offset], at: index, offset, of: partition, &values)
      }
    }
  }

  private mutating func place(_ value: RecordValue, at index: Int32, _ offset: Int, of partition: PartitionNumber, _ values: inout ContiguousArray<ValueFacts>) {
    let number = Int(value.number)
    // A retry may have gone to the next topic of the same name; its offsets in the earlier topic do not count here.
    guard values[number].partition == partition else { return strays.append((value, Offset(Int64(offset) + base))) }
    if values[number].firstIndex < 0 { values[number].firstIndex = index }
    values[number].lastIndex = index
  }

  func forEachPlace(_ body: (RecordValue, Offset) -> Void) {
    for offset in byOffset.indices where byOffset[offset] != .none { body(byOffset[offset], Offset(Int64(offset) + base)) }
  }

  /// Calls `body` for the offsets with a value between two places of the version order, the last one first.
  func forEachOffset(after index: Int, before end: Offset, _ body: (Offset) -> Void) {
    var offset = end + -1
    while offset.value >= base {
      if let found = self.index(of: offset) {
        guard found > index else { return }
        body(offset)
      }
      offset = offset + -1
    }
  }

  /// The offsets of a value that appears at several.
  func offsets(of value: RecordValue) -> [Offset] {
    var offsets: [Offset] = []
    for offset in byOffset.indices where byOffset[offset] == value { offsets.append(Offset(Int64(offset) + base)) }
    for conflict in conflicts where conflict.values.contains(value) && !offsets.contains(conflict.offset) { offsets.append(conflict.offset) }
    return offsets.sorted()
  }
}
