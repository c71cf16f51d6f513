import Primitives
import Wire

/// A Produce request under way.
final class InFlightProduce {
  let broker: NodeID
  let batches: [ProducerBatch]

  init(broker: NodeID, batches: [ProducerBatch]) {
    self.broker = broker
    self.batches = batches
  }
}

/// What a producer knows of its traffic with one broker.
struct NodeLoad {
  /// Requests that are not answered yet.
  var inFlight = 0
  /// When a batch for it last was due, and when one last went out (`partitioner.availability.timeout.ms`).
  var lastWantedAt = Instant(nanoseconds: 0)
  var lastDrainedAt = Instant(nanoseconds: 0)
}

/// The batches that go to one broker in one request, while it is put together.
struct ProduceRequestDraft {
  let broker: NodeID
  private(set) var batches: [ProducerBatch] = []
  private var size = 0

  init(broker: NodeID) { self.broker = broker }

  /// Whether a batch still fits; the first one always does.
  func hasRoom(for batch: ProducerBatch, limit: Int) -> Bool { batches.isEmpty || size + batch.estimatedSize <= limit }

  mutating func add(_ batch: ProducerBatch) {
    size += batch.build().count
    batches.append(batch)
  }

  /// The request, and the newest version that can carry it: version 13 names topics by their ids alone.
  func request(acks: Acknowledgement, timeout: Duration) -> (request: ProduceRequest, limit: Int16) {
    var request = ProduceRequest()
    request.acks = acks.rawValue
    request.timeoutMs = Int32(clamping: timeout.milliseconds)
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
        })
      request.topicData[data].partitionData.append(partition)
    }
    return (request, request.topicData.contains { $0.topicId == .zero } ? 12 : .max)
  }
}
