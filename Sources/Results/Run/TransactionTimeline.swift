/// When the transactions of each transactional id were open and how they ended, as their coordinators told, in seconds of the scenario's clock.
public struct TransactionTimeline: Codable, Sendable, Equatable {
  public enum End: String, Codable, Sendable { case commit, abort }

  /// One transaction, from when its coordinator knew of it.
  public struct Transaction: Codable, Sendable, Equatable {
    public var producer: Int64
    public var epoch: Int
    public var fromSeconds: Double
    /// When the coordinator decided how it ends (`PrepareCommit`, `PrepareAbort`), from when on it writes the markers; nil where it did not.
    public var preparedSeconds: Double?
    /// When all markers were written; nil where they were not when the run ended.
    public var toSeconds: Double?
    /// nil where nothing was decided.
    public var end: End?
    /// Its coordinator aborted it after `transaction.timeout.ms`.
    public var isTimedOut: Bool

    public init(producer: Int64, epoch: Int, fromSeconds: Double, preparedSeconds: Double?, toSeconds: Double?, end: End?, isTimedOut: Bool = false) {
      self.producer = producer
      self.epoch = epoch
      self.fromSeconds = fromSeconds
      self.preparedSeconds = preparedSeconds
      self.toSeconds = toSeconds
      self.end = end
      self.isTimedOut = isTimedOut
    }
  }

  /// A coordinator refused a request of a producer whose epoch was over.
  public struct Refusal: Codable, Sendable, Equatable {
    public var seconds: Double
    public var producer: Int64
    public var epoch: Int

    public init(seconds: Double, producer: Int64, epoch: Int) {
      self.seconds = seconds
      self.producer = producer
      self.epoch = epoch
    }
  }

  public struct TransactionalID: Codable, Sendable, Equatable {
    public var id: String
    /// How many transactions it had.
    public var count: Int
    /// In the order in which they began; of more than `transactionLimit` those that did not end with a commit, and then the longest.
    public var transactions: [Transaction]
    public var refusals: [Refusal]

    public init(_ id: String, count: Int? = nil, _ transactions: [Transaction], refusals: [Refusal] = []) {
      self.id = id
      self.count = count ?? transactions.count
      self.transactions = transactions
      self.refusals = refusals
    }
  }

  /// A transaction that a partition's log has open when the run ends, and that no coordinator knows: nobody will end it.
  public struct Hanging: Codable, Sendable, Equatable {
    public var partition: String
    public var producer: Int64
    public var epoch: Int
    /// Of its first record: the last stable offset goes no further.
    public var offset: Int64
    /// nil where nobody saw it begin.
    public var fromSeconds: Double?

    public init(_ partition: String, producer: Int64, epoch: Int, offset: Int64, fromSeconds: Double?) {
      self.partition = partition
      self.producer = producer
      self.epoch = epoch
      self.offset = offset
      self.fromSeconds = fromSeconds
    }
  }

  /// As many are kept as a picture shows.
  static let idLimit = 40
  public static let transactionLimit = 200, refusalLimit = 200

  /// How many there are.
  public var idCount: Int
  /// The first ones that had a transaction or were refused something.
  public var ids: [TransactionalID]
  public var hanging: [Hanging]

  public init(_ ids: [TransactionalID], hanging: [Hanging] = []) {
    idCount = ids.count
    self.ids = Array(ids.prefix(Self.idLimit)).map(Self.bounded)
    self.hanging = Array(hanging.prefix(Self.idLimit))
  }

  private static func bounded(_ id: TransactionalID) -> TransactionalID {
    var id = id
    id.refusals = Array(id.refusals.prefix(refusalLimit))
    guard id.transactions.count > transactionLimit else { return id }
    func isPlain(_ transaction: Transaction) -> Int { transaction.end == .commit && transaction.toSeconds != nil ? 1 : 0 }
    func length(_ transaction: Transaction) -> Double { (transaction.toSeconds ?? .infinity) - transaction.fromSeconds }
    let kept = id.transactions.indices.sorted { left, right in
      let one = id.transactions[left], other = id.transactions[right]
      return (isPlain(one), -length(one), left) < (isPlain(other), -length(other), right)
    }
    id.transactions = kept.prefix(transactionLimit).sorted().map { id.transactions[$0] }
    return id
  }
}
