import Primitives
import Wire

extension Producer {
  func send(_ record: consuming RecordToSend, to topic: ProducerTopic) {
    incompleteRecordCount += 1
    guard case .open = state else { return fail(record, of: topic, ProduceFailure(.closed, .notWritten)) }
    if let refusal = transactions?.refusalOfRecords() { return fail(record, of: topic, ProduceFailure(refusal, .notWritten)) }
    let size = record.sizeBound
    reactor.spend(.send(bytes: size))
    guard size <= configuration.maxRequestSize, size <= configuration.bufferMemory else {
      let limit = min(configuration.maxRequestSize, configuration.bufferMemory)
      return fail(record, of: topic, ProduceFailure(.recordTooLarge(size: size, limit: limit), .notWritten))
    }
    // Waiting records go first: an application sends its records in order.
    guard waitingForMemory.isEmpty, topic.waiting.isEmpty else { return block(record, of: topic) }
    switch append(record, to: topic) {
    case .appended, .failed: return
    case .needsMemory, .needsMetadata: block(record, of: topic)
    }
  }

  /// The result of placing a record into a batch.
  enum Placement {
    case appended
    case failed
    case needsMemory
    /// The topic, or the requested partition, is unknown.
    case needsMetadata
  }

  func append(_ record: borrowing RecordToSend, to topic: ProducerTopic) -> Placement {
    let count = topic.partitionCount
    guard count > 0 else { return .needsMetadata }
    let number: Int32
    if let partition = record.partition {
      guard partition >= 0, partition < count else { return .needsMetadata }
      number = partition
    } else {
      number = choosePartition(for: record, of: topic)
      guard number >= 0, number < count else {
        fail(record, of: topic, ProduceFailure(.noSuchPartition(number, count: count), .notWritten))
        return .failed
      }
    }
    let queue = topic.partitions[Int(number)]
    if let open = queue.batches.last {
      if let size = open.append(record) {
        let isFull = open.isFull
        topic.sticky.appended(size, to: number, isBatchFull: isFull)
        if isFull {
          open.markReady(at: reactor.now, linger: configuration.linger)
          schedulePump()
        }
        return .appended
      }
      open.markReady(at: reactor.now, linger: configuration.linger)
    }
    return appendToNewBatch(record, of: queue)
  }

  private func appendToNewBatch(_ record: borrowing RecordToSend, of queue: PartitionQueue) -> Placement {
    let memory = max(configuration.batchSize, record.sizeBound)
    guard memory <= availableMemory else { return .needsMemory }
    availableMemory -= memory
    incompleteBatches += 1
    nextBatchNumber += 1
    if expiryCheckAt == .distantFuture { expiryCheckAt = reactor.now + configuration.deliveryTimeout }
    let batch = ProducerBatch(
      number: nextBatchNumber, queue: queue, createdAt: reactor.now, sizeLimit: max(configuration.batchSize, memory), reservedMemory: memory,
      builder: makeBuilder(capacity: min(memory, room(forBatchOf: queue))))
    let isFirst = queue.batches.isEmpty
    queue.batches.append(batch)
    queue.wasUsed = true
    activate(queue)
    transactions?.add(queue)
    earlyReuse?.reuse(for: batch)
    if let size = batch.append(record) { queue.topic.sticky.appended(size, to: queue.number, isBatchFull: batch.isFull) }
    if batch.isFull { batch.markReady(at: reactor.now, linger: configuration.linger) }
    if isFirst && !batch.isFull && configuration.linger > .zero {
      pumpTimer.set(at: reactor.now + configuration.linger)
    } else {
      schedulePump()
    }
    return .appended
  }

  /// The space that a batch will probably need, in bytes: slightly more than the last one. It grows if necessary.
  private func room(forBatchOf queue: PartitionQueue) -> Int { queue.lastBatchSize.map { $0 + $0 / 4 } ?? .max }

  func makeBuilder(capacity: Int) -> RecordBatchBuilder {
    RecordBatchBuilder(
      compression: configuration.compression, level: configuration.compressionLevel.map(Int32.init), capacity: capacity, compressor: compressor)
  }

  func activate(_ queue: PartitionQueue) {
    guard !queue.isActive else { return }
    queue.isActive = true
    activeQueues.append(queue)
  }

  // MARK: Partitions

  @inline(__always)
  private func choosePartition(for record: borrowing RecordToSend, of topic: ProducerTopic) -> Int32 {
    switch configuration.partitioning {
    case .default:
      if let key = record.key, !configuration.ignoresKeys { return Client.partition(ofKey: key, among: topic.partitionCount) }
      return topic.sticky.partition { chooseStickyPartition(of: topic) }
    case .roundRobin:
      defer { topic.roundRobin &+= 1 }
      let turn = topic.roundRobin & .max
      return topic.available.isEmpty ? Int32(turn % topic.partitionCount) : topic.available[turn % topic.available.count]
    case .custom(let choose):
      return choose(PartitioningInput(
        topic: topic.name, key: record.key, value: record.value, partitionCount: topic.partitionCount, availablePartitions: topic.available))
    }
  }

  private func chooseStickyPartition(of topic: ProducerTopic) -> Int32 {
    guard !topic.available.isEmpty else { return Int32(random.below(Int64(topic.partitionCount))) }
    let led = topic.available.map { PartitionLoad(partition: $0, queue: topic.partitions[Int($0)].batches.count) }
    // Queue lengths only mean something once every partition has a queue.
    guard configuration.isPartitioningAdaptive, topic.partitionCount > 1,
      topic.partitions.prefix(topic.partitionCount).allSatisfy(\.wasUsed)
    else { return randomPartition(led, isUniform: true, &random) }
    let reachable = led.filter { !isSlow(topic.partitions[Int($0.partition)].leader) }
    return randomPartition(reachable.isEmpty ? led : reachable, isUniform: false, &random)
  }

  /// Whether a broker has not been ready for its waiting batches (`partitioner.availability.timeout.ms`).
  private func isSlow(_ broker: NodeID?) -> Bool {
    guard let timeout = configuration.partitionAvailabilityTimeout, let broker, let load = knownLoad(of: broker) else { return false }
    return load.lastWantedAt - load.lastDrainedAt > timeout
  }
}
