import Controller
import Host
import OrderedCollections
import Primitives
import Transactions
import Transport
import Wire

/// Makes the leaders of partitions, including this broker, write the markers that end transactions, until all are written (Kafka's
/// `TransactionMarkerChannelManager`).
///
/// It sends each leader one request at a time, with all of its markers. A marker that a leader cannot write now, or that gets no response, goes to
/// the leader of the partition at a later time. Markers from a coordinator epoch that is over are dropped: the next coordinator finds the transaction
/// prepared.
final class TransactionMarkerSender {
  /// How long Kafka's client for markers waits before it reconnects. Kafka itself immediately resends what a leader could not write.
  private static let retryBackoff = Duration.milliseconds(50)

  private let reactor: Reactor
  private let metadata: MetadataCache
  private let requestTimeout: Duration
  private let sender: RequestSender
  private let epoch: (_ partition: Int32) -> LeaderEpoch?
  private let complete: (PreparedTransaction, _ answer: @escaping (ErrorCode) -> Void) -> Void

  /// By transactional id: each has at most one transaction that is ending. Only for lookups.
  private var transactions: [String: PreparedTransaction] = [:]
  /// How many of them are being recorded as complete. Counted separately, because iterating over a dictionary has no defined order.
  private var completing = 0
  private var destinations: OrderedDictionary<NodeID, MarkerDestination> = [:]
  /// Markers to be sent when the current event is over.
  private var due: [MarkersUnderWay] = []
  /// Markers to be sent when the backoff is over.
  private var postponed: [MarkersUnderWay] = []

  /// - Parameters:
  ///   - requestTimeout: How long a leader has to write markers, and its replicas to copy them (`request.timeout.ms`).
  ///   - epoch: The leader epoch in which this broker coordinates the transactions of a partition; nil if it does not.
  ///   - complete: Records that a transaction is complete, and reports when that is committed or failed.
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

  /// Has all markers of a transaction written, and then its completion recorded. Starts when the current event is over.
  func write(_ transaction: PreparedTransaction) {
    if let former = transactions[transaction.order.transactionalID] {
      mark(.markerOrderReplaced)
      forget(former)
    }
    transactions[transaction.order.transactionalID] = transaction
    if due.isEmpty { reactor.after(.zero) { [weak self] in self?.sendDue() } }
    due.append(MarkersUnderWay(transaction: transaction, partitions: transaction.order.partitions))
  }

  // MARK: Sending

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

  /// Whether there is still something to do for a transaction. One that is over is forgotten.
  private func isCurrent(_ transaction: PreparedTransaction) -> Bool {
    guard transactions[transaction.order.transactionalID] === transaction else { return false }
    guard epoch(transaction.partition) == transaction.epoch else {
      mark(.markerOrderOfFormerEpoch)
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

  /// Sends markers to the current leaders of their partitions.
  private func distribute(_ markers: [MarkersUnderWay]) {
    var reached: [MarkerDestination] = []
    for markers in markers where isCurrent(markers.transaction) {
      var unreachable = markers
      unreachable.partitions = []
      for partition in markers.partitions {
        guard let leader = metadata.image.partition(partition)?.leader else {
          // The topic was deleted: no one waits for the end of a transaction in it.
          mark(.markerForDeletedTopic)
          markers.transaction.remaining.remove(partition)
          continue
        }
        guard metadata.address(of: leader) != nil else {
          mark(.markerLeaderUnreachable)
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
      case .success(let response): handle(response, for: markers)
      case .failure:
        mark(.markersUnanswered)
        markers.forEach(postpone)
      }
      // The waiting markers' partitions may have other leaders now.
      distribute(destination.takeWaiting())
    }
  }

  // MARK: Answers

  /// Source: Kafka's `TransactionMarkerRequestCompletionHandler`.
  private func handle(_ response: WriteTxnMarkersResponse, for markers: [MarkersUnderWay]) {
    let errors = response.errors
    for markers in markers where isCurrent(markers.transaction) {
      let transaction = markers.transaction
      var again = markers
      again.partitions = []
      for partition in markers.partitions {
        switch MarkerOutcome(errors[MarkerPlace(producerID: transaction.order.producerID, partition: partition)]) {
        case .written: transaction.remaining.remove(partition)
        case .again:
          mark(.markerRefusedForNow)
          again.partitions.append(partition)
        case .never(let error, let isExpected):
          giveUp(transaction, on: partition, error, isExpected: isExpected)
        }
      }
      guard isCurrent(transaction) else { continue }
      if !again.partitions.isEmpty { postpone(again) }
      completeIfWritten(transaction)
    }
  }

  /// Gives up on a marker. The transaction stays prepared: another coordinator, or another leader of its partition, ends it.
  private func giveUp(_ transaction: PreparedTransaction, on partition: TopicPartition, _ error: ErrorCode, isExpected: Bool) {
    mark(.markerRefusedForGood)
    let order = transaction.order
    let words = "the marker of transaction '\(order.transactionalID)' (producer \(order.producerID), epoch \(order.producerEpoch)) is refused by the leader of "
      + "\(partition) for good: \(error)"
    reactor.report(isExpected ? .note(words) : .warning(words))
    forget(transaction)
  }

  // MARK: Completion

  private func completeIfWritten(_ transaction: PreparedTransaction) {
    guard transaction.remaining.isEmpty, !transaction.isCompleting, isCurrent(transaction) else { return }
    transaction.isCompleting = true
    completing += 1
    record(transaction)
  }

  /// Records that a transaction is complete, and retries while its own log refuses that. Any other refusal means that the transaction is out of date
  /// here.
  private func record(_ transaction: PreparedTransaction) {
    guard isCurrent(transaction) else { return }
    complete(transaction) { [weak self] error in
      guard let self else { return }
      guard error == .coordinatorNotAvailable || error == .concurrentTransactions else { return forget(transaction) }
      mark(.completionRepeated)
      reactor.after(Self.retryBackoff) { [weak self] in self?.record(transaction) }
    }
  }
}

extension TransactionMarkerSender {
  /// How the end of a transaction is carried out, for observers; nil if none is.
  func end(of transactionalID: String) -> TransactionEnd? {
    guard let transaction = transactions[transactionalID] else { return nil }
    if transaction.isCompleting { return .recorded }
    return .marked(
      transaction.order.partitions.filter(transaction.remaining.contains).map { partition in
        func holds(_ markers: [MarkersUnderWay]) -> Bool { markers.contains { $0.transaction === transaction && $0.partitions.contains(partition) } }
        for destination in destinations.values {
          if holds(destination.sent) { return (partition, .sent(to: destination.leader)) }
          if holds(destination.waiting) { return (partition, .queued(for: destination.leader)) }
        }
        return (partition, holds(postponed) || holds(due) ? .postponed : .forgotten)
      })
  }

  /// Checks what must hold between two events.
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
