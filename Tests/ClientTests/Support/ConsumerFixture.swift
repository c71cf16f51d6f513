import Client
import Primitives
import Testing
import Wire

/// A consumer and brokers that serve scripted logs of a topic `t`.
final class ConsumerFixture: ConsumerDelegate {
  let world: TestWorld
  let brokers: [ScriptedBroker]
  let cluster: ScriptedCluster
  let consumer: Consumer
  var logs: [Int32: ScriptedLog] = [:]
  /// Fetch requests in the order of arrival.
  private(set) var fetches: [(broker: NodeID, request: FetchRequest)] = []
  /// What to say instead of the log's answer, by partition; called for each fetch of it.
  var override: (NodeID, Int32, FetchRequest.FetchPartition) -> FetchResponse.PartitionData? = { _, _, _ in nil }
  /// What to say instead of the whole response.
  var overrideResponse: (FetchRequest) -> FetchResponse? = { _ in nil }
  private var sessions: [Int32: [Int32: FetchRequest.FetchPartition]] = [:]
  private var nextSession: Int32 = 100
  private(set) var resets: [(from: Offset?, to: Offset)] = []
  private(set) var truncations: [LogTruncation] = []

  init(
    leaders: [Int32] = [1], brokers count: Int32 = 1, _ configure: (inout ConsumerConfiguration) -> Void = { $0.autoOffsetReset = .earliest }
  ) {
    let world = TestWorld()
    self.world = world
    brokers = (1...count).map { world.addBroker($0) }
    cluster = ScriptedCluster(brokers)
    cluster.addTopic("t", leaders: leaders)
    var configuration = ConsumerConfiguration()
    configuration.connection.bootstrapServers = [brokers[0].address]
    configure(&configuration)
    consumer = Consumer(reactor: world.reactor, configuration: configuration)
    consumer.delegate = self
    for index in leaders.indices { logs[Int32(index)] = ScriptedLog() }
    for broker in brokers { serve(broker) }
  }

  func consumer(_ consumer: Consumer, reset partition: TopicPartition, from former: Offset?, to position: Offset) {
    resets.append((former, position))
  }

  func consumer(_ consumer: Consumer, found truncation: LogTruncation) { truncations.append(truncation) }

  /// The values of one poll, `partition:offset=value`.
  func poll(timeout: Duration = .seconds(5)) throws -> [String] {
    try pollRecords(timeout: timeout).get().slices.flatMap { slice in
      try slice.records().map { "\(slice.partition.partition):\($0.offset)=\($0.value?.text ?? "")" }
    }
  }

  func pollRecords(timeout: Duration = .seconds(5)) -> Result<ConsumerRecords, ConsumerError> {
    var result: Result<ConsumerRecords, ConsumerError>?
    consumer.poll(timeout: timeout) { result = $0 }
    #expect(world.run { result != nil })
    return result ?? .failure(.closed)
  }

  // MARK: Brokers

  private func serve(_ broker: ScriptedBroker) {
    broker.on(FetchRequest.self) { [unowned self] request, answer in
      fetches.append((broker.id, request))
      if let response = overrideResponse(request) { return answer(response) }
      let response = response(to: request, at: broker.id)
      let isEmpty = response.responses.allSatisfy { $0.partitions.allSatisfy { $0.errorCode == .none && $0.records?.isEmpty ?? true } }
      world.schedule(after: isEmpty ? .milliseconds(Int64(request.maxWaitMs)) : .zero) { [unowned self] in
        // Asked anew: something may have come meanwhile.
        answer(isEmpty ? self.response(to: request, at: broker.id, session: response.sessionId) : response)
      }
    }
    broker.on(ListOffsetsRequest.self) { [unowned self] request, answer in
      var response = ListOffsetsResponse()
      response.topics = request.topics.map { topic in
        var entry = ListOffsetsResponse.ListOffsetsTopicResponse()
        entry.name = topic.name
        entry.partitions = topic.partitions.map { self.answer($0, at: broker.id) }
        return entry
      }
      answer(response)
    }
  }

