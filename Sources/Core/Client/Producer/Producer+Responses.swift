import Host
import Primitives
import Wire

/// What becomes of batches when their request is answered, or is not.
extension Producer {
  func finish(_ produce: InFlightProduce, _ result: Result<ProduceResponse, ClientRequestFailure>) {
    inFlight.removeAll { $0 === produce }
    nodeLoads[produce.broker]?.inFlight -= 1
    for batch in produce.batches { batch.queue.inFlight -= 1 }
    switch result {
    case .success(let response):
      cluster.throttle(produce.broker, forMilliseconds: response.throttleTimeMs)
      for batch in produce.batches { take(response, for: batch) }
    case .failure(let failure):
      for batch in produce.batches { attemptFailed(batch, failure) }
      if failure != .unsupportedVersion(.produce) { cluster.requestUpdate() }
    }
    pump()
  }

  private func take(_ response: ProduceResponse, for batch: ProducerBatch) {
    let topic = batch.queue.topic
    let answer = response.responses.lazy
      .filter { $0.name == topic.name || $0.name.isEmpty && $0.topicId == topic.id }
      .flatMap(\.partitionResponses).first { $0.index == batch.queue.number }
    guard let answer else {
      batch.mayBeWritten = true
      return retry(batch, or: .malformedResponse)
    }
    if answer.errorCode == .none {
      let appendTime = answer.logAppendTimeMs >= 0 ? Timestamp(milliseconds: answer.logAppendTimeMs) : nil
      release(batch)
      return acknowledge(batch, ProduceAcknowledgement(baseOffset: Offset(answer.baseOffset), logAppendTime: appendTime))
    }
    takeLeader(from: answer, response, of: batch.queue)
    refused(batch, with: answer.errorCode, message: answer.errorMessage)
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

  private func refused(_ batch: ProducerBatch, with error: ErrorCode, message: String?) {
    if !error.meansNotAppended(with: configuration.acks) { batch.mayBeWritten = true }
    if error.isInvalidMetadata { cluster.requestUpdate() }
    if error == .messageTooLarge, split(batch) { return }
    guard error.isRetriable else {
      release(batch)
      return finish(batch, .failure(failure(of: batch, .refused(error, message: message))))
    }
    retry(batch, or: .refused(error, message: message))
  }

  private func attemptFailed(_ batch: ProducerBatch, _ failure: ClientRequestFailure) {
    if !failure.wasNotSent { batch.mayBeWritten = true }
    switch failure {
    case .notSent, .disconnected: retry(batch, or: .disconnected)
    case .timedOut: retry(batch, or: .requestTimedOut)
    case .malformed: retry(batch, or: .malformedResponse)
    case .unsupportedVersion: fail(batch, .unsupportedVersion)
    }
  }

  /// Puts a batch back in front of its partition's queue, or fails it where its retries or its time are used up.
  private func retry(_ batch: ProducerBatch, or reason: ProduceFailure.Reason) {
    guard !batch.isDone else { return release(batch) }
    let now = reactor.now
    if case .closed = state { return fail(batch, .closed) }
    guard now < batch.createdAt + configuration.deliveryTimeout else { return fail(batch, .deliveryTimedOut) }
    guard batch.attempts < configuration.retries else { return fail(batch, reason) }
    batch.waitBeforeNextAttempt(until: now + backoff.delay(afterAttempts: Int(batch.attempts) + 1, &random))
    batch.queue.batches.prepend(batch)
    activate(batch.queue)
  }

  /// Replaces a batch that a broker finds too large by smaller ones. False where it cannot be made smaller.
  private func split(_ batch: ProducerBatch) -> Bool {
    guard !batch.isDone, let parts = try? batch.split(makeBuilder: { makeBuilder(capacity: batch.uncompressedSize / 2 + 256) }) else { return false }
    batch.queue.topic.forgetRatio()
    incompleteBatches += parts.count - 1
    for index in flushes.indices where batch.number <= flushes[index].upTo { flushes[index].remaining += parts.count - 1 }
    for part in parts.reversed() { batch.queue.batches.prepend(part) }
    activate(batch.queue)
    return true
  }

  // MARK: Ends

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

  /// Gives a batch's memory back; those who wait for it go on at the end of the pump.
  private func release(_ batch: ProducerBatch) { availableMemory += batch.releaseMemory() }

  func takeMetadata() {
    for topic in topicsInOrder {
      if let metadata = cluster.metadata.topic(topic.name) { topic.take(metadata) } else { topic.loseMetadata() }
      if !topic.waiting.isEmpty { resumeWaitingForMetadata(of: topic) }
    }
    schedulePump()
  }
}
