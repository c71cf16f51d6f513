import Coordination
import Host
import OrderedCollections
import Primitives
import Wire

/// The transactional ids of one partition of `__transaction_state` (Kafka's `TransactionCoordinator` with its `TransactionStateManager`, for one partition).
public struct TransactionShard: CoordinatorShard {
  public typealias Answer = MarkerOrder

  /// The partition of `__transaction_state`.
  let number: Int32
  public let settings: TransactionSettings
  let cluster: any ClusterOfTransactions
  /// The recorded state by transactional id. The order has no meaning.
  public internal(set) var transactions: OrderedDictionary<String, TransactionMetadata> = [:]
  /// How many of them are open and may time out.
  private(set) var timedCount = 0
  /// The change that each id waits for.
  var pending: OrderedDictionary<String, PendingTransition> = [:]
  /// Fencing epochs that the log refused to record. No producer got them, but earlier epochs are over nevertheless (KAFKA-9666).
  var fences: OrderedDictionary<String, Int16> = [:]
  /// Changes in the log whose commit is not reported: those that were loaded, and those that were awaited too long.
  var awaiting: [String] = []
  /// Completions that are recorded a second time.
  var repeatedCompletions: [RepeatedCompletion] = []
  /// The ids that the current check still has to process, in reverse.
  var overdue: [String] = []
  var expiring: [String] = []
  /// Checks are due at whole intervals since this instant.
  var beginning = Instant.zero
  var nextTimeoutCheck = Instant.distantFuture
  var nextExpiryCheck = Instant.distantFuture
  /// Orders for transactions whose ends are decided, to be carried out by whoever writes the markers.
  var orders: [MarkerOrder] = []
  var occurrences: [Occurrence] = []
  /// The first invalid change, if any.
  private(set) var illegalChange: String?

  public init(of number: Int32 = 0, settings: TransactionSettings, cluster: any ClusterOfTransactions) {
    self.number = number
    self.settings = settings
    self.cluster = cluster
  }

  // MARK: The life of a shard

  public mutating func loaded(at time: CoordinatorTime) {
    beginning = time.now
    nextTimeoutCheck = check(after: time.now, every: settings.timeoutCheckInterval)
    nextExpiryCheck = check(after: time.now, every: settings.expiryCheckInterval)
    for (id, metadata) in transactions where metadata.state.isPrepared && settings.switches.resumePrepared {
      mark(.transactionResumed)
      pending[id] = .written(metadata.state)
      awaiting.append(id)
    }
    requireResumed()
    tellLoaded()
  }

  public mutating func unloaded() { tellUnloaded() }

  public mutating func takeAnswers() -> [MarkerOrder] {
    guard !orders.isEmpty else { return [] }
    defer { orders = [] }
    return orders
  }

  public mutating func takeOccurrences() -> [Occurrence] {
    guard !occurrences.isEmpty else { return [] }
    defer { occurrences = [] }
    return occurrences
  }

  // MARK: State

  /// The state of an id as requests see it: with its producer's fencing epoch, even if the log refused to record it.
  func current(_ id: String) -> TransactionMetadata? {
    guard var metadata = transactions[id] else { return nil }
    if !fences.isEmpty, let epoch = fences[id] {
      metadata.producerEpoch = epoch
      metadata.lastProducerEpoch = TransactionMetadata.noEpoch
    }
    return metadata
  }

  func isPending(_ id: String) -> Bool { !pending.isEmpty && pending[id] != nil }

  /// Applies a record.
  mutating func take(_ metadata: TransactionMetadata, of id: String) {
    if let place = transactions.index(forKey: id) {
      if transactions.values[place].isTimed { timedCount -= 1 }
      transactions.values[place] = metadata
    } else {
      transactions[id] = metadata
    }
    if metadata.isTimed { timedCount += 1 }
    if !fences.isEmpty { fences.drop(id) }
  }

  mutating func forget(_ id: String) {
    guard let place = transactions.index(forKey: id) else { return }
    if transactions.values[place].isTimed { timedCount -= 1 }
    transactions.drop(id)
    if !fences.isEmpty { fences.drop(id) }
  }

  /// Applies a decision of this coordinator, which has to be a valid change of the previous state. Readers of a compacted log do not see every
  /// change.
  mutating func takeDecided(_ metadata: TransactionMetadata, of id: String) {
    if illegalChange == nil {
      illegalChange = metadata.illegality(of: id, after: transactions[id])
      mustHold(illegalChange == nil, "transaction \(illegalChange ?? "")")
    }
    take(metadata, of: id)
  }

  // MARK: Deciding

  /// Records a change of one id, which is pending from now on.
  ///
  /// - Parameter refusedFence: The epoch in which the producer is fenced even if the log refuses the record.
  mutating func change<Response>(
    _ id: String, to next: TransactionMetadata, _ response: Response, refusedFence: Int16? = nil
  ) throws(Refusal) -> CoordinatorDecision<TransactionShard, Response> {
    var next = next
    next.recordVersion = TransactionMetadata.recordVersion(at: cluster.transactionVersion)
    let record = try record(of: id, next)
    let former = pending[id]
    pending[id] = .decided(next.state)
    return CoordinatorDecision(
      [record], response,
      settled: { [next] shard, error, _ in
        guard let error else { return shard.handleCommitted(id, next) }
        shard.handleFailed(id, error, former: former, refusedFence: refusedFence)
      },
      appended: { [next] shard, time in shard.handleWritten(id, next, at: time) },
      known: { [next] shard in shard.takeDecided(next, of: id) })
  }

  func record(of id: String, _ metadata: TransactionMetadata) throws(Refusal) -> CoordinatorRecord {
    do {
      return try metadata.record(of: id, keepsProducerIDs: settings.switches.keepPreviousProducerID)
    } catch {
      // The id does not fit into a record.
      throw Refusal(.unknownServerError)
    }
  }

  private mutating func handleWritten(_ id: String, _ metadata: TransactionMetadata, at time: CoordinatorTime) {
    pending[id] = .written(metadata.state)
    alignChecks(at: time.now)
    if metadata.state.isPrepared, !settings.switches.awaitPrepared { order(id, metadata) }
  }

  /// Completes a change that is committed.
  mutating func handleCommitted(_ id: String, _ metadata: TransactionMetadata) {
    tell(id, metadata)
    guard metadata.state.isPrepared else { return pending.drop(id) }
    if pending[id] != .markers { order(id, metadata) }
  }

  private mutating func order(_ id: String, _ metadata: TransactionMetadata) {
    pending[id] = .markers
    let order = MarkerOrder(
      transactionalID: id, producerID: metadata.producerID, producerEpoch: metadata.producerEpoch, isCommit: metadata.state == .prepareCommit,
      partitions: metadata.partitions, transactionVersion: metadata.clientVersion)
    requireRecorded(order)
    orders.append(order)
  }

  /// Handles a change that the log refused, or whose commit is unknown.
  private mutating func handleFailed(_ id: String, _ error: ErrorCode, former: PendingTransition?, refusedFence: Int16?) {
    guard case .decided? = pending[id] else {
      if pending[id]?.isUncommitted == true {
        mark(.decisionUncommitted)
        awaiting.append(id)
      }
      return
    }
    mark(.decisionNotWritten)
    pending.set(id, to: former)
    if let refusedFence {
      mark(.fenceKeptUnwritten)
      fences[id] = refusedFence
    }
  }
}

extension TransactionMetadata {
  var isTimed: Bool { state == .ongoing && !isOfTwoPhases }
}
