import DequeModule
import Host
import Primitives
import Wire

/// Sends records to the leaders of their partitions, as Kafka's producer does: batched by partition, several requests in flight to each broker,
/// retried after retriable errors until `delivery.timeout.ms`.
///
/// Every record is answered exactly once: the delegate gets whole batches, `completion` closures get single records. A `ProduceFailure` says whether
/// the record may be in the log anyway. Brokers recognise retries by the sequence numbers of batches, so that each is written once and in order, and
/// with a `transactional.id` records are committed together or not at all. Without idempotence (`enable.idempotence=false`) a retry can write a
/// record twice and, with more than one request in flight, after later records; `max.in.flight.requests.per.connection=1` keeps the order.
///
/// Nothing blocks: a record on which Kafka's `send` would block waits in order, and fails after `max.block.ms`.
public final class Producer {
  /// Must live as long as this producer is used, as an owner of it does. A weak reference would slow down every use of the delegate.
  public unowned var delegate: (any ProducerDelegate)?
  public let configuration: ProducerConfiguration

  /// The free part of `buffer.memory`, in bytes.
  public internal(set) var availableMemory: Int
  /// The number of records that wait for memory or metadata. An application that can choose sends no more until it is 0.
  public internal(set) var blockedRecordCount = 0
  /// The number of records that were sent and neither acknowledged nor failed yet, including those that wait.
  public internal(set) var incompleteRecordCount = 0

  let reactor: Reactor
  let cluster: Cluster
  let backoff: RetryBackoff
  let compressor: Compressor
  var random: RandomStream
  /// Nil for a producer that is not idempotent.
  private(set) var transactions: TransactionManager?

  // Accumulated records.
  private var topics: [String: ProducerTopic] = [:]
  /// In the order of their first record, for iteration.
  private(set) var topicsInOrder: [ProducerTopic] = []
  private var lastTopic: ProducerTopic?
  /// The queues with batches.
  var activeQueues: [PartitionQueue] = []
  var nextBatchNumber: UInt64 = 0

  // Blocked records.
  var waitingForMemory: Deque<BlockedRecord> = []
  var nextBlockedNumber: UInt64 = 0
  var blockTimer: ScheduledTimer?

  // Sending.
  var inFlight: [InFlightProduce] = []
  /// In the order in which the brokers were first needed. With few brokers, comparing is faster than hashing.
  private(set) var nodeLoads: [NodeLoad] = []
  /// The requests that are being assembled; empty at other times.
  var drafts: [InFlightProduce] = []
  private var spareProduces: ContiguousArray<InFlightProduce> = []
  /// Reused for each request; without topics at other times.
  var request: ProduceRequest
  var roomForTopics = TopicRoom<ProduceRequest.TopicProduceData>()
  /// What responses are read over.
  let roomForResponses = MessageRoom<ProduceResponse>()
  var isPumpScheduled = false
  var isPumping = false
  private(set) lazy var pumpTimer = EarliestTimer(reactor) { [unowned self] in pump() }
  var drainStart = 0
  /// Nil if memory is reused only after its request has ended.
  let earlyReuse: EarlyReuse?
  /// No batch expires before this instant.
  var expiryCheckAt = Instant.distantFuture

  // Flushing and closing.
  /// Unfinished batches by number, with the number of parts of each.
  var incompleteBatches = 0
  var flushes: [Flush] = []
  var state = State.open

  enum State {
    case open
    /// No more records are accepted. Becomes `closed` when all are finished, or when the time is over.
    case closing(then: () -> Void)
    case closed
  }

