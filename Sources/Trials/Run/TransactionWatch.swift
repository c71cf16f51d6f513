import Broker
import Host
import Log
import Measurement
import Primitives
import Replication
import Results
import Sim
import Wire
import Workloads

/// Watches the transactions of a trial after the last fault, as an operator would who asks coordinators and leaders for open transactions. Nothing here changes what happens.
///
/// Two-phase transactions (KIP-939) are ended only by an external coordinator, and may stay open forever.
final class TransactionWatch {
  /// A transaction that has not ended, or a part of it.
  private struct Open {
    /// Different for each open transaction.
    let key: String
    /// nil where nobody knows it.
    let transactionalID: String?
    let words: String
    /// Whether no coordinator knows it, so that it will never end.
    let isOrphan: Bool
    /// Of an orphan in the log of a partition.
    var hanging: TransactionTimeline.Hanging?
  }

  /// What the coordinator of a transactional id reports.
  private struct Coordinated {
    let broker: NodeID
    let state: DescribeTransactionsResponse.TransactionState

    var isOpen: Bool { ["Ongoing", "PrepareCommit", "PrepareAbort"].contains(state.transactionState) }
    var isOfTwoPhases: Bool { state.transactionTimeoutMs == .max }
    var producer: String { "producer \(state.producerId), epoch \(state.producerEpoch)" }

    func names(_ partition: TopicPartition) -> Bool { state.topics.contains { $0.topic == partition.topic && $0.partitions.contains(partition.partition) } }
  }

  private let cluster: TrialCluster
  private let origin: Instant
  private let nodes: NodeTable
  /// How long a transaction may stay open after all faults are over.
  let bound: Duration
  private var healedAt: Instant?
  /// The keys of what is open, after healing.
  private var seen = SeenSince<String>()
  /// What has been open too long.
  private var overdue = Findings()
  private var told: Set<String> = []
  private var timeouts = OverdueTransactions()

  init(_ cluster: TrialCluster, origin: Instant, _ nodes: NodeTable) {
    self.cluster = cluster
    self.origin = origin
    self.nodes = nodes
    bound = cluster.scenario.transactionBound
  }

  private var isIdle: Bool { nodes.transactions.isEmpty }

  /// Called when all faults are lifted.
  func markHealed() { healedAt = cluster.world.now }

  // MARK: Open transactions

  /// Called several times a second, also while faults are at work: looks for transactions that their coordinators should have aborted.
  func lookForOverdue() {
    guard !isIdle, cluster.checks != .off, let node = nodes.brokers.first else { return }
    let view = cluster.observer.view.cluster
    let open = coordinated().compactMap { id, coordinated -> OverdueTransactions.Open? in
      let state = coordinated.state
      guard state.transactionState == "Ongoing", !coordinated.isOfTwoPhases, let place = view.partition(ofTransaction: id), let node = nodes.broker(coordinated.broker),
        cluster.world.status(of: node) == .running, cluster.leader(of: place)?.isUnderMinimumISR == false,
        cluster.world.wallClock(of: node).milliseconds.saturatingSubtracting(state.transactionStartTimeMs) > Int64(state.transactionTimeoutMs)
      else { return nil }
      return OverdueTransactions.Open(
        transactionalID: id, producerID: state.producerId, producerEpoch: state.producerEpoch, coordinator: coordinated.broker, epoch: view[place].epoch)
    }
    var check = InvariantCheck()
    timeouts.look(at: open, interval: cluster.scenario.settings.transactionTimeoutCheckInterval, now: cluster.world.now, &check)
    cluster.world.addFindings(of: check, at: node)
  }

  /// What is open now, by its transactional ids as far as they are known. Call while the cluster heals: what is open too long is recorded.
  func look() -> [(id: String?, words: String)] {
    guard !isIdle else { return [] }
    let now = cluster.world.now, open = openTransactions()
    seen.beginLook()
    for transaction in open {
      let first = seen.see(transaction.key, at: now)
      guard let healedAt, now - max(first, healedAt) > bound, told.insert(transaction.key).inserted else { continue }
      let wait = transaction.transactionalID.flatMap(WaitChain(cluster: cluster, nodes: nodes).transaction)
      overdue.add("\(transaction.words); \(now - max(first, healedAt)) after the last fault; the bound is \(bound)\(wait.map { ": \($0)" } ?? "")")
    }
    return open.map { ($0.transactionalID, $0.words) }
  }

