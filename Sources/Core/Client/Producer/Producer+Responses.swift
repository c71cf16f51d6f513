import Host
import Primitives
import Wire

/// What happens to batches when their request gets a response, or none.
extension Producer {
  func finish(_ produce: InFlightProduce, _ result: Result<ProduceResponse, ClientRequestFailure>) {
    if let index = inFlight.firstIndex(where: { $0 === produce }) { inFlight.remove(at: index) }
    produce.load.inFlight -= 1
    for batch in produce.batches {
      batch.queue.inFlight -= 1
      batch.isUnderWay = false
    }
    earlyReuse?.end(produce.batches)
    switch result {
    case .success(let response):
      cluster.throttle(produce.broker, forMilliseconds: response.throttleTimeMs)
      for batch in produce.batches { take(response, for: batch) }
    case .failure(let failure):
      for batch in produce.batches { attemptFailed(batch, failure) }
      if failure != .unsupportedVersion(.produce) { cluster.requestUpdate() }
    }
    keep(produce)
    pump()
  }

  private func take(_ response: ProduceResponse, for batch: ProducerBatch) {
    guard let (topic, partition) = place(of: batch.queue, in: response) else {
      batch.mayBeWritten = true
      return retry(batch, or: .malformedResponse, after: .networkException)
    }
    let topics = response.responses.span, answers = topics[topic].partitionResponses.span
    let error = answers[partition].errorCode
    if error == .none || transactions?.tellsWritten(batch, error) ?? false {
      let appendTime = answers[partition].logAppendTimeMs >= 0 ? Timestamp(milliseconds: answers[partition].logAppendTimeMs) : nil
      let baseOffset = answers[partition].baseOffset < 0 ? Offset.unknown : Offset(answers[partition].baseOffset)
      release(batch)
      mustHold(error == .none || error == .duplicateSequenceNumber || error == .outOfOrderSequenceNumber, "producer: records count as acknowledged that were refused: \(error)")
      if let producer = batch.sequence?.producer, batch.queue.sequences.isBehindAnother(batch) {
        reactor.report(.batchOvertook(TopicPartition(batch.queue.topic.name, batch.queue.number), producerID: producer.id))
      }
      transactions?.acknowledged(batch, at: baseOffset)
      return acknowledge(batch, ProduceAcknowledgement(baseOffset: baseOffset, logAppendTime: appendTime))
    }
    takeLeader(from: answers[partition], response, of: batch.queue)
    refused(batch, with: answers[partition])
  }

  /// Where a response answers a partition.
  private func place(of queue: PartitionQueue, in response: ProduceResponse) -> (topic: Int, partition: Int)? {
    let name = queue.topic.name, topics = response.responses.span
    for topic in topics.indices where topics[topic].name == name || topics[topic].name.isEmpty && topics[topic].topicId == queue.topic.id {
      let partitions = topics[topic].partitionResponses.span
      for partition in partitions.indices where partitions[partition].index == queue.number { return (topic, partition) }
    }
    return nil
  }

  private func takeLeader(from answer: ProduceResponse.PartitionProduceResponse, _ response: ProduceResponse, of queue: PartitionQueue) {
    guard answer.currentLeader.leaderId >= 0 else { return }
    let endpoints = response.nodeEndpoints.map {
      BrokerEndpoint(id: NodeID($0.nodeId), address: Address(host: $0.host, port: $0.port), rack: $0.rack)
    }
    cluster.takeLeader(
      NodeID(answer.currentLeader.leaderId), LeaderEpoch(answer.currentLeader.leaderEpoch),
      of: TopicPartition(queue.topic.name, queue.number), endpoints: endpoints)
  }

  private func refused(_ batch: ProducerBatch, with answer: ProduceResponse.PartitionProduceResponse) {
    let error = answer.errorCode, message = answer.errorMessage
    if !configuration.switches.errorsAreDefinite, !error.meansNotAppended(with: configuration.acks) { batch.mayBeWritten = true }
    if error.isInvalidMetadata { cluster.requestUpdate() }
    if error == .messageTooLarge, split(batch) { return }
    retry(batch, or: .refused(error, message: message), after: error, logStartOffset: answer.logStartOffset)
  }

  private func attemptFailed(_ batch: ProducerBatch, _ failure: ClientRequestFailure) {
    if !failure.wasNotSent { batch.mayBeWritten = true }
    switch failure {
    case .notSent, .disconnected:
      mark(.produceDisconnected)
      retry(batch, or: .disconnected, after: .networkException)
    case .timedOut:
      mark(.produceTimedOut)
      retry(batch, or: .requestTimedOut, after: .requestTimedOut)
    case .malformed: retry(batch, or: .malformedResponse, after: .networkException)
    case .unsupportedVersion: retry(batch, or: .unsupportedVersion, after: .unsupportedVersion)
    }
  }

  /// Puts a batch back into its partition's queue, or fails it if a retry is pointless, or its retries or its time are used up.
  ///
  /// - Parameter error: The failure as a Kafka error.
  private func retry(_ batch: ProducerBatch, or reason: ProduceFailure.Reason, after error: ErrorCode, logStartOffset: Int64 = -1) {
    guard !batch.isDone else {
      mark(.lateProduceAnswer)
      return release(batch)
    }
    let now = reactor.now
    if case .closed = state { return fail(batch, .closed) }
    let isInTime = now < batch.createdAt + configuration.deliveryTimeout, hasRetries = batch.attempts < configuration.retries
    if isInTime, hasRetries, mayRetry(batch, after: error, logStartOffset) {
      mark(.batchRetried)
      batch.waitBeforeNextAttempt(until: now + backoff.delay(afterAttempts: Int(batch.attempts) + 1, &random))
      enqueueAgain(batch)
      return activate(batch.queue)
    }
    let reason = isInTime || !error.isRetriable ? reason : .deliveryTimedOut
    mark(.batchGivenUp)
    let isUncertain = configuration.switches.keepUncertainSequences && batch.mayBeWritten
    transactions?.failed(batch, with: error, reason, isRefused: hasRetries && !isUncertain)
    if isUncertain { transactions?.markUnresolved(batch) }
    fail(batch, reason)
  }

