import Primitives
import Wire

/// Records on which Kafka's `send` would block.
extension Producer {
  func block(_ record: consuming RecordToSend, of topic: ProducerTopic) {
    nextBlockedNumber += 1
    blockedRecordCount += 1
    let waitsForMemory = topic.waiting.isEmpty && needsNoMetadata(record, of: topic)
    let blocked = BlockedRecord(
      number: nextBlockedNumber, topic: topic, deadline: reactor.now + configuration.maxBlock, record: record)
    if waitsForMemory {
      waitingForMemory.append(blocked)
      // Everything is due now: only sending frees memory.
      schedulePump()
    } else {
      topic.waiting.append(blocked)
      cluster.follow(CollectionOfOne(topic.name))
      // A producer id is requested in the meantime.
      if transactions != nil { schedulePump() }
      if topic.partitionCount > 0 { cluster.requestUpdate() }
    }
    watchBlocked()
  }

  private func needsNoMetadata(_ record: borrowing RecordToSend, of topic: ProducerTopic) -> Bool {
    topic.partitionCount > 0 && (record.partition.map { $0 < topic.partitionCount } ?? true)
  }

  /// Continues with the records that wait for memory, in order.
  func resumeWaitingForMemory() {
    var hasProgress = false
    while let first = waitingForMemory.first {
      switch append(first.record, to: first.topic) {
      case .needsMemory:
        // Batches that were just opened are due at once while others wait.
        if hasProgress { schedulePump() }
        return
      case .needsMetadata:
        // The topic lost its metadata in the meantime.
        mark(.topicLostMetadata)
        waitingForMemory.removeFirst()
        first.topic.waiting.append(first)
      case .appended, .failed:
        waitingForMemory.removeFirst()
        blockedRecordCount -= 1
        tellRoom()
        hasProgress = true
      }
    }
    startDueFlushes()
  }

  private func tellRoom() {
    if blockedRecordCount == 0 { delegate?.producerHasRoom(self) }
  }

  /// Continues with the records that wait for a topic's metadata.
  func resumeWaitingForMetadata(of topic: ProducerTopic) {
    while let first = topic.waiting.first, needsNoMetadata(first.record, of: topic) {
      topic.waiting.removeFirst()
      waitingForMemory.append(first)
    }
    if !topic.waiting.isEmpty { cluster.requestUpdate() }
    resumeWaitingForMemory()
  }

  /// Handles a broker's final refusal of the topic.
  func refuse(_ name: String, _ error: ErrorCode) {
    guard let topic = knownTopic(name) else { return }
    topic.loseMetadata()
    let waiting = topic.waiting
    topic.waiting.removeAll()
    for blocked in waiting { failBlocked(blocked, ProduceFailure(.refused(error, message: nil), .notWritten)) }
    startDueFlushes()
  }

  // MARK: max.block.ms

  private func watchBlocked() {
    guard blockTimer == nil, let earliest = earliestDeadline() else { return }
    blockTimer = reactor.after(earliest - reactor.now) { [weak self] in
      guard let self else { return }
      blockTimer = nil
      expireBlocked()
      watchBlocked()
    }
  }

  private func earliestDeadline() -> Instant? {
    var earliest = waitingForMemory.first?.deadline
    for topic in topicsInOrder {
      if let deadline = topic.waiting.first?.deadline { earliest = min(earliest ?? deadline, deadline) }
    }
    return earliest
  }

  private func expireBlocked() {
    let now = reactor.now
    for topic in topicsInOrder {
      while let first = topic.waiting.first, first.deadline <= now {
        mark(.recordWithoutMetadata)
        topic.waiting.removeFirst()
        failBlocked(first, ProduceFailure(.metadataUnavailable, .notWritten))
      }
    }
    while let first = waitingForMemory.first, first.deadline <= now {
      mark(.recordWithoutMemory)
      waitingForMemory.removeFirst()
      failBlocked(first, ProduceFailure(.bufferExhausted, .notWritten))
    }
    resumeWaitingForMemory()
  }

  func failAllBlocked(_ failure: ProduceFailure) {
    guard blockedRecordCount > 0 else { return }
    for topic in topicsInOrder {
      let waiting = topic.waiting
      topic.waiting.removeAll()
      for blocked in waiting { failBlocked(blocked, failure) }
    }
    let waiting = waitingForMemory
    waitingForMemory.removeAll()
    for blocked in waiting { failBlocked(blocked, failure) }
    startDueFlushes()
  }

  func failBlocked(_ blocked: BlockedRecord, _ failure: ProduceFailure) {
    blockedRecordCount -= 1
    fail(blocked.record, of: blocked.topic, failure)
    tellRoom()
  }

  /// Fails a record that is in no batch.
  func fail(_ record: borrowing RecordToSend, of topic: ProducerTopic, _ failure: ProduceFailure) {
    incompleteRecordCount -= 1
    transactions?.recordFailed(failure.reason)
    record.completion?(.failure(failure))
    delegate?.producer(self, failed: FailedBatch(
      topic: topic.name, topicID: .zero, partition: record.partition, failure: failure, tokens: [record.token], life: nil))
  }
}
