import Controller
import Host
import OrderedCollections
import Primitives
import Transactions
import Transport
import Wire

/// Has the leaders of partitions write the markers that end transactions, this broker itself among them, until all are written (Kafka's `TransactionMarkerChannelManager`).
///
/// One request for each leader at a time, with all that is for it then. A marker that a leader cannot write now, and one whose answer does not come, goes to whoever
/// leads the partition later. What was asked for in a leadership of the coordinator that is over is dropped: whoever coordinates next finds the transaction prepared.
final class TransactionMarkerSender {
  /// What Kafka's client for markers waits before it connects again. Kafka itself sends at once what a leader could not write.
  private static let retryBackoff = Duration.milliseconds(50)

  private let reactor: Reactor
  private let metadata: MetadataCache
  private let requestTimeout: Duration
  private let sender: RequestSender
  private let epoch: (_ partition: Int32) -> LeaderEpoch?
  private let complete: (PreparedTransaction, _ answer: @escaping (ErrorCode) -> Void) -> Void

  /// By transactional id: of each at most one transaction is about to end. Only looked up.
  private var transactions: [String: PreparedTransaction] = [:]
  /// How many of them are being recorded as complete. Kept, since who walks through a dictionary sees an order that is none.
  private var completing = 0
  private var destinations: OrderedDictionary<NodeID, MarkerDestination> = [:]
  /// To be sent when the present event is over.
  private var due: [MarkersUnderWay] = []
  /// To be sent when the backoff is over.
  private var postponed: [MarkersUnderWay] = []

  /// - Parameters:
  ///   - requestTimeout: how long a leader has to write markers, and its replicas to copy them (`request.timeout.ms`).
  ///   - epoch: the leadership in which this broker coordinates the transactions of a partition; nil if it does not.
  ///   - complete: records that a transaction is complete, and answers when that is committed or failed.
  init(
    reactor: Reactor, nodeID: NodeID, metadata: MetadataCache, requestTimeout: Duration, epoch: @escaping (_ partition: Int32) -> LeaderEpoch?,
    complete: @escaping (PreparedTransaction, _ answer: @escaping (ErrorCode) -> Void) -> Void
  ) {
    self.reactor = reactor
    self.metadata = metadata
    self.requestTimeout = requestTimeout
    self.epoch = epoch
    self.complete = complete
    sender = RequestSender(
      reactor: reactor, clientID: "broker-\(nodeID)-txn-marker-sender",
      backoff: ReconnectBackoff(initial: Self.retryBackoff, maximum: Self.retryBackoff))
  }

  /// Sees to it that all markers of a transaction are written, and that it is recorded as complete then. Begins when the present event is over.
  func write(_ transaction: PreparedTransaction) {
    if let former = transactions[transaction.order.transactionalID] { forget(former) }
    transactions[transaction.order.transactionalID] = transaction
    if due.isEmpty { reactor.after(.zero) { [weak self] in self?.sendDue() } }
    due.append(MarkersUnderWay(transaction: transaction, partitions: transaction.order.partitions))
  }

  // MARK: Ways

  private func sendDue() {
    let markers = due
    due = []
    distribute(markers)
  }

  private func postpone(_ markers: MarkersUnderWay) {
    if postponed.isEmpty {
      reactor.after(Self.retryBackoff) { [weak self] in
        guard let self else { return }
        let markers = postponed
        postponed = []
        distribute(markers)
      }
    }
    postponed.append(markers)
  }

  /// Whether something is still to be done about a transaction here. What is over is forgotten.
  private func isCurrent(_ transaction: PreparedTransaction) -> Bool {
    guard transactions[transaction.order.transactionalID] === transaction else { return false }
    guard epoch(transaction.partition) == transaction.epoch else {
      forget(transaction)
      return false
    }
    return true
  }

  private func forget(_ transaction: PreparedTransaction) {
    guard transactions[transaction.order.transactionalID] === transaction else { return }
    transactions[transaction.order.transactionalID] = nil
    if transaction.isCompleting { completing -= 1 }
  }

