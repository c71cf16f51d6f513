import Primitives

/// What a process does that writes its own records in transactions.
public struct TransactPlan: Sendable {
  /// The content of its records.
  public enum Content: Hashable, Sendable {
    /// Records as producers send them, in rotation over all these partitions.
    case records
    /// Each transaction moves an amount between two of `accounts` accounts: one record takes it from the first, another adds it to the second.
    case bank(accounts: Int)
    /// Each record appends its value to the list of one of `keys` keys.
    case append(keys: Int)

    /// Whether a transaction with this many records may be committed.
    func isWhole(with records: Int) -> Bool { if case .bank = self { records == Self.transfer } else { true } }

    /// The number of records of a transfer.
    public static let transfer = 2
  }

  /// Which transactions a process aborts deliberately.
  public enum Aborts: Hashable, Sendable {
    case none
    /// This fraction of them, from 0 to 1, drawn at random.
    case part(Double)
    /// Every n-th one.
    case every(Int)
  }

  /// The topics, used in rotation; each account and key has its own.
  public var topics: [String]
  public var content: Content
  /// When a transaction is full.
  public var commits: CommitInterval
  /// The partitions of all topics, in order, and how many of them a transaction draws; nil leaves partitions to the partitioner.
  public var drawn: (partitions: [TopicPartition], count: Int)?
  /// Which transactions are aborted deliberately.
  public var aborts: Aborts
  /// Partitions that every process also reads; each transaction is recorded as having read what was delivered before it ended.
  public var reads: [TopicPartition]
  public var load: LoadShape
  /// The number of this client in its workload entry, from 0, and how many clients there are.
  public var client: Int
  public var clients: Int
  /// The number of records after which this client ends.
  public var records: Int?
  /// The load's clock starts here; no record is sent from `stop` on.
  public var start: Instant
  public var stop: Instant

  public init(
    topics: [String], content: Content, commits: CommitInterval, drawn: (partitions: [TopicPartition], count: Int)? = nil, aborts: Aborts = .none, reads: [TopicPartition] = [], load: LoadShape, client: Int = 0,
    of clients: Int = 1, records: Int? = nil, start: Instant, stop: Instant
  ) {
    precondition(!topics.isEmpty, "records need a topic")
    self.topics = topics
    self.content = content
    self.commits = commits
    self.drawn = drawn
    self.aborts = aborts
    self.reads = reads
    self.load = load
    self.client = client
    self.clients = clients
    self.records = records
    self.start = start
    self.stop = stop
  }
}

/// Draws the contents of transactions, record by record.
struct TransactionDraw {
  /// One record.
  struct Item {
    var topic: String
    /// nil leaves it to the partitioner.
    var partition: Int32?
    var key: Bytes?
    var isTombstone = false
    /// The account that the record changes, and by how much.
    var posting: (account: Int32, amount: Int64)?
  }

  private static let scale: Int64 = 1_000_000_000
  private static let highestAmount: Int64 = 100

  private let topics: [String]
  private let content: TransactPlan.Content
  private let drawn: (partitions: [TopicPartition], count: Int)?
  private let aborts: TransactPlan.Aborts
  private var random: RandomStream
  /// The partitions of the current transaction.
  private var partitions: [TopicPartition] = []
  /// In the current transaction, how much was taken from which account.
  private var taken: (account: Int32, amount: Int64)?
  private var sent = 0
  private var ended = 0

  init(_ plan: TransactPlan, seed: UInt64) {
    topics = plan.topics
    content = plan.content
    drawn = plan.drawn
    aborts = plan.aborts
    random = RandomStream(seed: seed, purpose: "transactions")
  }

  /// Whether the full transaction is aborted deliberately.
  mutating func isAborted() -> Bool {
    ended += 1
    switch aborts {
    case .none: return false
    case .part(let part): return random.chance(Int64(part * Double(Self.scale)), in: Self.scale)
    case .every(let number): return ended % number == 0
    }
  }

  /// Begins another transaction.
  mutating func begin() {
    taken = nil
    guard let drawn else { return }
    var rest = drawn.partitions
    partitions = (0..<min(drawn.count, rest.count)).map { _ in rest.remove(at: Int(random.below(Int64(rest.count)))) }
  }

  /// - Parameters:
  ///   - place: the number of the record in its transaction, from 0.
  ///   - records: draws keys and tombstones if the plan has them.
  mutating func next(at place: Int, _ records: inout RecordDraw) -> Item {
    defer { sent += 1 }
    switch content {
    case .records:
      let key = records.key(), isTombstone = records.isTombstone()
      guard !partitions.isEmpty else { return Item(topic: topics[sent % topics.count], key: key, isTombstone: isTombstone) }
      let partition = partitions[place % partitions.count]
      return Item(topic: partition.topic, partition: partition.partition, key: key, isTombstone: isTombstone)
    case .append(let keys): return item(ofKey: random.below(Int64(keys)), nil)
    case .bank(let accounts):
      guard let from = taken else {
        let account = Int32(random.below(Int64(accounts))), amount = 1 + random.below(Self.highestAmount)
        taken = (account, amount)
        return item(ofKey: Int64(account), (account, -amount))
      }
      // Any account except the first.
      let other = random.below(Int64(accounts - 1)), account = Int32(other < Int64(from.account) ? other : other + 1)
      return item(ofKey: Int64(account), (account, from.amount))
    }
  }

  private func item(ofKey number: Int64, _ posting: (account: Int32, amount: Int64)?) -> Item {
    Item(topic: topics[Int(number % Int64(topics.count))], key: KeyTable.key(number), posting: posting)
  }
}
