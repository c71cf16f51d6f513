import Primitives
import Wire

/// What is due goes out: one batch per partition in each request, one request after another while brokers have room in flight.
extension Producer {
  /// Sends what is due once the present event is handled, so that everything it sends travels together.
  func schedulePump() {
    guard !isPumpScheduled, !isPumping else { return }
    isPumpScheduled = true
    reactor.after(.zero) { [weak self] in
      guard let self else { return }
      isPumpScheduled = false
      pump()
    }
  }

  func pump() {
    guard !isPumping else { return }
    if case .closed = state { return }
    isPumping = true
    if let earlyReuse { sendWaiting(of: earlyReuse) }
    if let transactions, transactions.advance() {
      isPumping = false
      return resumeWaitingForMemory()
    }
    expireBatches()
    var needsMetadata = false
    var nextWake = Instant.distantFuture
    while sendOneRound(&needsMetadata, &nextWake) {}
    activeQueues.removeAll { queue in
      guard queue.batches.isEmpty else { return false }
      queue.isActive = false
      return true
    }
    isPumping = false
    resumeWaitingForMemory()
    if needsMetadata { cluster.requestUpdate() }
    nextWake = min(nextWake, expiryCheckAt)
    if nextWake < .distantFuture { pumpTimer.set(at: nextWake) }
    if let transactions, transactions.hasNews { schedulePump() }
  }

  /// Sends at most one request to each broker. Returns whether there may be more to send.
  private func sendOneRound(_ needsMetadata: inout Bool, _ nextWake: inout Instant) -> Bool {
    var drafts: [ProduceRequestDraft] = []
    let count = activeQueues.count
    // Another queue begins each time, so that a full request does not always leave out the same ones.
    drainStart = count == 0 ? 0 : (drainStart + 1) % count
    for step in 0..<count {
      let queue = activeQueues[(drainStart + step) % count]
      guard let batch = queue.batches.first else { continue }
      if isEverythingDue { batch.noteReady(at: reactor.now, linger: configuration.linger) }
      guard !isMuted(queue) else { continue }
      if let transactions, transactions.holdsBack(batch, of: queue) { continue }
      let dueAt = dueTime(of: batch, in: queue)
      guard dueAt <= reactor.now else {
        nextWake = min(nextWake, dueAt)
        continue
      }
      guard let leader = queue.leader, cluster.address(of: leader) != nil else {
        needsMetadata = true
        continue
      }
      guard isReady(leader) else { continue }
      add(batch, to: leader, &drafts)
    }
    for draft in drafts { send(draft) }
    return !drafts.isEmpty
  }

  /// With a single request in flight a partition waits for its answer: that keeps the order through retries.
  private func isMuted(_ queue: PartitionQueue) -> Bool {
    configuration.maxInFlightRequestsPerConnection == 1 && queue.inFlight > 0
  }

  /// When the first batch of a queue may go: at once where it is full or everything must go, after its linger otherwise; a batch
  /// that failed waits out its backoff, unless there is a newer leader (KIP-951).
  private func dueTime(of batch: ProducerBatch, in queue: PartitionQueue) -> Instant {
    if batch.attempts > 0 {
      return queue.leaderEpoch > batch.attemptedEpoch && batch.attemptedEpoch != .unknown ? batch.createdAt : batch.waitsUntil
    }
    if batch.isFull || queue.batches.count > 1 || isEverythingDue { return batch.createdAt }
    return batch.createdAt + configuration.linger
  }

  /// Whether batches go without waiting for more records: others need their memory, or want them gone.
  private var isEverythingDue: Bool { !waitingForMemory.isEmpty || !flushes.isEmpty || isClosing || transactions?.isCompleting ?? false }

  private func isReady(_ broker: NodeID) -> Bool {
    let now = reactor.now
    var load = nodeLoads[broker] ?? NodeLoad()
    defer { nodeLoads[broker] = load }
    load.lastWantedAt = now
    let isConnected = cluster.isReady(broker)
    guard isConnected, load.inFlight < configuration.maxInFlightRequestsPerConnection, takesAnother(broker) else {
      if !isConnected { cluster.prepare(broker) }
      return false
    }
    load.lastDrainedAt = now
    return true
  }

  private func takesAnother(_ broker: NodeID) -> Bool { earlyReuse.map { !$0.isWaiting(for: broker) } ?? cluster.isWritable(broker) }

  private func add(_ batch: ProducerBatch, to broker: NodeID, _ drafts: inout [ProduceRequestDraft]) {
    let index = drafts.firstIndex { $0.broker == broker } ?? drafts.count
    if index == drafts.count { drafts.append(ProduceRequestDraft(broker: broker)) }
    guard drafts[index].hasRoom(for: batch, limit: configuration.maxRequestSize) else { return }
    batch.queue.batches.removeFirst()
    transactions?.number(batch)
    chargeBuilding(of: batch)
    batch.attemptedEpoch = batch.queue.leaderEpoch
    batch.attemptedBroker = broker
    batch.attemptedTopicID = batch.queue.topic.id
    batch.noteDrain(at: reactor.now, linger: configuration.linger)
    drafts[index].add(batch)
  }