  /// Sends markers to those who lead their partitions now.
  private func distribute(_ markers: [MarkersUnderWay]) {
    var reached: [MarkerDestination] = []
    for markers in markers where isCurrent(markers.transaction) {
      var unreachable = markers
      unreachable.partitions = []
      for partition in markers.partitions {
        guard let leader = metadata.image.partition(partition)?.leader else {
          // Its topic was deleted: nobody waits for the end of a transaction in it.
          markers.transaction.remaining.remove(partition)
          continue
        }
        guard metadata.address(of: leader) != nil else {
          unreachable.partitions.append(partition)
          continue
        }
        let destination = destination(leader)
        destination.add(partition, of: markers.transaction)
        if !reached.contains(where: { $0 === destination }) { reached.append(destination) }
      }
      if !unreachable.partitions.isEmpty { postpone(unreachable) }
      completeIfWritten(markers.transaction)
    }
    for destination in reached { send(to: destination) }
  }

  private func destination(_ leader: NodeID) -> MarkerDestination {
    if let known = destinations[leader] { return known }
    let destination = MarkerDestination(leader: leader)
    destinations[leader] = destination
    return destination
  }

  private func send(to destination: MarkerDestination) {
    guard destination.sent.isEmpty, let address = metadata.address(of: destination.leader) else { return }
    let markers = destination.takeWaiting().filter { isCurrent($0.transaction) }
    guard !markers.isEmpty else { return }
    destination.sent = markers
    sender.send(WriteTxnMarkersRequest(markers), to: address, timeout: requestTimeout) { [weak self] result in
      destination.sent = []
      guard let self else { return }
      switch result {
      case .success(let response): note(response, on: markers)
      case .failure: markers.forEach(postpone)
      }
      // Others may lead what waited.
      distribute(destination.takeWaiting())
    }
  }

  // MARK: Answers

  /// Source: Kafka's `TransactionMarkerRequestCompletionHandler`.
  private func note(_ response: WriteTxnMarkersResponse, on markers: [MarkersUnderWay]) {
    let errors = response.errors
    for markers in markers where isCurrent(markers.transaction) {
      let transaction = markers.transaction
      var again = markers
      again.partitions = []
      for partition in markers.partitions {
        switch MarkerOutcome(errors[MarkerPlace(producerID: transaction.order.producerID, partition: partition)]) {
        case .written: transaction.remaining.remove(partition)
        case .again: again.partitions.append(partition)
        case .never(let error, let isExpected):
          giveUp(transaction, on: partition, error, isExpected: isExpected)
        }
      }
      guard isCurrent(transaction) else { continue }
      if !again.partitions.isEmpty { postpone(again) }
      completeIfWritten(transaction)
    }
  }

  /// The transaction stays prepared: another coordinator, or another leader of its partition, ends it.
  private func giveUp(_ transaction: PreparedTransaction, on partition: TopicPartition, _ error: ErrorCode, isExpected: Bool) {
    let order = transaction.order
    let words = "the marker of transaction '\(order.transactionalID)' (producer \(order.producerID), epoch \(order.producerEpoch)) is refused by the leader of "
      + "\(partition) for good: \(error)"
    reactor.host.report(isExpected ? .note(words) : .warning(words))
    forget(transaction)
  }

  // MARK: The end

  private func completeIfWritten(_ transaction: PreparedTransaction) {
    guard transaction.remaining.isEmpty, !transaction.isCompleting, isCurrent(transaction) else { return }
    transaction.isCompleting = true
    completing += 1
    record(transaction)
  }

  /// Records that a transaction is complete, as often as its own log does not take that. Whatever else refuses it knows better.
  private func record(_ transaction: PreparedTransaction) {
    guard isCurrent(transaction) else { return }
    complete(transaction) { [weak self] error in
      guard let self else { return }
      guard error == .coordinatorNotAvailable || error == .concurrentTransactions else { return forget(transaction) }
      reactor.after(Self.retryBackoff) { [weak self] in self?.record(transaction) }
    }
  }
}

extension TransactionMarkerSender {
  /// What must hold between two events.
  func checkInvariants(_ check: inout InvariantCheck, _ name: String) {
    sender.checkInvariants(&check)
    let lists = [due, postponed] + destinations.values.flatMap { [$0.sent, $0.waiting] }
    var moved: Set<String> = []
    for markers in lists.joined() where transactions[markers.transaction.order.transactionalID] === markers.transaction {
      moved.insert(markers.transaction.order.transactionalID)
    }
    check.require(
      moved.count + completing == transactions.count,
      "\(name): of \(transactions.count) transactions that are about to end markers of \(moved.count) are under way, and \(completing) are being recorded")
    check.each(of: destinations.values) { destination, check in
      check.require(
        !destination.sent.isEmpty || destination.waiting.isEmpty,
        "\(name): markers of \(destination.waiting.count) transactions wait for broker \(destination.leader), and none is under way to it")
    }
  }
}
