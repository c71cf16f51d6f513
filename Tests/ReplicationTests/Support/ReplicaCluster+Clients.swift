import Host
import Log
import Primitives
import Replication
import Wire

/// The outcome of something that is answered later.
final class Answer<Value> {
  private(set) var value: Value?
  private(set) var count = 0
  func set(_ value: Value) {
    self.value = value
    count += 1
  }
}

/// A batch with one record for each text.
func batch(
  _ texts: String..., producerID: Int64 = -1, producerEpoch: Int16 = -1, baseSequence: Int32 = -1, isTransactional: Bool = false
) -> Bytes {
  var builder = RecordBatchBuilder(
    baseOffset: 0, leaderEpoch: 0, producerID: producerID, producerEpoch: producerEpoch, baseSequence: baseSequence,
    isTransactional: isTransactional)
  for text in texts { builder.append(timestamp: Timestamp(milliseconds: 1_767_225_600_000), key: nil, value: Bytes(text)) }
  return builder.build()
}

extension ReplicaCluster {
  @discardableResult
  func produce(_ texts: String..., to leader: NodeID, acks: Int16 = -1, timeout: Duration = .seconds(30)) -> Answer<AppendOutcome> {
    var builder = RecordBatchBuilder(baseOffset: 0, leaderEpoch: 0)
    for text in texts { builder.append(timestamp: broker(leader).reactor.wallClock, key: nil, value: Bytes(text)) }
    return produce(builder.build(), to: leader, acks: acks, timeout: timeout)
  }

  @discardableResult
  func produce(
    _ records: Bytes, to leader: NodeID, acks: Int16 = -1, timeout: Duration = .seconds(30), origin: AppendOrigin = .client
  ) -> Answer<AppendOutcome> {
    let answer = Answer<AppendOutcome>()
    manager(leader).append(requiredAcks: acks, timeout: timeout, origin: origin, entries: [AppendEntry(partition: state.id, records: records)]) {
      answer.set($0[0])
    }
    return answer
  }

  /// A consumer's fetch of `t-0` at the newest version, without a session unless `change` asks for one.
  @discardableResult
  func consume(
    from broker: NodeID, at offset: Offset, version: Int16 = 18, maxWait: Duration = .zero,
    _ change: (inout FetchRequest) -> Void = { _ in }
  ) -> Answer<FetchResponse> {
    var position = FetchRequest.FetchPartition()
    position.fetchOffset = offset.value
    position.partitionMaxBytes = 1_048_576
    var topic = FetchRequest.FetchTopic()
    topic.topic = version >= 13 ? "" : state.topic
    topic.topicId = version >= 13 ? state.topicID : .zero
    topic.partitions = [position]
    var request = FetchRequest()
    request.maxWaitMs = Int32(maxWait.milliseconds)
    request.minBytes = 1
    request.maxBytes = 52_428_800
    request.topics = [topic]
    change(&request)
    let answer = Answer<FetchResponse>()
    manager(broker).fetch(request, for: FetchClient(version: version) { answer.set($0) })
    return answer
  }

  /// What ListOffsets says, to a consumer unless `replica` asks.
  func listOffset(at broker: NodeID, _ timestamp: Int64, version: Int16 = 11, isCommittedOnly: Bool = false) -> ListOffsetsResponse.ListOffsetsPartitionResponse {
    var asked = ListOffsetsRequest.ListOffsetsPartition()
    asked.timestamp = timestamp
    var topic = ListOffsetsRequest.ListOffsetsTopic()
    topic.name = state.topic
    topic.partitions = [asked]
    var request = ListOffsetsRequest()
    request.replicaId = -1
    request.isolationLevel = isCommittedOnly ? 1 : 0
    request.topics = [topic]
    return manager(broker).listOffsets(request, version: version).topics[0].partitions[0]
  }

  /// The log of a replica as `text@epoch`, in the order of the offsets.
  func log(_ id: NodeID) -> [String] {
    guard let log = partition(id).log else { return [] }
    var content: [String] = []
    var offset = log.logStartOffset
    while offset < log.logEndOffset, let slice = try? log.read(from: offset, upTo: log.logEndOffset, maxBytes: 1 << 20, minOneBatch: true), !slice.isEmpty {
      for batch in (try? RecordBatch.splitting(slice.records)) ?? [] {
        for record in (try? batch.records()) ?? [] where record.offset >= offset { content.append("\(record.value?.text ?? "-")@\(batch.partitionLeaderEpoch)") }
      }
      offset = slice.nextOffset
    }
    return content
  }
}

extension FetchResponse {
  /// The only partition of a response.
  var partition: PartitionData? { responses.first?.partitions.first }

  var texts: [String] {
    ((try? RecordBatch.splitting(partition?.records ?? .empty)) ?? []).flatMap { batch in
      ((try? batch.records()) ?? []).map { $0.value?.text ?? "-" }
    }
  }
}
