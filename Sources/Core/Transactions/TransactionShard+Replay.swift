import Coordination
import Host
import Primitives
import Wire

extension TransactionShard {
  /// Source: Kafka's `TransactionLog` and `TransactionStateManager.loadTransactionMetadata`.
  public mutating func replay(_ record: CoordinatorRecord, from producerID: Int64) throws(WireError) {
    // Skips what a newer broker wrote about something unknown here.
    guard try record.key.coordinatorRecordType() == TransactionLogKey.recordType else { return }
    let id = try TransactionLogKey(decodingWithType: record.key).transactionalId
    guard let bytes = record.value else { return forget(id) }
    let value = try TransactionLogValue(decodingWithVersion: bytes)
    take(try TransactionMetadata(value, version: bytes.integer(at: 0)), of: id)
  }

  /// No record of this log is part of a transaction.
  public mutating func transactionEnded(of producerID: Int64, committed: Bool) {}

  // MARK: Inspection

  public var recordedState: [String] {
    let keepsProducerIDs = settings.switches.keepPreviousProducerID
    return transactions.map { $0.value.recordedState(of: $0.key, keepsProducerIDs: keepsProducerIDs) }.sorted()
  }

  public func checkInvariants(_ check: inout InvariantCheck, _ name: String) {
    check.require(illegalChange == nil, "\(name): \(illegalChange ?? "")")
    check.each(of: transactions.elements) { element, check in
      let (id, metadata) = element
      let words = "\(name), transaction \(id), \(metadata.state.name)"
      check.require(metadata.producerID >= 0 && metadata.producerEpoch >= 0, "\(words): producer \(metadata.producerID), epoch \(metadata.producerEpoch)")
      check.require(metadata.partitions.isEmpty || !metadata.state.isAtRest, "\(words): it has \(metadata.partitions.count) partitions")
      check.requireOrder(of: metadata.partitions, { $0 < $1 }, { "\(words): \($0) stands before \($1)" })
      check.require(!metadata.state.isPrepared || isPending(id), "\(words): its end is decided, but nothing carries it out")
      check.require(!metadata.isTimed || earliestDeadline <= nextTimeoutCheck, "\(words): nothing checks its timeout")
    }
    check.each(of: pending.elements) { element, check in
      let (id, pending) = element
      let state = transactions[id]?.state
      switch pending {
      case .decided(let target): check.require(false, "\(name), transaction \(id): \(target.name) was decided and not written")
      case .written(.dead): check.require(state == nil, "\(name), transaction \(id): it is forgotten, and is \(state?.name ?? "")")
      case .written(let target): check.require(state == target, "\(name), transaction \(id): \(target.name) is written, it is \(state?.name ?? "forgotten")")
      case .markers: check.require(state?.isPrepared == true, "\(name), transaction \(id): markers are written, and it is \(state?.name ?? "forgotten")")
      }
    }
    guard check.isWhole else { return }
    let timed = transactions.values.reduce(0) { $0 + ($1.isTimed ? 1 : 0) }
    check.require(timed == timedCount, "\(name): \(timed) transactions are open, \(timedCount) are counted")
  }
}
