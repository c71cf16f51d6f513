import Host
import Primitives
import Wire

/// A DeleteRecords request that waits until every live replica has raised its log start offset.
final class DelayedDeleteRecords {
  private var results: [(name: TopicPartition, lowWatermark: Offset, error: ErrorCode)] = []
  private var waits: [(partition: Partition, index: Int)] = []
  private var pending = 0
  private let reactor: Reactor
  private var timer: ScheduledTimer?
  private var completion: ((DeleteRecordsResponse) -> Void)?

  init(reactor: Reactor, completion: @escaping (DeleteRecordsResponse) -> Void) {
    self.reactor = reactor
    self.completion = completion
  }

  func add(_ name: TopicPartition, _ error: ErrorCode) { results.append((name, .unknown, error)) }

  func add(_ partition: Partition, _ target: Offset) {
    results.append((partition.topicPartition, .unknown, .requestTimedOut))
    pending += 1
    waits.append((partition, results.count - 1))
    partition.deleteRecordsWatches.append(DeleteRecordsWatch(delayed: self, index: results.count - 1, target: target))
  }

  func start(timeout: Duration) {
    guard pending > 0 else { return finish() }
    timer = reactor.after(timeout) { [self] in
      mark(.deletionTimedOut)
      timer = nil
      for (partition, index) in waits {
        partition.deleteRecordsWatches.removeAll { $0.delayed === self && $0.index == index }
      }
      finish()
    }
  }

  func partitionDone(_ index: Int, lowWatermark: Offset, _ error: ErrorCode) {
    results[index].lowWatermark = lowWatermark
    results[index].error = error
    pending -= 1
    if pending == 0 { finish() }
  }

  private func finish() {
    reactor.cancel(timer)
    timer = nil
    let completion = completion
    self.completion = nil
    completion?(response)
  }

  private var response: DeleteRecordsResponse {
    var response = DeleteRecordsResponse()
    for result in results {
      var partition = DeleteRecordsResponse.DeleteRecordsPartitionResult()
      partition.partitionIndex = result.name.partition
      partition.lowWatermark = result.lowWatermark.value
      partition.errorCode = result.error
      let topic = response.topics.lastGroup(where: { $0.name == result.name.topic }, or: .init { $0.name = result.name.topic })
      response.topics[topic].partitions.append(partition)
    }
    return response
  }
}

/// A delayed DeleteRecords, as one of its partitions knows it.
struct DeleteRecordsWatch {
  let delayed: DelayedDeleteRecords
  let index: Int
  /// The low watermark that ends the wait.
  let target: Offset
}
