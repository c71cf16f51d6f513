import Primitives
import Wire

/// Which requests are made, and in which order they are sent.
extension TransactionManager {
  func enqueueInitialization(
    as identity: ProducerIdentity, keepsPrepared: Bool = false, result: TransactionalResult = TransactionalResult()
  ) -> TransactionalResult {
    let configuration = producer.configuration
    var wire = InitProducerIdRequest()
    wire.transactionalId = transactionalID
    // A producer without transactions has none that could time out.
    wire.transactionTimeoutMs = isTransactional ? Int32(clamping: configuration.transactionTimeout.milliseconds) : .max
    wire.producerId = identity.id
    wire.producerEpoch = identity.epoch
    wire.enable2Pc = configuration.isTwoPhaseCommit
    wire.keepPreparedTxn = keepsPrepared
    enqueue(TransactionalRequest(.initProducerID(wire, isEpochBump: identity.isKnown), result: result))
    return result
  }

  func enqueueNewPartitions() {
    pendingPartitions += newPartitions
    newPartitions.removeAll()
    var wire = AddPartitionsToTxnRequest()
    wire.v3AndBelowTransactionalId = transactionalID ?? ""
    wire.v3AndBelowProducerId = identity.id
    wire.v3AndBelowProducerEpoch = identity.epoch
    for queue in pendingPartitions {
      let topic = wire.v3AndBelowTopics.group(where: { $0.name == queue.topic.name }, or: .init { $0.name = queue.topic.name })
      wire.v3AndBelowTopics[topic].partitions.append(queue.number)
    }
    enqueue(TransactionalRequest(.addPartitions(wire)))
  }

  func offsetCommit(_ offsets: TransactionalOffsets, of group: ConsumerGroupMetadata, result: TransactionalResult) -> TransactionalRequest {
    var wire = TxnOffsetCommitRequest()
    wire.transactionalId = transactionalID ?? ""
    wire.groupId = group.groupID
    wire.producerId = identity.id
    wire.producerEpoch = identity.epoch
    if switches.offsetsWithMember {
      wire.generationId = group.generationID
      wire.memberId = group.memberID
      wire.groupInstanceId = group.groupInstanceID
    }
    for (partition, offset, leaderEpoch, metadata) in offsets {
      var entry = TxnOffsetCommitRequest.TxnOffsetCommitRequestPartition()
      entry.partitionIndex = partition.partition
      entry.committedOffset = offset.value
      entry.committedLeaderEpoch = leaderEpoch?.value ?? -1
      entry.committedMetadata = metadata
      let topic = wire.topics.group(where: { $0.name == partition.topic }, or: .init { $0.name = partition.topic })
      wire.topics[topic].partitions.append(entry)
    }
    return TransactionalRequest(.commitOffsets(wire, isVersion2: isVersion2), result: result)
  }

  /// Searches for a coordinator, because the known one no longer is, or cannot be reached.
  func lookUp(_ kind: TransactionalRequest.CoordinatorKind) {
    switch kind {
    case .transaction: transactionCoordinator = nil
    case .group: groupCoordinator = nil
    }
    enqueue(TransactionalRequest(.findCoordinator(kind)))
  }

  func enqueue(_ request: TransactionalRequest) {
    pending.insert(request, at: pending.firstIndex { $0.priority > request.priority } ?? pending.count)
    markChanged()
  }

  func retry(_ request: TransactionalRequest) {
    request.isRetry = true
    enqueue(request)
  }
}