  private func openTransactions() -> [Open] {
    let known = coordinated()
    var open = known.compactMap { id, coordinated in self.open(id, coordinated) }
    for partition in partitions { open += self.open(in: partition, known) }
    return open
  }

  /// What coordinators report, by transactional id, in the order of the ids of each partition. Coordinators that cannot answer now are left out.
  private func coordinated() -> [(id: String, coordinated: Coordinated)] {
    let view = cluster.observer.view.cluster
    var places: [TopicPartition] = []
    for id in nodes.transactions {
      if let place = view.partition(ofTransaction: id), !places.contains(place) { places.append(place) }
    }
    return places.flatMap { place -> [(id: String, coordinated: Coordinated)] in
      guard let broker = broker(leading: place), let states = broker.node.transactionSnapshots(ofPartition: place.partition) else { return [] }
      return states.map { ($0.transactionalId, Coordinated(broker: broker.id, state: $0)) }
    }
  }

  private func open(_ id: String, _ coordinated: Coordinated) -> Open? {
    guard coordinated.isOpen, !coordinated.isOfTwoPhases else { return nil }
    let state = coordinated.state
    let partitions = state.topics.flatMap { topic in topic.partitions.map { TopicPartition(topic.topic, $0) } }.sorted().map(\.description)
    let since = cluster.observer.view.transactions.openSince(id)
    return Open(
      key: "\(id) \(state.producerId) \(state.producerEpoch) \(state.transactionStartTimeMs)", transactionalID: id,
      words: "the transaction of transactional id \(id) (\(coordinated.producer)) is \(state.transactionState) at its coordinator, broker \(coordinated.broker)\(words(since)), with "
        + (partitions.isEmpty ? "no partition" : partitions.joined(separator: ", ")),
      isOrphan: false)
  }

  /// The partitions of the scenario's topics, and of the groups' offsets.
  private var partitions: [TopicPartition] {
    let view = cluster.observer.view.cluster
    return (cluster.scenario.topics.map(\.name) + [TopicName.consumerOffsets]).flatMap { view.contains($0) ? view.partitions(of: $0) : [] }
  }

  private func open(in partition: TopicPartition, _ known: [(id: String, coordinated: Coordinated)]) -> [Open] {
    guard let leader = cluster.leader(of: partition), leader.isLeader, let log = leader.log else { return [] }
    var open: [Open] = []
    let producers = log.activeProducers.filter { $0.currentTransactionStartOffset != nil }
    for producer in producers {
      let place = known.first { $0.coordinated.state.producerId == producer.producerID }
      guard place?.coordinated.isOfTwoPhases != true else { continue }
      let since = cluster.observer.transactions?.since(producer.producerID, in: leader.id)
      let start = producer.currentTransactionStartOffset ?? .unknown
      let isKnown = place.map { $0.coordinated.isOpen && $0.coordinated.names(partition) } ?? false
      let isOrphan = !isKnown && isCertain(of: producer.producerID)
      let id = place?.id ?? cluster.observer.transactions?.agreement.transactionalID(of: producer.producerID)
      open.append(
        Open(
          key: "\(partition) \(producer.producerID) \(start)", transactionalID: isOrphan ? nil : id,
          words: "\(partition) has a transaction of producer \(producer.producerID), epoch \(producer.epoch), open from offset \(start) on\(words(since)), "
            + words(of: place, producer.producerID),
          isOrphan: isOrphan,
          hanging: TransactionTimeline.Hanging(
            partition.description, producer: producer.producerID, epoch: Int(producer.epoch), offset: start.value, fromSeconds: since.map { ($0 - origin).seconds })))
    }
    guard partition.topic == TopicName.consumerOffsets, let broker = broker(leading: partition) else { return open }
    // Offsets that wait for the end of a transaction that has already ended in their log.
    for producer in broker.node.producersOfPendingOffsets(ofPartition: partition.partition) ?? [] where !producers.contains(where: { $0.producerID == producer }) {
      open.append(
        Open(
          key: "\(partition) pending \(producer)", transactionalID: nil,
          words: "the group coordinator of \(partition), broker \(broker.id), keeps offsets for the transaction of producer \(producer), which has ended there", isOrphan: true))
    }
    return open
  }

  /// Whether the coordinator of a producer could be asked, so that what it does not know does not exist. If no coordinator ever reported the producer, all must have been asked.
  private func isCertain(of producerID: Int64) -> Bool {
    let view = cluster.observer.view.cluster
    let ids = cluster.observer.transactions?.agreement.transactionalID(of: producerID).map { [$0] } ?? nodes.transactions
    return ids.allSatisfy { id in
      guard let place = view.partition(ofTransaction: id) else { return true }
      return broker(leading: place)?.node.transactionSnapshots(ofPartition: place.partition) != nil
    }
  }