  private func answer(_ question: ListOffsetsRequest.ListOffsetsPartition, at broker: NodeID) -> ListOffsetsResponse.ListOffsetsPartitionResponse {
    var answer = ListOffsetsResponse.ListOffsetsPartitionResponse()
    answer.partitionIndex = question.partitionIndex
    guard cluster.topics[0].partitions[Int(question.partitionIndex)].leader == broker.value, let log = logs[question.partitionIndex] else {
      answer.errorCode = .notLeaderOrFollower
      return answer
    }
    switch question.timestamp {
    case -1: answer.offset = log.end
    case -2: answer.offset = log.start
    default:
      guard let found = log.batches.first(where: { $0.maxTimestamp.milliseconds >= question.timestamp }) else { return answer }
      answer.offset = found.baseOffset.value
      answer.timestamp = found.maxTimestamp.milliseconds
    }
    return answer
  }

  private func response(to request: FetchRequest, at broker: NodeID, session known: Int32? = nil) -> FetchResponse {
    var response = FetchResponse()
    if let known {
      response.sessionId = known
    } else if request.sessionEpoch == 0 {
      nextSession += 1
      response.sessionId = nextSession
      sessions[nextSession] = [:]
    } else {
      response.sessionId = request.sessionId
    }
    var session = sessions[response.sessionId] ?? [:]
    for topic in request.topics { for partition in topic.partitions { session[partition.partition] = partition } }
    for topic in request.forgottenTopicsData { for partition in topic.partitions { session[partition] = nil } }
    sessions[response.sessionId] = session
    var topic = FetchResponse.FetchableTopicResponse()
    topic.topic = "t"
    topic.topicId = cluster.topics[0].id
    for (number, partition) in session.sorted(by: { $0.key < $1.key }) {
      let data = override(broker, number, partition) ?? logs[number]?.answer(to: partition, number)
      if let data, request.sessionEpoch == 0 || data.errorCode != .none || !(data.records?.isEmpty ?? true) { topic.partitions.append(data) }
    }
    if !topic.partitions.isEmpty { response.responses = [topic] }
    return response
  }
}

/// A log that a scripted broker serves.
struct ScriptedLog {
  var start: Int64 = 0
  private(set) var end: Int64 = 0
  private(set) var batches: [RecordBatch] = []
  var aborted: [FetchResponse.AbortedTransaction] = []
  var preferredReadReplica: Int32 = -1

  /// A batch with a record for each value.
  mutating func append(
    _ values: [String], epoch: Int32 = 0, timestamp: Int64 = 0, producer: Int64 = -1, compression: Compression = .none
  ) {
    var builder = RecordBatchBuilder(
      compression: compression, baseOffset: Offset(end), leaderEpoch: LeaderEpoch(epoch), producerID: producer,
      producerEpoch: producer < 0 ? -1 : 0, baseSequence: producer < 0 ? -1 : 0, isTransactional: producer >= 0)
    for value in values { builder.append(timestamp: Timestamp(milliseconds: timestamp), key: nil, value: Bytes(value)) }
    append(builder.build())
  }

  mutating func endTransaction(of producer: Int64, isCommit: Bool) {
    append(RecordBatch.endTransaction(
      EndTransactionMarker(isCommit: isCommit, coordinatorEpoch: 0), producerID: producer, producerEpoch: 0, timestamp: Timestamp(milliseconds: 0),
      baseOffset: Offset(end)).bytes)
  }

  mutating func append(_ bytes: Bytes) {
    guard let batch = try? RecordBatch(bytes) else {
      Issue.record("not a batch")
      return
    }
    batches.append(batch)
    end = batch.nextOffset.value
  }

  mutating func replaceLast(_ bytes: (Bytes) -> Bytes) {
    if let last = batches.popLast(), let batch = try? RecordBatch(bytes(last.bytes)) { batches.append(batch) }
  }

  func answer(to partition: FetchRequest.FetchPartition, _ number: Int32) -> FetchResponse.PartitionData {
    var data = FetchResponse.PartitionData()
    data.partitionIndex = number
    data.highWatermark = end
    data.lastStableOffset = end
    data.logStartOffset = start
    guard partition.fetchOffset >= start, partition.fetchOffset <= end else {
      data.errorCode = .offsetOutOfRange
      return data
    }
    data.preferredReadReplica = preferredReadReplica
    let wanted = batches.filter { $0.lastOffset.value >= partition.fetchOffset }
    data.records = wanted.isEmpty ? .empty : Bytes(joining: wanted.map(\.bytes))
    if preferredReadReplica >= 0 { data.records = .empty }
    data.abortedTransactions = aborted
    return data
  }
}
