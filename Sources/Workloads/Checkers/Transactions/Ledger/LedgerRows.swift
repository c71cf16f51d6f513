import Primitives

/// The ledger of a group for people: which transaction consumed each record, what it wrote, which offset it committed, and what is missing or double.
///
/// Records that follow each other and of which the same is to be said are one row. Rows with a fault come in the order of their records, the first ones of them; of the
/// others a sample is kept that is spread over all of them.
public struct LedgerRows: Sendable, Equatable {
  public enum Fault: String, Codable, Sendable, CaseIterable {
    /// The offset behind it is committed, and nothing of what was to be made of it is there.
    case missing
    /// Some of what was made of it is there, and some is not.
    case partial
    /// What was to be made of it is there more than once.
    case double
    /// What was made of it is there, and no offset behind it is committed: whoever goes on consumes it again.
    case uncommitted
  }

  /// Where values stand that a try made of the records of a row.
  public struct Output: Sendable, Equatable {
    public let partition: TopicPartition
    /// Where they stand as far as anybody knows, from offset to offset without a gap; of more than `rangeLimit` the last one has gaps.
    public var offsets: [ClosedRange<Offset>] = []
    /// Values that are there for those who read committed records only, that are not, and of which nobody knows.
    public var present = 0
    public var absent = 0
    public var unknown = 0

    init(_ partition: TopicPartition) { self.partition = partition }
  }

  /// One try to make something of the records of a row: a transaction, or without transactions a process that was given them.
  public struct Attempt: Sendable, Equatable {
    /// Its number among the transactions of the history; nil outside of transactions.
    public let transaction: TransactionNumber?
    /// The process, as evidence calls it.
    public let process: String
    /// What became of the transaction: `committed`, `aborted`, `of unknown outcome`, `never asked to be committed`; nil outside of transactions.
    public let fate: String?
    /// When it was first heard of.
    public let time: Instant
    /// The offset of the partition that the transaction committed; nil where it committed none.
    public let offset: Offset?
    /// At most `outputLimit`.
    public fileprivate(set) var outputs: [Output] = []
  }

  public struct Row: Sendable, Equatable {
    public let partition: TopicPartition
    public fileprivate(set) var offsets: ClosedRange<Offset>
    public fileprivate(set) var records = 1
    public let fault: Fault?
    /// What the group has committed of the partition in the end; nil where that is nothing.
    public let committed: Offset?
    /// How many values are to be made of each record; nil where nobody tried to.
    public let expected: Int?
    /// The first ones, at most `attemptLimit`.
    public fileprivate(set) var attempts: [Attempt]
    public let attemptCount: Int
  }

  public struct FaultCount: Sendable, Equatable {
    public let fault: Fault
    public fileprivate(set) var records: Int
  }

  public static let faultyLimit = 200, soundLimit = 40, attemptLimit = 8, outputLimit = 8, rangeLimit = 4

  /// Records whose effect could be judged.
  public private(set) var records = 0
  /// Of these, by fault in the order of the language.
  public private(set) var faults = Fault.allCases.map { FaultCount(fault: $0, records: 0) }
  /// Rows with a fault that there are.
  public private(set) var faultyCount = 0
  public private(set) var faulty: [Row] = []
  /// Rows without one that there are.
  public private(set) var soundCount = 0
  /// Evenly spread over them.
  public private(set) var sound: [Row] = []
  /// Each how-manieth row without a fault is kept.
  private var stride = 1

  init(_ audit: LedgerAudit) {
    var open: OpenRow?
    audit.run { record, fault in
      let fault = fault.map(Fault.init)
      records += 1
      if let fault, let place = faults.firstIndex(where: { $0.fault == fault }) { faults[place].records += 1 }
      if open?.add(record, fault, audit) == true { return }
      if let open { close(open.row) }
      open = OpenRow(record, fault, audit)
    }
    if let open { close(open.row) }
  }

  private mutating func close(_ row: Row) {
    guard row.fault == nil else {
      faultyCount += 1
      if faulty.count < Self.faultyLimit { faulty.append(row) }
      return
    }
    if soundCount % stride == 0 { sound.append(row) }
    soundCount += 1
    if sound.count > 2 * Self.soundLimit {
      sound = sound.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
      stride *= 2
    }
  }
}

/// A row to which records may come.
private struct OpenRow {
  private(set) var row: LedgerRows.Row
  private let name: PartitionNumber
  private let tries: [Ledger.Try]

