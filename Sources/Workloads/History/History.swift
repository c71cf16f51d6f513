import Client
import OrderedCollections
import Primitives

/// What the clients of a trial asked for and what they were told, in order.
///
/// An operation is invoked and later completed: `ok` (it happened), `fail` (it definitely did not) or `info` (unknown). A send
/// carries one value, which no other send carries; a poll returns values with partitions and offsets. Nothing in a history is known only to a broker.
///
/// Entries that belong to a transaction name it: sends, offset commits, and processed records. A transaction begins, and its commit or abort is requested; `ok`
/// then says that the coordinator agreed, `fail` that the request certainly had no effect, so a transaction whose commit failed was never committed.
///
/// Values are numbered from 0 in the order of their sends, partitions in the order in which they were first named: checkers use the numbers as array indexes.
public struct History: Sendable {
  public private(set) var operations = ChunkedList<Operation>()
  /// The entries of all operations; those of one operation are adjacent.
  public private(set) var entries = Entries()
  public private(set) var partitions: [TopicPartition] = []
  /// The topic id of each partition, by index: a topic that was deleted and created again under its name is a different one. Zero if
  /// the id is unknown.
  public private(set) var topicIDs: [Uuid] = []
  /// One more than the highest value that was sent.
  public private(set) var valueCount = 0
  /// One more than the highest transaction that an entry names.
  public private(set) var transactionCount = 0

  private struct PartitionName: Hashable {
    let partition: TopicPartition
    let topicID: Uuid

    /// The topic's name is hashed only if it has no id.
    func hash(into hasher: inout Hasher) {
      if topicID == .zero { hasher.combine(partition) } else { hasher.combine(TopicIDPartition(topicID, partition.partition)) }
    }
  }

  /// In the order of `partitions`. Ordered, because it compares a few elements without hashing.
  private var partitionNames: OrderedSet<PartitionName> = []
  /// Which of them was asked for last: mostly it is the next one, too.
  private var lastNumber = 0
  /// Values that are none: their records delete their keys. In the order in which they were added.
  public private(set) var tombstones: ContiguousArray<RecordValue> = []
  /// Processes that belong to groups, in ascending order of their numbers.
  public private(set) var members: [Member] = []
  /// The names of processes outside of groups. Only looked up.
  private(set) var names: [ProcessNumber: String] = [:]
  /// Processes with `isolation.level=read_committed`, in ascending order.
  public private(set) var committedReaders: [ProcessNumber] = []
  /// The sources of values; those of one value are adjacent, in the order in which they were recorded.
  public private(set) var origins: ContiguousArray<Origin> = []
  /// What values add to accounts, in the order in which they were recorded.
  public private(set) var postings: ContiguousArray<Posting> = []
  /// What values count, in the order in which they were recorded.
  public private(set) var counts: ContiguousArray<Count> = []

  /// - Parameter firstValue: the number of the first value. Histories that are written in parallel and merged later need
  ///   disjoint numbers.
  public init(firstValue: UInt32 = 0) { valueCount = Int(firstValue) }

  /// The number of a partition within this history.
  public mutating func number(of partition: TopicPartition, topicID: Uuid = .zero) -> PartitionNumber {
    let name = PartitionName(partition: partition, topicID: topicID)
    if partitionNames.indices.contains(lastNumber), partitionNames[lastNumber] == name { return PartitionNumber(Int32(lastNumber)) }
    let (isNew, index) = partitionNames.append(name)
    if isNew {
      partitions.append(partition)
      topicIDs.append(topicID)
    }
    lastNumber = index
    return PartitionNumber(Int32(index))
  }

  /// A new value for the next send.
  public mutating func newValue() -> RecordValue {
    defer { valueCount += 1 }
    return RecordValue(UInt32(valueCount))
  }

  /// Records that the value's record is a tombstone.
  public mutating func addTombstone(_ value: RecordValue) { tombstones.append(value) }

  /// Records what a value is made from, before it is sent.
  public mutating func addSources(_ sources: some Collection<Source>, of value: RecordValue) {
    for source in sources { origins.append(Origin(value: value, source: source)) }
  }

  /// Records what a value adds to an account.
  public mutating func add(_ posting: Posting) { postings.append(posting) }

  /// Records what a value counts.
  public mutating func add(_ count: Count) { counts.append(count) }

  /// By value: the index of its first element in a list; -1 if it has none.
  func firstPlaces<Noted>(in list: ContiguousArray<Noted>, _ value: (Noted) -> RecordValue) -> ContiguousArray<Int32> {
    var first = ContiguousArray<Int32>(repeating: -1, count: valueCount)
    for (place, noted) in list.enumerated() where first[Int(value(noted).number)] < 0 { first[Int(value(noted).number)] = Int32(place) }
    return first
  }

  /// Records the isolation level of a process, before it reads anything.
  public mutating func setIsolation(of process: ProcessNumber, to isolation: IsolationLevel) {
    guard isolation == .readCommitted else { return }
    let place = committedReaders.partitioningIndex { $0 >= process }
    guard place == committedReaders.count || committedReaders[place] != process else { return }
    committedReaders.insert(process, at: place)
  }