  /// Makes a producer on the node that `reactor` serves. It requests metadata when the first record comes.
  public init(reactor: Reactor, configuration: ProducerConfiguration, delegate: (any ProducerDelegate)? = nil) {
    self.reactor = reactor
    self.configuration = configuration
    self.delegate = delegate
    availableMemory = configuration.bufferMemory
    request = ProduceRequest()
    request.acks = configuration.acks.rawValue
    request.timeoutMs = Int32(clamping: configuration.connection.requestTimeout.milliseconds)
    backoff = RetryBackoff(configuration.connection)
    compressor = Compressor()
    earlyReuse = configuration.switches.freeOnCompleteOnly ? nil : EarlyReuse()
    random = RandomStream(seed: reactor.host.random.next(), purpose: "producer")
    cluster = Cluster(reactor: reactor, configuration: configuration.connection, allowsAutoTopicCreation: true)
    cluster.metadataChanged = { [weak self] in self?.takeMetadata() }
    cluster.becameReady = { [weak self] in self?.schedulePump() }
    cluster.refused = { [weak self] topic, error in self?.refuse(topic, error) }
    if configuration.isIdempotent { transactions = TransactionManager(self) }
  }

  /// This producer's view of the cluster.
  public var metadata: ClusterMetadata { cluster.metadata }

  /// Sends a record. The delegate's calls return `token`.
  ///
  /// Costs no allocation if the partition's open batch has room. Without a timestamp the record gets that of the wall clock.
  public func send(
    topic name: String, partition: Int32? = nil, timestamp: Timestamp? = nil, key: consuming Bytes? = nil, value: consuming Bytes?,
    headers: consuming [RecordHeader] = [], token: UInt64 = 0
  ) {
    let record = RecordToSend(
      partition: partition, timestamp: timestamp ?? reactor.wallClock, key: key, value: value, headers: headers, token: token, completion: nil)
    send(record, to: topic(named: name))
  }

  /// Sends a record with its own completion, which runs before the delegate gets the batch.
  public func send(
    topic name: String, partition: Int32? = nil, timestamp: Timestamp? = nil, key: consuming Bytes? = nil, value: consuming Bytes?,
    headers: consuming [RecordHeader] = [], token: UInt64 = 0, completion: @escaping (Result<RecordMetadata, ProduceFailure>) -> Void
  ) {
    let record = RecordToSend(
      partition: partition, timestamp: timestamp ?? reactor.wallClock, key: key, value: value, headers: headers, token: token,
      completion: completion)
    send(record, to: topic(named: name))
  }

  /// Whether any records for a partition are neither acknowledged nor failed yet, or wait for metadata that determines their partition.
  public func isWaiting(for partition: TopicPartition) -> Bool {
    guard let topic = topics[partition.topic] else { return false }
    if !topic.waiting.isEmpty { return true }
    guard topic.partitions.indices.contains(Int(partition.partition)) else { return false }
    let queue = topic.partitions[Int(partition.partition)]
    return !queue.batches.isEmpty || queue.inFlight > 0
  }

  private func topic(named name: String) -> ProducerTopic {
    if let lastTopic, lastTopic.name == name { return lastTopic }
    let topic = topics[name] ?? addTopic(name)
    lastTopic = topic
    return topic
  }

  private func addTopic(_ name: String) -> ProducerTopic {
    let topic = ProducerTopic(name: name, batchSize: configuration.batchSize, isCompressed: configuration.compression != .none)
    topics[name] = topic
    topicsInOrder.append(topic)
    if let metadata = cluster.metadata.topic(name) { topic.take(metadata) }
    return topic
  }

  /// The traffic with a broker; nil if nothing was sent to it yet.
  func knownLoad(of broker: NodeID) -> NodeLoad? { nodeLoads.first { $0.broker == broker } }

  func load(of broker: NodeID) -> NodeLoad {
    if let known = knownLoad(of: broker) { return known }
    let load = NodeLoad(broker, of: self)
    nodeLoads.append(load)
    return load
  }

  /// A request without batches, to a broker.
  func makeProduce(to load: NodeLoad) -> InFlightProduce {
    guard let spare = spareProduces.popLast() else { return InFlightProduce(to: load) }
    spare.begin(to: load)
    return spare
  }

  /// Keeps a request that has ended for the next one.
  func keep(_ produce: InFlightProduce) {
    produce.end()
    if spareProduces.count < Self.mostSpare { spareProduces.append(produce) }
  }

  private static let mostSpare = 16

  func knownTopic(_ name: String) -> ProducerTopic? { topics[name] }
}
