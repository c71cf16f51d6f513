import Client
import Primitives

/// Records what the client processes of a trial ask for and what they are told.
///
/// One recorder serves all of them. It is not part of the world: clients depend on it only for the numbers of
/// their values.
public final class HistoryRecorder {
  public private(set) var history: History
  /// The number of records acknowledged so far, for all producers together.
  public private(set) var acknowledgedCount = 0
  /// The number of records acknowledged, failed or given up so far.
  public private(set) var finishedCount = 0
  /// Why records failed, according to their producers.
  public private(set) var failures = SendFailures()
  /// Called after every acknowledgement.
  public var onAcknowledged: ((AcknowledgedRecords, PartitionNumber) -> Void)?
  /// Called after every send that certainly failed or whose outcome is unknown.
  public var onSendFailure: (() -> Void)?
  /// Called where a member of a group got partitions (`gain`), gave them up (`giveUp`) or lost them (`lose`), with those and with the process.
  public var onOwnership: ((History.Operation.Function, [PartitionNumber], ProcessNumber) -> Void)?

  /// What was read of batches so far, by all consumers together.
  var knownBatches = KnownBatches()

  /// The number of processes so far.
  private(set) var processCount: Int32 = 0

  /// Compacted topics: the keys of the records sent to them are recorded.
  public var compactedTopics: Set<String> = []

  /// - Parameter firstValue: see `History.init`.
  public init(firstValue: UInt32 = 0) { history = History(firstValue: firstValue) }

  /// Returns a number for a process that starts. A process that comes back after a crash gets another one.
  /// - Parameters:
  ///   - name: its name in evidence; its number if nil.
  ///   - isolation: the isolation level it reads with.
  public func newProcess(named name: String? = nil, isolation: IsolationLevel = .readUncommitted) -> ProcessNumber {
    defer { processCount += 1 }
    history.setIsolation(of: ProcessNumber(processCount), to: isolation)
    if let name { history.setName(of: ProcessNumber(processCount), to: name) }
    return ProcessNumber(processCount)
  }

  /// The same for a member of a group.
  public func newProcess(
    named name: String, of group: String, as role: History.Member.Role = .member, mayPassOver: Bool = true, isolation: IsolationLevel = .readUncommitted
  ) -> ProcessNumber {
    let process = newProcess(isolation: isolation)
    history.add(History.Member(process, name, of: group, as: role, mayPassOver: mayPassOver))
    return process
  }

  public func number(of partition: TopicPartition, topicID: Uuid = .zero) -> PartitionNumber { history.number(of: partition, topicID: topicID) }

  /// Records a send that is about to be made.
  ///
  /// - Parameters:
  ///   - transaction: the transaction of the send.
  ///   - sources: the records that the value was made from. The first one is the record that was being processed.
  public func invokeSend(
    by process: ProcessNumber, at time: Instant, key: KeyNumber = .none, isTombstone: Bool = false, in transaction: TransactionNumber = .none,
    from sources: [History.Source] = []
  ) -> RecordValue {
    let value = history.newValue()
    if isTombstone { history.addTombstone(value) }
    history.addSources(sources, of: value)
    history.append(.invoke, .send, by: process, at: time, History.Entry(.unknown, value, key: key, in: transaction))
    return value
  }

  /// Records what a value adds to an account.
  public func posted(_ amount: Int64, to account: Int32, with value: RecordValue) { history.add(History.Posting(value, to: account, amount)) }

  /// Records that a value counts a record as number `number` of its key in a partition.
  func counted(_ number: Int64, of key: Bytes, in partition: PartitionNumber, with value: RecordValue) {
    history.add(History.Count(value, of: KeyTable.number(of: key), in: partition, number))
  }

  /// The number of a record's key in a compacted topic; none if the topic is not compacted.
  func number(of key: Bytes?, in topic: String) -> KeyNumber {
    guard !compactedTopics.isEmpty, let key, compactedTopics.contains(topic) else { return .none }
    return KeyTable.number(of: key)
  }

  public func acknowledged(_ acknowledgement: AcknowledgedRecords, by process: ProcessNumber, at time: Instant) {
    let number = history.number(of: acknowledgement.partition, topicID: acknowledgement.topicID)
    let tokens = acknowledgement.tokens, first = acknowledgement.baseOffset
    history.append(.ok, .send, by: process, at: time, count: tokens.count) { place in
      History.Entry(number, RecordValue(UInt32(tokens[place])), at: first == .unknown ? .unknown : first + Int64(place))
    }
    acknowledgedCount += tokens.count
    finishedCount += tokens.count
    Self.store(time, at: Int(number.number), in: &lastAcknowledgements)
    onAcknowledged?(acknowledgement, number)
  }

  /// - Parameters:
  ///   - number: unknown if no request ever carried the records.
  ///   - isDefinite: whether the records are certainly not written; otherwise their fate is unknown.
  ///   - reason: the same text for all records that failed for the same reason.
  public func failed(
    _ tokens: ContiguousArray<UInt64>, in number: PartitionNumber, isDefinite: Bool, because reason: String, by process: ProcessNumber, at time: Instant
  ) {
    failures.add(tokens.count, isDefinite: isDefinite, because: reason)
    history.append(isDefinite ? .fail : .info, .send, by: process, at: time, count: tokens.count) { History.Entry(number, RecordValue(UInt32(tokens[$0]))) }
    finishedCount += tokens.count
    onSendFailure?()
  }

  public func polled(_ entries: some Collection<History.Entry>, by process: ProcessNumber, at time: Instant) {
    history.append(.ok, .poll, by: process, at: time, entries)
  }