  /// Whether a process reads only committed records.
  public func readsCommitted(_ process: ProcessNumber) -> Bool {
    let place = committedReaders.partitioningIndex { $0 >= process }
    return place < committedReaders.count && committedReaders[place] == process
  }

  /// Sets the name of a process in evidence. Successive lives of one node share a name. Members of groups have their own.
  public mutating func setName(of process: ProcessNumber, to name: String) { names[process] = name }

  /// The name of a process in evidence; nil if it has none.
  public func name(of process: ProcessNumber) -> String? { member(process)?.name ?? names[process] }

  /// Records the role of a process in a group, before it does anything.
  public mutating func add(_ member: Member) {
    let place = members.partitioningIndex { $0.process >= member.process }
    members.insert(member, at: place)
  }

  /// The group member of a process; nil if it belongs to no group.
  public func member(_ process: ProcessNumber) -> Member? {
    let place = members.partitioningIndex { $0.process >= process }
    return place < members.count && members[place].process == process ? members[place] : nil
  }

  /// Appends an operation with one entry.
  public mutating func append(_ kind: Operation.Kind, _ function: Operation.Function, by process: ProcessNumber, at time: Instant, _ entry: Entry) {
    operations.append(
      Operation(time: time, process: process, kind: kind, function: function, entryStart: UInt32(entries.count), entryCount: 1))
    entries.append(entry)
    updateCounts(from: entry)
  }

  /// Adds an operation that carries `count` entries.
  ///
  /// - Parameter entry: gives the one at a place among them, from 0.
  public mutating func append(
    _ kind: Operation.Kind, _ function: Operation.Function, by process: ProcessNumber, at time: Instant, count: Int, _ entry: (Int) -> Entry
  ) {
    operations.append(
      Operation(time: time, process: process, kind: kind, function: function, entryStart: UInt32(entries.count), entryCount: UInt32(count)))
    for place in 0..<count {
      let made = entry(place)
      entries.append(made)
      updateCounts(from: made)
    }
  }

  /// Adds an operation that carries any number of entries.
  public mutating func append(
    _ kind: Operation.Kind, _ function: Operation.Function, by process: ProcessNumber, at time: Instant, _ list: some Collection<Entry> = []
  ) {
    operations.append(
      Operation(
        time: time, process: process, kind: kind, function: function, entryStart: UInt32(entries.count), entryCount: UInt32(list.count)))
    for entry in list {
      entries.append(entry)
      updateCounts(from: entry)
    }
  }

  private mutating func updateCounts(from entry: Entry) {
    // Histories written out in tests bring their own values.
    if entry.value != .none { valueCount = max(valueCount, Int(entry.value.number) + 1) }
    if entry.transaction != .none { transactionCount = max(transactionCount, Int(entry.transaction.number) + 1) }
  }

  /// Calls `body` with an operation's entries, without a copy.
  public func forEachEntry(of operation: Operation, _ body: (Entry) -> Void) {
    forEachRun(of: operation) { run, values in
      for (place, value) in values.enumerated() { body(run.entry(at: Int(run.start) + place, value)) }
    }
  }

  /// Calls `body` with the values of an operation's entries, those together that share everything else.
  func forEachRun(of operation: Operation, _ body: (EntryRun, ArraySlice<RecordValue>) -> Void) { entries.forEachRun(at: operation.entryPlaces, body) }

  /// An operation's entries, without a copy.
  func entries(of operation: Operation) -> Entries { entries[operation.entryPlaces] }
}

extension History {
  /// A record that a value was made from.
  public struct Source: Hashable, Sendable {
    public var partition: PartitionNumber
    public var offset: Offset

    public init(_ partition: PartitionNumber, at offset: Offset) {
      self.partition = partition
      self.offset = offset
    }
  }

  /// A value and one of the records that it was made from.
  public struct Origin: Sendable, Equatable {
    public let value: RecordValue
    public let source: Source
  }

  /// What a value adds to an account, or takes from it. A transfer is two postings in one transaction, with a sum of zero.
  public struct Posting: Sendable, Equatable {
    public var value: RecordValue
    public var account: Int32
    public var amount: Int64

    public init(_ value: RecordValue, to account: Int32, _ amount: Int64) {
      self.value = value
      self.account = account
      self.amount = amount
    }
  }

  /// A value that says which number a record has among those of its key in its partition, according to the application's state.
  public struct Count: Sendable, Equatable {
    public var value: RecordValue
    /// The partition of the counted record.
    public var partition: PartitionNumber
    public var key: KeyNumber
    /// Counted from 1.
    public var number: Int64

    public init(_ value: RecordValue, of key: KeyNumber, in partition: PartitionNumber, _ number: Int64) {
      self.value = value
      self.partition = partition
      self.key = key
      self.number = number
    }
  }

  /// A process that belongs to a consumer group.
  public struct Member: Sendable, Equatable {
    public enum Role: Sendable {
      case member
      /// It sets offsets for the whole group, and owns no partitions.
      case `operator`
    }