  init(_ record: LedgerRecord, _ fault: LedgerRows.Fault?, _ audit: LedgerAudit) {
    let effects = Self.told(record.effects)
    name = record.name
    tries = record.effects.map(\.attempt)
    row = LedgerRows.Row(
      partition: audit.analysis.history.partitions[Int(record.name.number)], offsets: record.offset...record.offset, fault: fault, committed: record.committed,
      expected: record.expected, attempts: effects.map { audit.told($0.attempt, on: record) }, attemptCount: record.effects.count)
    addOutputs(of: effects, audit)
  }

  /// Whether the record belongs to the row.
  mutating func add(_ record: LedgerRecord, _ fault: LedgerRows.Fault?, _ audit: LedgerAudit) -> Bool {
    guard record.name == name, fault == row.fault, record.expected == row.expected, record.effects.count == tries.count,
      zip(record.effects, tries).allSatisfy({ $0.attempt.transaction == $1.transaction && $0.attempt.process == $1.process })
    else { return false }
    row.offsets = row.offsets.lowerBound...max(row.offsets.lowerBound, record.offset)
    row.records += 1
    addOutputs(of: Self.told(record.effects), audit)
    return true
  }

  private mutating func addOutputs(of effects: [LedgerAudit.Effect], _ audit: LedgerAudit) {
    for (place, effect) in effects.enumerated() {
      audit.ledger.forEachOutput(of: effect.attempt) { row.attempts[place].addOutput($0, audit) }
    }
  }

  private static func told(_ effects: [LedgerAudit.Effect]) -> [LedgerAudit.Effect] { Array(effects.prefix(LedgerRows.attemptLimit)) }
}

extension LedgerRows.Attempt {
  fileprivate mutating func addOutput(_ value: RecordValue, _ audit: LedgerAudit) {
    let facts = audit.analysis.values[Int(value.number)]
    guard facts.partition != .unknown else { return }
    let partition = audit.analysis.history.partitions[Int(facts.partition.number)]
    let index: Int
    if let known = outputs.firstIndex(where: { $0.partition == partition }) {
      index = known
    } else {
      guard outputs.count < LedgerRows.outputLimit else { return }
      outputs.append(LedgerRows.Output(partition))
      outputs.sort { $0.partition < $1.partition }
      index = outputs.firstIndex { $0.partition == partition } ?? 0
    }
    switch audit.presence(of: value) {
    case .present: outputs[index].present += facts.standsTwice ? 2 : 1
    case .absent: outputs[index].absent += 1
    case .unknown: outputs[index].unknown += 1
    }
    let place = audit.visibility.place(of: value)
    guard place != .unknown else { return }
    outputs[index].add(place)
  }
}

extension LedgerRows.Output {
  /// A value stands here as well.
  fileprivate mutating func add(_ place: Offset) {
    guard let last = offsets.last else { return offsets = [place...place] }
    if last.contains(place) { return }
    if place == last.upperBound + 1 || place > last.upperBound && offsets.count >= LedgerRows.rangeLimit {
      offsets[offsets.count - 1] = last.lowerBound...place
    } else if place > last.upperBound {
      offsets.append(place...place)
    } else {
      // Values of one record may have been written in any order.
      let at = offsets.firstIndex { $0.upperBound >= place } ?? 0
      if offsets[at].contains(place) { return }
      if place + 1 == offsets[at].lowerBound || offsets.count >= LedgerRows.rangeLimit {
        offsets[at] = place...offsets[at].upperBound
      } else {
        offsets.insert(place...place, at: at)
      }
    }
  }
}

extension LedgerAudit {
  fileprivate func told(_ attempt: Ledger.Try, on record: LedgerRecord) -> LedgerRows.Attempt {
    let group = ledger.group, isTransaction = attempt.transaction != .none
    let commit = isTransaction ? group.commits[record.partition].last { $0.transaction == attempt.transaction } : nil
    return LedgerRows.Attempt(
      transaction: isTransaction ? attempt.transaction : nil, process: group.words(attempt.process),
      fate: isTransaction ? analysis.facts(of: attempt.transaction).fate.words : nil, time: group.time(Int(attempt.position)), offset: commit?.offset)
  }
}

extension LedgerRows.Fault {
  fileprivate init(_ fault: LedgerAudit.Fault) {
    switch fault {
    case .lost: self = .missing
    case .partial: self = .partial
    case .duplicate: self = .double
    case .offsetMissing: self = .uncommitted
    }
  }
}
