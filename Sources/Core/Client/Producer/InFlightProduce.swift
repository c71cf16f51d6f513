import Primitives
import Wire

/// What a producer knows of its traffic with one broker.
final class NodeLoad {
  let broker: NodeID
  /// Nil if a response arrives after the producer is gone. Stored here, because a weak reference in each request would cost more than everything else
  /// about its response.
  private(set) weak var producer: Producer?
  /// The number of unanswered requests.
  var inFlight = 0
  /// When a batch for the broker was last due, and when one was last sent (`partitioner.availability.timeout.ms`).
  var lastWantedAt = Instant(nanoseconds: 0)
  var lastDrainedAt = Instant(nanoseconds: 0)

  init(_ broker: NodeID, of producer: Producer) {
    self.broker = broker
    self.producer = producer
  }
}

/// The batches that go to one broker in one request, while it is being assembled and in flight. Used for one request after another.
final class InFlightProduce {
  private(set) var load: NodeLoad
  private(set) var batches: [ProducerBatch] = []
  private var size = 0

  init(to load: NodeLoad) { self.load = load }

  /// Takes up another request, once the last one has ended.
  func begin(to load: NodeLoad) { self.load = load }

  /// Lets go of the batches.
  func end() {
    batches.empty()
    size = 0
  }

  var broker: NodeID { load.broker }

  /// Whether a batch still fits; the first one always does.
  func hasRoom(for batch: ProducerBatch, limit: Int) -> Bool { batches.isEmpty || size + batch.estimatedSize <= limit }

  func add(_ batch: ProducerBatch) {
    size += batch.build().count
    batches.append(batch)
  }

  /// Fills the batches into an empty request. Returns the newest version that can carry them: version 13 identifies topics only by id.
  func fill(_ request: inout ProduceRequest, _ room: inout TopicRoom<ProduceRequest.TopicProduceData>) -> Int16 {
    request.topicData = room.takeTopics()
    for batch in batches {
      var partition = ProduceRequest.PartitionProduceData()
      partition.index = batch.queue.number
      partition.records = batch.content
      let topic = batch.queue.topic
      let data = request.topicData.group(
        where: { $0.name == topic.name },
        or: .init {
          $0.name = topic.name
          $0.topicId = topic.id
          $0.partitionData = room.takePartitions()
        })
      request.topicData[data].partitionData.append(partition)
    }
    return request.topicData.contains { $0.topicId == .zero } ? 12 : .max
  }
}
