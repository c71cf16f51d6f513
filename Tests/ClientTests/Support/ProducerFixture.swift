import Client
import Primitives
import Testing
import Wire

/// A producer, one or more brokers with a topic `t`, and what became of the records.
final class ProducerFixture: ProducerDelegate {
  let world: TestWorld
  let brokers: [ScriptedBroker]
  let cluster: ScriptedCluster
  let producer: Producer
  /// Produce requests in the order of arrival, with the way to answer them.
  private(set) var requests: [ProduceCall] = []
  /// Whether requests are answered by a log that takes everything.
  var answersByItself = true
  private var ends: [TopicPartition: Int64] = [:]
  /// What the log took: partition and tokens' values in the order of their offsets.
  private(set) var log: [TopicPartition: [String]] = [:]

  private(set) var acknowledged: [AcknowledgedBatch] = []
  private(set) var failed: [FailedBatch] = []
  /// How often the producer told that nothing waits any more.
  private(set) var roomCount = 0

  init(leaders: [Int32] = [1], brokers count: Int32 = 1, seed: UInt64 = 1, _ configure: (inout ProducerConfiguration) -> Void = { _ in }) {
    let world = TestWorld(seed: seed)
    self.world = world
    brokers = (1...count).map { world.addBroker($0) }
    cluster = ScriptedCluster(brokers)
    cluster.addTopic("t", leaders: leaders)
    var configuration = ProducerConfiguration()
    configuration.connection.bootstrapServers = [brokers[0].address]
    // Whoever tests numbers and ids has a coordinator that gives them out.
    configuration.isIdempotent = false
    configure(&configuration)
    producer = Producer(reactor: world.reactor, configuration: configuration)
    producer.delegate = self
    for broker in brokers {
      broker.on(ProduceRequest.self) { [unowned self] request, answer in
        let call = ProduceCall(broker: broker.id, request: request, cluster: cluster, answer: answer)
        requests.append(call)
        if answersByItself { accept(call) }
      }
    }
  }

  func producer(_ producer: Producer, acknowledged batch: AcknowledgedBatch) { acknowledged.append(batch) }
  func producer(_ producer: Producer, failed batch: FailedBatch) { failed.append(batch) }
  func producerHasRoom(_ producer: Producer) { roomCount += 1 }

  /// Appends what a request holds; with acks other than 0 answers, too.
  func accept(_ call: ProduceCall) {
    call.respond { partition, records in
      let end = self.ends[partition] ?? 0
      let values = (try? RecordBatch.splitting(records).flatMap { try $0.records() }) ?? []
      self.log[partition, default: []] += values.map { $0.value?.text ?? "" }
      self.ends[partition] = end + Int64(values.count)
      return (.none, end)
    }
  }

  /// Appends without answering: the response is lost.
  func acceptSilently(_ call: ProduceCall) {
    let silent = ProduceCall(broker: call.broker, request: call.request, cluster: cluster) { _ in }
    accept(silent)
  }

  var acknowledgedTokens: [UInt64] { acknowledged.flatMap(\.tokens) }
  var failedTokens: [UInt64] { failed.flatMap(\.tokens) }
}

/// A Produce request that waits for its answer.
struct ProduceCall {
  let broker: NodeID
  let request: ProduceRequest
  let cluster: ScriptedCluster
  let answer: (ProduceResponse) -> Void

  var partitions: [(partition: TopicPartition, records: Bytes)] {
    request.topicData.flatMap { topic in
      let name = topic.name.isEmpty ? cluster.topics.first { $0.id == topic.topicId }?.name ?? "?" : topic.name
      return topic.partitionData.map { (TopicPartition(name, $0.index), $0.records ?? .empty) }
    }
  }

  func recordCount() throws -> Int {
    try partitions.reduce(0) { try $0 + RecordBatch.splitting($1.records).reduce(0) { $0 + Int($1.recordCount) } }
  }

  func fail(_ error: ErrorCode, logStartOffset: Int64 = -1) { respond(logStartOffset: logStartOffset) { _, _ in (error, -1) } }

  func respond(logStartOffset: Int64 = -1, _ decide: (TopicPartition, Bytes) -> (error: ErrorCode, baseOffset: Int64)) {
    var response = ProduceResponse()
    for topic in request.topicData {
      var entry = ProduceResponse.TopicProduceResponse()
      entry.name = topic.name
      entry.topicId = topic.topicId
      let name = topic.name.isEmpty ? cluster.topics.first { $0.id == topic.topicId }?.name ?? "?" : topic.name
      for data in topic.partitionData {
        var partition = ProduceResponse.PartitionProduceResponse()
        partition.index = data.index
        partition.logStartOffset = logStartOffset
        (partition.errorCode, partition.baseOffset) = decide(TopicPartition(name, data.index), data.records ?? .empty)
        entry.partitionResponses.append(partition)
      }
      response.responses.append(entry)
    }
    answer(response)
  }
}
