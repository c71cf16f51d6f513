import Primitives
import Wire

/// Sends what is due: one batch per partition in each request, and requests as long as brokers have room in flight.
extension Producer {
  /// Sends what is due once the current event is handled, so that everything it sends travels together.
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
    dropEmptyQueues()
    isPumping = false
    resumeWaitingForMemory()
    if needsMetadata { cluster.requestUpdate() }
    nextWake = min(nextWake, expiryCheckAt)
    if nextWake < .distantFuture { pumpTimer.set(at: nextWake) }
    if let transactions, transactions.hasChanged { schedulePump() }
  }

  private func dropEmptyQueues() {
    activeQueues.removeEach { queue in
      guard queue.batches.isEmpty else { return false }
      queue.isActive = false
      return true
    }
  }

  /// Sends at most one request to each broker. Returns whether there may be more to send.
  private func sendOneRound(_ needsMetadata: inout Bool, _ nextWake: inout Instant) -> Bool {
    let count = activeQueues.count
    // Each round starts with another queue, so that a full request does not always leave out the same ones.
    drainStart = count == 0 ? 0 : (drainStart + 1) % count
    for step in 0..<count {
      let queue = activeQueues[(drainStart + step) % count]
      guard let batch = queue.batches.first else { continue }
      if isEverythingDue { batch.markReady(at: reactor.now, linger: configuration.linger) }
      guard !isMuted(queue) else { continue }
      if let transactions, transactions.holdsBack(batch, of: queue) { continue }
      let dueAt = dueTime(of: batch, in: queue)
      guard dueAt <= reactor.now else {
        nextWake = min(nextWake, dueAt)
        continue
      }
      guard let leader = queue.leader, cluster.address(of: leader) != nil else {
        mark(.batchWithoutLeader)
        needsMetadata = true
        continue
      }
      let load = load(of: leader)
      guard isReady(load) else { continue }
      add(batch, to: load)
    }
    guard !drafts.isEmpty else { return false }
    for produce in drafts { send(produce) }
    drafts.empty()
    return true
  }

  /// Whether a partition has to wait for a response: with a single request in flight, that keeps the order through retries.
  private func isMuted(_ queue: PartitionQueue) -> Bool {
    configuration.maxInFlightRequestsPerConnection == 1 && queue.inFlight > 0
  }

  /// When the first batch of a queue may be sent: at once if it is full or everything must go, otherwise after its linger; a batch that failed waits
  /// out its backoff, unless there is a newer leader (KIP-951).
  private func dueTime(of batch: ProducerBatch, in queue: PartitionQueue) -> Instant {
    if batch.attempts > 0 {
      return queue.leaderEpoch > batch.attemptedEpoch && batch.attemptedEpoch != .unknown ? batch.createdAt : batch.waitsUntil
    }
    if batch.isFull || queue.batches.count > 1 || isEverythingDue { return batch.createdAt }
    return batch.createdAt + configuration.linger
  }

  /// Whether batches are sent without waiting for more records: others need their memory, or a flush or close waits for them.
  private var isEverythingDue: Bool { !waitingForMemory.isEmpty || !flushes.isEmpty || isClosing || transactions?.isCompleting ?? false }

  private func isReady(_ load: NodeLoad) -> Bool {
    let now = reactor.now
    load.lastWantedAt = now
    guard cluster.isReady(load.broker) else {
      cluster.prepare(load.broker)
      return false
    }
    guard load.inFlight < configuration.maxInFlightRequestsPerConnection, takesAnother(load.broker) else { return false }
    load.lastDrainedAt = now
    return true
  }

  private func takesAnother(_ broker: NodeID) -> Bool { earlyReuse.map { !$0.isWaiting(for: broker) } ?? cluster.isWritable(broker) }

  private func draft(to load: NodeLoad) -> InFlightProduce {
    if let begun = drafts.first(where: { $0.load === load }) { return begun }
    let produce = makeProduce(to: load)
    drafts.append(produce)
    return produce
  }

  private func add(_ batch: ProducerBatch, to load: NodeLoad) {
    let produce = draft(to: load)
    guard produce.hasRoom(for: batch, limit: configuration.maxRequestSize) else { return }
    batch.queue.batches.removeFirst()
    if let transactions {
      mustHold(
        batch.sequence == nil || !batch.queue.sequences.isBehindAnother(batch), "producer: a batch of \(batch.queue.words) is sent again before an earlier one that has no answer")
      mustHold(
        !transactions.isTransactional || batch.queue.membership == .added, "producer: records of \(batch.queue.words) are sent, which is not part of the transaction")
      transactions.number(batch)
    }
    chargeBuilding(of: batch)
    batch.attemptedEpoch = batch.queue.leaderEpoch
    batch.attemptedBroker = load.broker
    batch.attemptedTopicID = batch.queue.topic.id
    batch.markDrained(at: reactor.now, linger: configuration.linger)
    produce.add(batch)
  }

  /// Charges the work of building a batch, which is done once, however often it is sent.
  private func chargeBuilding(of batch: ProducerBatch) {
    guard !batch.isBuilt else { return }
    let plainSize = batch.uncompressedSize
    reactor.spend(.batches(1))
    if configuration.compression != .none { reactor.spend(.compress(codec: configuration.compression.rawValue, bytes: plainSize)) }
    reactor.spend(.checksum(bytes: batch.build().count))
  }

  private func send(_ produce: InFlightProduce) {
    guard configuration.acks != .none else { return sendUnacknowledged(produce) }
    inFlight.append(produce)
    produce.load.inFlight += 1
    for batch in produce.batches {
      batch.queue.inFlight += 1
      batch.isUnderWay = true
      mustHold(
        configuration.maxInFlightRequestsPerConnection > 1 || batch.queue.inFlight == 1,
        "producer: \(batch.queue.inFlight) requests with records of \(batch.queue.words) are in flight, and one is allowed")
    }
    if let earlyReuse, !cluster.isWritable(produce.broker) { return earlyReuse.wait(produce) }
    transmit(produce)
  }

  private func transmit(_ produce: InFlightProduce) {
    var limit = produce.fill(&request, &roomForTopics)
    defer { emptyRequest() }
    if let transactions, transactions.isTransactional {
      request.transactionalId = transactions.transactionalID
      // From version 12 on, writing to a partition adds it to the transaction.
      if !transactions.isVersion2 { limit = min(limit, 11) }
    }
    cluster.send(request, to: produce.broker, atMost: limit, over: roomForResponses) { produce.load.producer?.finish(produce, $0) }
  }

  /// Keeps the room that the request's topics took. Their records are let go.
  private func emptyRequest() { roomForTopics.takeBack(&request.topicData) }

  /// Sends what its connection takes now, and drops what waited for a connection that is gone.
  private func sendWaiting(of earlyReuse: EarlyReuse) {
    for produce in earlyReuse.take(where: { !cluster.isConnected($0) || cluster.isWritable($0) }) {
      if cluster.isConnected(produce.broker) { transmit(produce) } else { finish(produce, .failure(.notSent)) }
    }
  }

  /// acks=0: a batch counts as acknowledged when it is sent. It is unknown whether it arrives.
  private func sendUnacknowledged(_ produce: InFlightProduce) {
    let limit = produce.fill(&request, &roomForTopics)
    defer { emptyRequest() }
    guard let address = cluster.address(of: produce.broker), cluster.connections.sendWithoutResponse(request, to: address, atMost: limit) else {
      for batch in produce.batches { fail(batch, .unsupportedVersion) }
      return
    }
    for batch in produce.batches { acknowledge(batch, ProduceAcknowledgement(baseOffset: .unknown, logAppendTime: nil)) }
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
      mark(.batchExpiredInQueue)
      let expired = queue.batches.filter { deliveryDeadline(of: $0) <= now }
      queue.batches.removeAll { deliveryDeadline(of: $0) <= now }
      for batch in expired { expire(batch) }
    }
    for produce in inFlight {
      for batch in produce.batches where !batch.isDone && deliveryDeadline(of: batch) <= now {
        // Its memory is returned with the response: until then, the request holds the bytes (KAFKA-19012).
        mark(.batchExpiredInFlight)
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

  /// Reports a batch that expires while it waits for a retry: it may or may not leave a gap in the sequence.
  private func tellExpiry(of batch: ProducerBatch) {
    guard let transactions else { return }
    transactions.failed(batch, with: .requestTimedOut, .deliveryTimedOut, isRefused: false)
    if batch.attempts > 0 { transactions.markUnresolved(batch) }
  }
}