  private func words(of place: (id: String, coordinated: Coordinated)?, _ producerID: Int64) -> String {
    guard let place else {
      let id = cluster.observer.transactions?.agreement.transactionalID(of: producerID)
      return "and no coordinator knows that producer\(id.map { " any more, which was that of transactional id \($0)" } ?? "")"
    }
    return "and its coordinator, broker \(place.coordinated.broker), has transactional id \(place.id) as \(place.coordinated.state.transactionState), \(place.coordinated.producer)"
  }

  private func words(_ since: Instant?) -> String { since.map { ", since \(Instant.zero + ($0 - origin)) s" } ?? "" }

  private func broker(leading partition: TopicPartition) -> (id: NodeID, node: BrokerNode)? {
    let leader = cluster.observer.view.cluster[partition].leader
    guard let index = nodes.broker(leader), let node = cluster.world.broker(at: index) else { return nil }
    return (leader, node)
  }

  // MARK: The end

  /// The verdicts. Call once, when all is over; empty if no client has a transactional id.
  ///
  /// - Parameter isOnTime: whether wall clocks were correct: if a fault changed them, transactions may end at any time.
  func verdicts(isOnTime: Bool) -> [Verdict] {
    guard !isIdle, let invariants = cluster.observer.transactions else { return [] }
    _ = look()
    var findings = isOnTime ? overdue : Findings()
    findings.examined += coordinated().count
    if healedAt != nil {
      for transaction in openTransactions() where transaction.isOrphan && (!isOnTime || !told.contains(transaction.key)) { findings.add(transaction.words) }
    }
    return [invariants.stableOffsets.verdict, invariants.agreement.verdict(with: findings)]
  }

  /// How the transactions fared; nil where no client has a transactional id.
  func report(withTimeline: Bool) -> TransactionsReport? {
    guard !isIdle else { return nil }
    let counts = cluster.observer.view.transactions.counts, statistics = cluster.world.statistics
    return TransactionsReport(
      committed: counts.committed, aborted: counts.aborted, timedOut: counts.timedOut, epochs: counts.epochs, refusals: counts.refusals, zombies: counts.zombies,
      lengths: TransactionsReport.Lengths(counts.lengths),
      coordinationRequests: Self.coordinationApis.reduce(0) { $0 + Int(clamping: statistics.requests(ofApi: $1.rawValue)) }, timeline: withTimeline ? timeline : nil)
  }

  private var timeline: TransactionTimeline {
    let view = cluster.observer.view.transactions
    func seconds(_ instant: Instant) -> Double { (instant - origin).seconds }
    let ids = nodes.transactions.compactMap { id -> TransactionTimeline.TransactionalID? in
      let history = view.history(of: id)
      guard !history.spans.isEmpty || !history.refusals.isEmpty else { return nil }
      return TransactionTimeline.TransactionalID(
        id,
        history.spans.map { span in
          TransactionTimeline.Transaction(
            producer: span.producer.id, epoch: Int(span.producer.epoch), fromSeconds: seconds(span.from), preparedSeconds: span.prepared.map(seconds),
            toSeconds: span.to.map(seconds), end: span.isCommit.map { $0 ? .commit : .abort }, isTimedOut: span.isTimedOut)
        },
        refusals: history.refusals.map { TransactionTimeline.Refusal(seconds: seconds($0.time), producer: $0.producer.id, epoch: Int($0.producer.epoch)) })
    }
    return TransactionTimeline(ids, hanging: hanging)
  }

  /// What partitions have open that no coordinator knows, at this moment; nothing before the last fault is over.
  var hanging: [TransactionTimeline.Hanging] {
    isIdle || healedAt == nil ? [] : openTransactions().filter(\.isOrphan).compactMap(\.hanging)
  }

  private static let coordinationApis: [ApiKey] = [.initProducerId, .addPartitionsToTxn, .addOffsetsToTxn, .endTxn, .txnOffsetCommit, .writeTxnMarkers]
}

extension TransactionTimeline.Hanging {
  /// As a line of the story.
  var words: String {
    let since = fromSeconds.map { " since \(fixed($0, places: 3)) s" } ?? ""
    return "\(partition) has a transaction open from offset \(offset) on\(since) that no coordinator knows (producer \(producer), epoch \(epoch)): it hangs, "
      + "and read_committed stops there"
  }
}