  /// The work of putting a batch together, which is done once, however often it is sent.
  private func chargeBuilding(of batch: ProducerBatch) {
    guard !batch.isBuilt else { return }
    let plainSize = batch.uncompressedSize
    let host = reactor.host
    host.spend(.batches(1))
    if configuration.compression != .none { host.spend(.compress(codec: configuration.compression.rawValue, bytes: plainSize)) }
    host.spend(.checksum(bytes: batch.build().count))
  }

  private func send(_ draft: ProduceRequestDraft) {
    guard configuration.acks != .none else { return sendUnacknowledged(draft) }
    let produce = InFlightProduce(broker: draft.broker, batches: draft.batches)
    inFlight.append(produce)
    nodeLoads[draft.broker, default: NodeLoad()].inFlight += 1
    for batch in draft.batches {
      batch.queue.inFlight += 1
      batch.isUnderWay = true
    }
    if let earlyReuse, !cluster.isWritable(draft.broker) { return earlyReuse.wait(draft, produce) }
    transmit(draft, produce)
  }

  private func transmit(_ draft: ProduceRequestDraft, _ produce: InFlightProduce) {
    var (request, limit) = draft.request(acks: configuration.acks, timeout: configuration.connection.requestTimeout)
    if let transactions, transactions.isTransactional {
      request.transactionalId = transactions.transactionalID
      // From version 12 on, what is written to a partition makes it part of the transaction.
      if !transactions.isVersion2 { limit = min(limit, 11) }
    }
    cluster.send(request, to: draft.broker, atMost: limit) { [weak self] result in self?.finish(produce, result) }
  }

  /// Sends what its connection takes now, and gives up what waited for one that is gone.
  private func sendWaiting(of earlyReuse: EarlyReuse) {
    for (draft, produce) in earlyReuse.take(where: { !cluster.isConnected($0) || cluster.isWritable($0) }) {
      if cluster.isConnected(draft.broker) { transmit(draft, produce) } else { finish(produce, .failure(.notSent)) }
    }
  }

  /// acks=0: a batch counts as acknowledged when it is on its way. Nobody hears whether it arrived.
  private func sendUnacknowledged(_ draft: ProduceRequestDraft) {
    let (request, limit) = draft.request(acks: configuration.acks, timeout: configuration.connection.requestTimeout)
    guard let address = cluster.address(of: draft.broker), cluster.connections.sendWithoutResponse(request, to: address, atMost: limit) else {
      for batch in draft.batches { fail(batch, .unsupportedVersion) }
      return
    }
    for batch in draft.batches { acknowledge(batch, ProduceAcknowledgement(baseOffset: .unknown, logAppendTime: nil)) }
  }

  // MARK: delivery.timeout.ms

  private func deliveryDeadline(of batch: ProducerBatch) -> Instant { batch.createdAt + configuration.deliveryTimeout }

  private func earliestExpiry() -> Instant {
    var earliest = Instant.distantFuture
    for queue in activeQueues {
      for batch in queue.batches { earliest = min(earliest, deliveryDeadline(of: batch)) }
    }
    for produce in inFlight {
      for batch in produce.batches where !batch.isDone { earliest = min(earliest, deliveryDeadline(of: batch)) }
    }
    return earliest
  }

  private func expireBatches() {
    let now = reactor.now
    guard expiryCheckAt <= now else { return }
    defer { expiryCheckAt = earliestExpiry() }
    for queue in activeQueues where queue.batches.contains(where: { deliveryDeadline(of: $0) <= now }) {
      let expired = queue.batches.filter { deliveryDeadline(of: $0) <= now }
      queue.batches.removeAll { deliveryDeadline(of: $0) <= now }
      for batch in expired { expire(batch) }
    }
    for produce in inFlight {
      for batch in produce.batches where !batch.isDone && deliveryDeadline(of: batch) <= now {
        // Its memory comes back with the answer: the request still holds the bytes (KAFKA-19012).
        batch.mayBeWritten = true
        tellExpiry(of: batch)
        finish(batch, .failure(ProduceFailure(.deliveryTimedOut, .unknown)))
        if let earlyReuse {
          release(batch)
          earlyReuse.release(batch)
        }
      }
    }
  }

  private func expire(_ batch: ProducerBatch) {
    tellExpiry(of: batch)
    fail(batch, .deliveryTimedOut)
  }

  /// What was to be tried again and is given up leaves a gap of which nobody knows whether it is one.
  private func tellExpiry(of batch: ProducerBatch) {
    guard let transactions else { return }
    transactions.failed(batch, with: .requestTimedOut, .deliveryTimedOut, isRefused: false)
    if batch.attempts > 0 { transactions.markUnresolved(batch) }
  }
}