    public var process: ProcessNumber
    /// The name in evidence. Successive lives of one node share a name.
    public var name: String
    public var group: String
    public var role: Role
    /// Whether its `auto.offset.reset` may skip existing records, as `latest` (Kafka's default) and `by_duration` (KIP-1106) do. With `earliest` nothing
    /// is skipped except what is gone, even in partitions that are younger than the group.
    public var mayPassOver: Bool

    public init(_ process: ProcessNumber, _ name: String, of group: String, as role: Role = .member, mayPassOver: Bool = true) {
      self.process = process
      self.name = name
      self.group = group
      self.role = role
      self.mayPassOver = mayPassOver
    }
  }

  /// One line of a history.
  public struct Operation: Sendable, Equatable {
    public enum Kind: UInt8, Sendable {
      case invoke
      /// It happened.
      case ok
      /// It definitely had no effect.
      case fail
      /// It may have happened, or may yet.
      case info
    }

    public enum Function: UInt8, CaseIterable, Sendable {
      case send, poll
      /// The consumer's positions were set: its next poll continues nothing. Entries name the partitions; without entries it applies to all.
      case assign
      /// Partitions of a group: the process got them, was told to give them up, or lost them without being asked. Entries name them.
      case gain, giveUp, lose
      /// Offsets of a group: entries name partitions and next offsets. The completion of a commit has the same entries as its invocation.
      case commit
      /// Records were processed.
      case work
      /// A reset moved a position, or an operator set it for the whole group. Entries come in pairs: the former position, unknown if there was none, and the new one.
      case reset
      /// What the cluster reported as committed by the group: entries name partitions and offsets, unknown if there is none.
      case inspect
      /// The process ended without a word.
      case end
      /// A transaction begins at its client, its commit is requested, its abort is requested. The single entry names it.
      case begin, commitTransaction, abortTransaction
    }

    public let time: Instant
    public let process: ProcessNumber
    public let kind: Kind
    public let function: Function
    @usableFromInline let entryStart: UInt32
    @usableFromInline let entryCount: UInt32

    /// Where its entries stand among all.
    @inlinable var entryPlaces: Range<Int> { Int(entryStart)..<Int(entryStart) + Int(entryCount) }
  }

  /// One value that an operation carries.
  public struct Entry: Sendable, Equatable {
    public var partition: PartitionNumber
    public var value: RecordValue
    /// Unknown for sends until they are acknowledged, and always with acks=0. For a commit, the committed offset.
    public var offset: Offset
    /// The key of the record in a compacted topic; none if it has no key, or the key is not needed.
    public var key: KeyNumber
    /// The transaction in which the value was sent, the offset was committed, or the record was processed or polled; none outside of transactions.
    public var transaction: TransactionNumber

    @inlinable
    public init(
      _ partition: PartitionNumber, _ value: RecordValue, at offset: Offset = .unknown, key: KeyNumber = .none, in transaction: TransactionNumber = .none
    ) {
      self.partition = partition
      self.value = value
      self.offset = offset
      self.key = key
      self.transaction = transaction
    }
  }
}

/// A client process of a history, from 0.
public struct ProcessNumber: Hashable, Comparable, Sendable, ExpressibleByIntegerLiteral {
  public var number: Int32
  @inlinable public init(_ number: Int32) { self.number = number }
  @inlinable public init(integerLiteral number: Int32) { self.number = number }
  @inlinable public static func < (left: ProcessNumber, right: ProcessNumber) -> Bool { left.number < right.number }
}

/// A partition of a history, from 0; `unknown` before the partitioner has chosen.
public struct PartitionNumber: Hashable, Comparable, Sendable, ExpressibleByIntegerLiteral {
  public var number: Int32
  @inlinable public init(_ number: Int32) { self.number = number }
  @inlinable public init(integerLiteral number: Int32) { self.number = number }
  @inlinable public static func < (left: PartitionNumber, right: PartitionNumber) -> Bool { left.number < right.number }
  public static let unknown = PartitionNumber(-1)
}

/// The key of a record. The same in histories that are written in parallel and merged later.
public struct KeyNumber: Hashable, Sendable, ExpressibleByIntegerLiteral {
  public var number: Int32
  @inlinable public init(_ number: Int32) { self.number = number }
  @inlinable public init(integerLiteral number: Int32) { self.number = number }
  public static let none = KeyNumber(-1)
}

/// A transaction of a history, numbered from 0 in the order in which they begin. Histories that are written in parallel get new numbers when they are merged.
public struct TransactionNumber: Hashable, Sendable, ExpressibleByIntegerLiteral {
  public var number: Int32
  @inlinable public init(_ number: Int32) { self.number = number }
  @inlinable public init(integerLiteral number: Int32) { self.number = number }
  public static let none = TransactionNumber(-1)
}

/// A value that one send carried.
public struct RecordValue: Hashable, Comparable, Sendable, ExpressibleByIntegerLiteral {
  public var number: UInt32
  @inlinable public init(_ number: UInt32) { self.number = number }
  @inlinable public init(integerLiteral number: UInt32) { self.number = number }
  @inlinable public static func < (left: RecordValue, right: RecordValue) -> Bool { left.number < right.number }
  /// No value: stands for a record that none of the clients wrote.
  public static let none = RecordValue(.max)
}
