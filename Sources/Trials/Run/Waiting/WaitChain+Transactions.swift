import Broker
import Measurement
import Primitives
import Replication
import Sim
import Transactions
import Wire

// Transactions that do not end.

extension WaitChain {
  /// Why the transaction of a transactional id has not ended: its coordinator does not work, its end is not decided, or its markers are not written.
  func transaction(_ id: String) -> String? {
    following("transaction \(id)") { chain in
      guard let partition = cluster.observer.view.cluster.partition(ofTransaction: id) else { return nil }
      if let cause = coordinator(of: partition) { return cause }
      guard let (node, broker) = leaderProcess(of: partition), let state = broker.decidedTransaction(of: id) else { return nil }
      switch TransactionState(name: state.transactionState) {
      case .ongoing?: return chain.decision(on: id, state, at: node)
      case .prepareCommit?, .prepareAbort?:
        guard let end = broker.end(ofTransaction: id) else { return commit(of: partition) ?? "\(name(node)) has no markers of it to write" }
        return chain.words(of: end, at: node, partition)
      default: return commit(of: partition)
      }
    }
  }

  /// Why the transaction has not ended behind which the last stable offset of a partition stays.
  func firstTransaction(in leader: Partition) -> String? {
    let open = leader.log?.activeProducers.filter { $0.currentTransactionStartOffset != nil } ?? []
    guard let first = open.min(by: { ($0.currentTransactionStartOffset ?? 0, $0.producerID) < ($1.currentTransactionStartOffset ?? 0, $1.producerID) }) else {
      return leader.log == nil ? nil : highWatermark(of: leader)
    }
    let id = cluster.observer.transactions?.agreement.transactionalID(of: first.producerID)
    let subject = "producer \(first.producerID)\(id.map { " of transactional id \($0)" } ?? "") has a transaction open from offset \(first.currentTransactionStartOffset ?? 0) on"
    return join(subject, id.flatMap(transaction))
  }

  /// An open transaction is ended by its application, or by its coordinator when its time is over.
  private func decision(on id: String, _ state: DescribeTransactionsResponse.TransactionState, at coordinator: NodeIndex) -> String? {
    let speaker = nodes.clients.flatMap(\.nodes).first { nodes.transactionalIDs(of: $0).contains(id) }
    return join("its application has not ended it, and \(timeout(of: state, at: coordinator))", speaker.flatMap { client($0) })
  }

  private func timeout(of state: DescribeTransactionsResponse.TransactionState, at coordinator: NodeIndex) -> String {
    guard state.transactionTimeoutMs < .max else { return "it never times out" }
    let end = state.transactionStartTimeMs.saturatingAdding(Int64(state.transactionTimeoutMs))
    let rest = Duration.milliseconds(end.saturatingSubtracting(world.wallClock(of: coordinator).milliseconds))
    return rest > .zero ? "\(name(coordinator)) ends it at \(time(world.now + rest)) at the earliest" : "its time is over, and \(name(coordinator)) has not ended it"
  }

  private func words(of end: TransactionEnd, at coordinator: NodeIndex, _ partition: TopicPartition) -> String? {
    guard case .marked(let markers) = end else { return join("its markers are written, and that is being recorded", commit(of: partition)) }
    guard let first = markers.first else { return "its markers are written, and nobody records that" }
    let others = markers.count > 1 ? " and those of \(markers.count - 1) more" : ""
    return join("the marker of \(first.partition)\(others) is not written", words(of: first.marker, first.partition, at: coordinator))
  }

  private func words(of marker: TransactionEnd.Marker, _ partition: TopicPartition, at coordinator: NodeIndex) -> String? {
    switch marker {
    case .sent(let leader), .queued(let leader):
      let request = world.object(of: coordinator)?.requestsUnderWay.first {
        $0.apiKey == ApiKey.writeTxnMarkers.rawValue && world.node(at: $0.address) == nodes.broker(leader)
      }
      return request.flatMap { self.request($0, of: coordinator) } ?? "\(name(coordinator)) has no request with it under way"
    case .postponed:
      guard let replica = cluster.leader(of: partition), replica.isLeader else { return leader(of: partition) ?? "\(name(coordinator)) knows no leader of \(partition)" }
      return join("broker \(replica.leaderID), the leader, does not take it now", highWatermark(of: replica))
    case .forgotten: return "\(name(coordinator)) has forgotten it"
    }
  }
}
