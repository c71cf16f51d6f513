import Client
import Primitives

/// Where the client processes of a trial write down what they ask for and what they are told.
///
/// One recorder serves all of them. It stands outside of the world: nothing that a client does depends on it but the numbers of
/// its values.
public final class HistoryRecorder {
  public private(set) var history: History
  /// How many records were acknowledged so far, by all producers together.
  public private(set) var acknowledgedCount = 0
  /// How many records were acknowledged, failed or given up so far.
  public private(set) var finishedCount = 0
  /// Why records failed, as their producers were told.
  public private(set) var failures = SendFailures()
  /// Called after every acknowledgement.
  public var onAcknowledged: ((AcknowledgedRecords, PartitionNumber) -> Void)?
  /// Called after every send that failed for certain or ended unknown.
  public var onSendFailure: (() -> Void)?
  /// Called where a member of a group got partitions (`gain`), gave them up (`giveUp`) or lost them (`lose`), with those and with the process.
  public var onOwnership: ((History.Operation.Function, [PartitionNumber], ProcessNumber) -> Void)?

  /// What was read of batches so far, by all consumers together.
  var knownBatches = KnownBatches()

  /// How many processes wrote so far.
  private(set) var processCount: Int32 = 0

  /// Topics that are compacted: of what is sent there the keys are noted.
  public var compactedTopics: Set<String> = []

  /// - Parameter firstValue: see `History.init`.
  public init(firstValue: UInt32 = 0) { history = History(firstValue: firstValue) }

  /// A number for a process that begins its life. A process that comes back after a crash is another one.
  /// - Parameters:
  ///   - name: what evidence calls it; its number where there is none.
  ///   - isolation: which records it may be given.
  public func newProcess(named name: String? = nil, isolation: IsolationLevel = .readUncommitted) -> ProcessNumber {
    defer { processCount += 1 }
    history.note(ProcessNumber(processCount), reads: isolation)
    if let name { history.note(ProcessNumber(processCount), named: name) }
    return ProcessNumber(processCount)
  }

  /// The same for one that belongs to a group.
  public func newProcess(
    named name: String, of group: String, as role: History.Member.Role = .member, mayPassOver: Bool = true, isolation: IsolationLevel = .readUncommitted
  ) -> ProcessNumber {
    let process = newProcess(isolation: isolation)
    history.note(History.Member(process, name, of: group, as: role, mayPassOver: mayPassOver))
    return process
  }

  public func number(of partition: TopicPartition, topicID: Uuid = .zero) -> PartitionNumber { history.number(of: partition, topicID: topicID) }

  /// A send that is about to be made.
  ///
  /// - Parameters:
  ///   - transaction: in which it is made.
  ///   - sources: the records that the value was made of. The first one is that which was being worked on.
  public func invokeSend(
    by process: ProcessNumber, at time: Instant, key: KeyNumber = .none, isTombstone: Bool = false, in transaction: TransactionNumber = .none,
    from sources: [History.Source] = []
  ) -> RecordValue {
    let value = history.newValue()
    if isTombstone { history.noteTombstone(value) }
    history.note(sources, of: value)
    history.append(.invoke, .send, by: process, at: time, History.Entry(.unknown, value, key: key, in: transaction))
    return value
  }

  /// Notes what a value adds to an account.
  public func posted(_ amount: Int64, to account: Int32, with value: RecordValue) { history.note(History.Posting(value, to: account, amount)) }

  /// Notes the how-manieth of its key in a partition a record was, as a value says.
  func counted(_ number: Int64, of key: Bytes, in partition: PartitionNumber, with value: RecordValue) {
    history.note(History.Count(value, of: KeyTable.number(of: key), in: partition, number))
  }