  private func mayRetry(_ batch: ProducerBatch, after error: ErrorCode, _ logStartOffset: Int64) -> Bool {
    guard let transactions else { return error.isRetriable }
    return !transactions.isStranded(batch) && transactions.mayRetry(batch, after: error, logStartOffset: logStartOffset)
  }

  /// Puts a batch before those that were never sent, and orders it by sequence among those that were (`RecordAccumulator.insertInSequenceOrder`).
  private func enqueueAgain(_ batch: ProducerBatch) {
    let queue = batch.queue
    guard transactions != nil, let position = queue.sequences.inFlight.firstIndex(where: { $0 === batch }) else { return queue.batches.prepend(batch) }
    mark(.batchRetriedInOrder)
    let earlier = queue.sequences.inFlight[..<position]
    queue.batches.insert(batch, at: queue.batches.prefix { queued in earlier.contains { $0 === queued } }.count)
  }

  /// Replaces a batch that a broker finds too large with smaller ones. False if it cannot be made smaller.
  private func split(_ batch: ProducerBatch) -> Bool {
    guard !batch.isDone, !(transactions?.isStranded(batch) ?? false), let parts = try? batch.split(makeBuilder: { makeBuilder(capacity: batch.uncompressedSize / 2 + 256) }) else { return false }
    mark(.batchSplit)
    batch.queue.topic.forgetRatio()
    incompleteBatches += parts.count - 1
    for index in flushes.indices where batch.number <= flushes[index].upTo { flushes[index].remaining += parts.count - 1 }
    batch.queue.sequences.replace(batch, by: parts)
    for part in parts.reversed() { enqueueAgain(part) }
    activate(batch.queue)
    return true
  }

  // MARK: Transactions

  /// Whether any sent records are neither acknowledged nor failed.
  var hasIncompleteRecords: Bool { incompleteBatches > 0 || blockedRecordCount > 0 }

  /// Fails everything that was never sent, including records that wait for memory or metadata (`RecordAccumulator.abortUndrainedBatches`).
  func abandonUnsent(_ reason: ProduceFailure.Reason) {
    for queue in activeQueues where queue.batches.contains(where: { $0.sequence == nil }) {
      mark(.unsentBatchesAbandoned)
      let unsent = queue.batches.filter { $0.sequence == nil }
      queue.batches.removeAll { $0.sequence == nil }
      for batch in unsent { fail(batch, reason) }
    }
    failAllBlocked(ProduceFailure(reason, .notWritten))
  }

  /// Fails everything, including what is in flight (`RecordAccumulator.abortBatches`).
  func abandonAll(_ reason: ProduceFailure.Reason) {
    guard hasIncompleteRecords else { return }
    failAllBatches(reason)
    failAllBlocked(ProduceFailure(reason, .notWritten))
  }

  func failAllBatches(_ reason: ProduceFailure.Reason) {
    for queue in activeQueues {
      let batches = queue.batches
      queue.batches.removeAll()
      for batch in batches { fail(batch, reason) }
    }
    for produce in inFlight {
      for batch in produce.batches where !batch.isDone { finish(batch, .failure(ProduceFailure(reason, .unknown))) }
    }
  }

  /// Fails a batch that waits for another attempt, which it must not get.
  func giveUp(_ batch: ProducerBatch) {
    mark(.strandedBatchGivenUp)
    batch.queue.batches.removeAll { $0 === batch }
    fail(batch, .refused(.outOfOrderSequenceNumber, message: nil))
  }

  /// Restarts the sequences of every partition, with a new epoch.
  func forgetSequences() {
    for topic in topicsInOrder { for queue in topic.partitions { queue.sequences = PartitionSequences() } }
  }

  // MARK: Completion

  func acknowledge(_ batch: ProducerBatch, _ acknowledgement: ProduceAcknowledgement) {
    if configuration.acks == .none { release(batch) }
    finish(batch, .success(acknowledgement))
  }

  /// Fails a batch that is in no request.
  func fail(_ batch: ProducerBatch, _ reason: ProduceFailure.Reason) {
    release(batch)
    finish(batch, .failure(failure(of: batch, reason)))
  }

  private func failure(of batch: ProducerBatch, _ reason: ProduceFailure.Reason) -> ProduceFailure {
    ProduceFailure(reason, batch.mayBeWritten ? .unknown : .notWritten)
  }

  func finish(_ batch: ProducerBatch, _ result: Result<ProduceAcknowledgement, ProduceFailure>) {
    guard !batch.isDone else { return }
    incompleteRecordCount -= batch.recordCount
    incompleteBatches -= 1
    batch.finish(self, result)
    finishFlushes(with: batch)
  }

  /// Returns a batch's memory; records that wait for memory continue at the end of the pump.
  func release(_ batch: ProducerBatch) { availableMemory += batch.releaseMemory() }

  func takeMetadata() {
    for topic in topicsInOrder {
      if let metadata = cluster.metadata.topic(topic.name) { topic.take(metadata) } else { topic.loseMetadata() }
      if !topic.waiting.isEmpty { resumeWaitingForMetadata(of: topic) }
    }
    schedulePump()
  }
}