  /// By partition; nil if there was none yet.
  private var lastDeliveries: ContiguousArray<Instant?> = []
  private var lastAcknowledgements: ContiguousArray<Instant?> = []

  /// When records of a partition were last delivered to any process; nil if they never were.
  public func lastDelivery(of partition: PartitionNumber) -> Instant? { Self.instant(at: Int(partition.number), of: lastDeliveries) }

  /// When records of a partition were last acknowledged to any process; nil if they never were.
  public func lastAcknowledgement(of partition: PartitionNumber) -> Instant? { Self.instant(at: Int(partition.number), of: lastAcknowledgements) }

  private static func instant(at index: Int, of list: ContiguousArray<Instant?>) -> Instant? { list.indices.contains(index) ? list[index] : nil }

  func updateLastDelivery(of partition: PartitionNumber, at time: Instant) { Self.store(time, at: Int(partition.number), in: &lastDeliveries) }

  private static func store(_ time: Instant, at index: Int, in list: inout ContiguousArray<Instant?>) {
    while list.count <= index { list.append(nil) }
    list[index] = time
  }

  /// Records that a member of a group got partitions, gave them up, or lost them.
  func changed(_ function: History.Operation.Function, _ partitions: [PartitionNumber], by process: ProcessNumber, at time: Instant) {
    history.append(.ok, function, by: process, at: time, partitions.map { History.Entry($0, .none) })
    if !partitions.isEmpty { onOwnership?(function, partitions, process) }
  }

  /// Records that an offset commit is sent, or its outcome. Inside a transaction the offsets are committed with it.
  public func commit(
    _ kind: History.Operation.Kind, _ offsets: [(partition: PartitionNumber, offset: Offset)], in transaction: TransactionNumber = .none, by process: ProcessNumber,
    at time: Instant
  ) {
    history.append(kind, .commit, by: process, at: time, offsets.map { History.Entry($0.partition, .none, at: $0.offset, in: transaction) })
  }

  /// Records that a member has processed these records, inside a transaction or outside. It includes input from which a transaction deliberately made nothing.
  public func worked(on entries: some Collection<History.Entry>, in transaction: TransactionNumber = .none, by process: ProcessNumber, at time: Instant) {
    guard transaction != .none else { return history.append(.ok, .work, by: process, at: time, entries) }
    history.append(.ok, .work, by: process, at: time, entries.map { History.Entry($0.partition, $0.value, at: $0.offset, key: $0.key, in: transaction) })
  }

  /// Records that a client begins a transaction; nothing was asked of the cluster yet.
  public func beginTransaction(by process: ProcessNumber, at time: Instant) -> TransactionNumber {
    let transaction = TransactionNumber(Int32(history.transactionCount))
    history.append(.ok, .begin, by: process, at: time, History.Entry(.unknown, .none, in: transaction))
    return transaction
  }

  /// Records that a commit or abort of a transaction is requested, or its outcome.
  /// - Parameter kind: `fail` if the request certainly had no effect, `info` if that is unknown.
  public func endTransaction(
    _ kind: History.Operation.Kind, _ transaction: TransactionNumber, commits: Bool, by process: ProcessNumber, at time: Instant
  ) {
    history.append(kind, commits ? .commitTransaction : .abortTransaction, by: process, at: time, History.Entry(.unknown, .none, in: transaction))
  }

  /// Records that a position was reset by `auto.offset.reset` or set.
  /// - Parameter former: nil if there was no position.
  public func reset(_ partition: PartitionNumber, from former: Offset?, to position: Offset, by process: ProcessNumber, at time: Instant) {
    history.append(
      .ok, .reset, by: process, at: time,
      [History.Entry(partition, .none, at: former ?? .unknown), History.Entry(partition, .none, at: position)])
  }

  /// Records what the cluster says a group has committed; nil for a partition without a committed offset.
  public func inspected(_ offsets: [(partition: PartitionNumber, offset: Offset?)], by process: ProcessNumber, at time: Instant) {
    history.append(.ok, .inspect, by: process, at: time, offsets.map { History.Entry($0.partition, .none, at: $0.offset ?? .unknown) })
  }

  /// Records that the node of a member ended: its current life is over and reports nothing more.
  public func ended(memberNamed name: String, at time: Instant) {
    guard let process = history.members.last(where: { $0.name == name && $0.role == .member })?.process else { return }
    history.append(.ok, .end, by: process, at: time)
  }

  /// Records that a consumer's positions were set: its next poll continues nothing.
  public func assigned(by process: ProcessNumber, at time: Instant) { history.append(.ok, .assign, by: process, at: time) }
}

/// Records that a broker acknowledged together.
public struct AcknowledgedRecords: Sendable {
  public let partition: TopicPartition
  /// The id of the topic that was written to; zero if the brokers are too old to report it.
  public let topicID: Uuid
  /// The broker that answered.
  public let broker: NodeID
  /// The offset of the first record; the others follow it consecutively. Unknown with acks=0.
  public let baseOffset: Offset
  /// The values of the records.
  public let tokens: ContiguousArray<UInt64>
  /// The producer's setting: 0, 1 or -1 for all.
  public let acks: Int16

  public init(partition: TopicPartition, topicID: Uuid, broker: NodeID, baseOffset: Offset, tokens: ContiguousArray<UInt64>, acks: Int16) {
    self.partition = partition
    self.topicID = topicID
    self.broker = broker
    self.baseOffset = baseOffset
    self.tokens = tokens
    self.acks = acks
  }
}