  /// The number of the key of a record that goes to a topic; none where nobody asks for it.
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
    Self.note(time, at: Int(number.number), in: &lastAcknowledgements)
    onAcknowledged?(acknowledgement, number)
  }

  /// - Parameters:
  ///   - number: unknown where no request ever carried the records.
  ///   - isDefinite: certainly not written; otherwise nobody knows.
  ///   - reason: the same words for all that failed alike.
  public func failed(
    _ tokens: ContiguousArray<UInt64>, in number: PartitionNumber, isDefinite: Bool, because reason: String, by process: ProcessNumber, at time: Instant
  ) {
    failures.note(tokens.count, isDefinite: isDefinite, because: reason)
    history.append(isDefinite ? .fail : .info, .send, by: process, at: time, count: tokens.count) { History.Entry(number, RecordValue(UInt32(tokens[$0]))) }
    finishedCount += tokens.count
    onSendFailure?()
  }

  public func polled(_ entries: some Collection<History.Entry>, by process: ProcessNumber, at time: Instant) {
    history.append(.ok, .poll, by: process, at: time, entries)
  }

  /// By partition; nil where there was none.
  private var lastDeliveries: ContiguousArray<Instant?> = []
  private var lastAcknowledgements: ContiguousArray<Instant?> = []

  /// When records of a partition were last handed to any process; nil where they never were.
  public func lastDelivery(of partition: PartitionNumber) -> Instant? { Self.instant(at: Int(partition.number), of: lastDeliveries) }

  /// When records of a partition were last acknowledged to any process; nil where they never were.
  public func lastAcknowledgement(of partition: PartitionNumber) -> Instant? { Self.instant(at: Int(partition.number), of: lastAcknowledgements) }

  private static func instant(at index: Int, of list: ContiguousArray<Instant?>) -> Instant? { list.indices.contains(index) ? list[index] : nil }

  func noteDelivery(of partition: PartitionNumber, at time: Instant) { Self.note(time, at: Int(partition.number), in: &lastDeliveries) }

  private static func note(_ time: Instant, at index: Int, in list: inout ContiguousArray<Instant?>) {
    while list.count <= index { list.append(nil) }
    list[index] = time
  }

  /// A member of a group got partitions, gave them up, or lost them.
  func changed(_ function: History.Operation.Function, _ partitions: [PartitionNumber], by process: ProcessNumber, at time: Instant) {
    history.append(.ok, function, by: process, at: time, partitions.map { History.Entry($0, .none) })
    if !partitions.isEmpty { onOwnership?(function, partitions, process) }
  }

  /// A request for offsets to be committed leaves, or came to its end. Within a transaction they are committed with it.
  public func commit(
    _ kind: History.Operation.Kind, _ offsets: [(partition: PartitionNumber, offset: Offset)], in transaction: TransactionNumber = .none, by process: ProcessNumber,
    at time: Instant
  ) {
    history.append(kind, .commit, by: process, at: time, offsets.map { History.Entry($0.partition, .none, at: $0.offset, in: transaction) })
  }

  /// A member has worked on these records, within a transaction or outside of any. What a transaction worked on and made nothing of it left out on purpose.
  public func worked(on entries: some Collection<History.Entry>, in transaction: TransactionNumber = .none, by process: ProcessNumber, at time: Instant) {
    guard transaction != .none else { return history.append(.ok, .work, by: process, at: time, entries) }
    history.append(.ok, .work, by: process, at: time, entries.map { History.Entry($0.partition, $0.value, at: $0.offset, key: $0.key, in: transaction) })
  }

  /// A transaction begins at its client: nothing was asked of the cluster.
  public func beginTransaction(by process: ProcessNumber, at time: Instant) -> TransactionNumber {
    let transaction = TransactionNumber(Int32(history.transactionCount))
    history.append(.ok, .begin, by: process, at: time, History.Entry(.unknown, .none, in: transaction))
    return transaction
  }

  /// A transaction is asked to be committed or aborted, or that came to its end.
  /// - Parameter kind: `fail` where the request certainly had no effect, `info` where nobody knows.
  public func endTransaction(
    _ kind: History.Operation.Kind, _ transaction: TransactionNumber, commits: Bool, by process: ProcessNumber, at time: Instant
  ) {
    history.append(kind, commits ? .commitTransaction : .abortTransaction, by: process, at: time, History.Entry(.unknown, .none, in: transaction))
  }

  /// A position moved by itself, or was set.
  /// - Parameter former: nil where there was none.
  public func reset(_ partition: PartitionNumber, from former: Offset?, to position: Offset, by process: ProcessNumber, at time: Instant) {
    history.append(
      .ok, .reset, by: process, at: time,
      [History.Entry(partition, .none, at: former ?? .unknown), History.Entry(partition, .none, at: position)])
  }

  /// What the cluster says that a group has committed; nil where there is nothing.
  public func inspected(_ offsets: [(partition: PartitionNumber, offset: Offset?)], by process: ProcessNumber, at time: Instant) {
    history.append(.ok, .inspect, by: process, at: time, offsets.map { History.Entry($0.partition, .none, at: $0.offset ?? .unknown) })
  }

  /// The node of a member ended: its present life has come to its end, and says no more.
  public func ended(memberNamed name: String, at time: Instant) {
    guard let process = history.members.last(where: { $0.name == name && $0.role == .member })?.process else { return }
    history.append(.ok, .end, by: process, at: time)
  }

  /// A consumer's positions were set: what it polls next follows nothing.
  public func assigned(by process: ProcessNumber, at time: Instant) { history.append(.ok, .assign, by: process, at: time) }
}

/// Records that a broker acknowledged together.
public struct AcknowledgedRecords: Sendable {
  public let partition: TopicPartition
  /// Of the topic that was written to; zero where the brokers are too old to say.
  public let topicID: Uuid
  /// Who answered.
  public let broker: NodeID
  /// Of the first record; the others stand behind it one after another. Unknown with acks=0.
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
