import Host
import OrderedCollections
import Primitives
import Wire

extension ReplicaManager {
  /// Raises the log start offsets of partitions that this broker leads, and responds when all live replicas have followed.
  public func deleteRecords(_ request: DeleteRecordsRequest, completion: @escaping (DeleteRecordsResponse) -> Void) {
    let delayed = DelayedDeleteRecords(reactor: reactor, completion: completion)
    // If a partition is named more than once, the last offset counts, as in Kafka, which uses a map.
    var offsets: OrderedDictionary<TopicPartition, Offset> = [:]
    for topic in request.topics {
      for asked in topic.partitions { offsets[TopicPartition(topic.name, asked.partitionIndex)] = Offset(asked.offset) }
    }
    for (name, offset) in offsets {
      do {
        let partition = try replicas.existing(name)
        let target = try partition.deleteRecords(before: offset)
        delayed.add(partition, target)
      } catch {
        delayed.add(name, error)
      }
    }
    delayed.start(timeout: .milliseconds(Int64(request.timeoutMs)))
    wakeWaitingRequests()
  }
}

extension Partition {
  /// Raises this leader's log start offset; -1 stands for the high watermark. Returns the offset that every replica has to reach.
  func deleteRecords(before asked: Offset) throws(ErrorCode) -> Offset {
    let log = try log(inEpoch: .unknown, onlyLeader: true)
    guard configuration.cleanupPolicy.contains(.delete) else { throw .policyViolation }
    let target = asked == .unknown ? highWatermark : asked
    guard target >= 0, target <= highWatermark else {
      mark(.deletionBeyondHighWatermark)
      throw .offsetOutOfRange
    }
    do {
      try log.advanceLogStartOffset(to: target, by: .deleteRecords)
    } catch {
      throw manager.failed(with: error)
    }
    markMoved(.lowWatermark)
    return target
  }

  func wakeDeleteRecords() {
    guard !deleteRecordsWatches.isEmpty else { return }
    let error: ErrorCode = role == .offline ? .kafkaStorageError : role == .leader && !isRemoved ? .none : .notLeaderOrFollower
    let low = error == .none ? lowWatermark : .unknown
    let done = deleteRecordsWatches.filter { error != .none || $0.target <= low }
    deleteRecordsWatches.removeAll { error != .none || $0.target <= low }
    if error == .none { for watch in done { requireDeleted(below: watch.target) } }
    for watch in done { watch.delayed.partitionDone(watch.index, lowWatermark: low, error) }
  }
}
