import Host
import Primitives

extension Producer {
  /// Checks what must hold between two events, until the producer is closed.
  public func checkInvariants(_ check: inout InvariantCheck) {
    guard case .open = state else { return }
    check.require(
      availableMemory >= 0 && availableMemory <= configuration.bufferMemory,
      "producer: \(availableMemory) bytes are left of the \(configuration.bufferMemory) that it may hold")
    check.require(
      blockedRecordCount >= 0 && blockedRecordCount <= incompleteRecordCount,
      "producer: \(blockedRecordCount) records wait for memory or metadata, of \(incompleteRecordCount) that are not answered")
    check.require(blockedRecordCount == 0 || blockTimer != nil, "producer: \(blockedRecordCount) records wait for memory or metadata, and no timer looks after them")
    check.each(of: activeQueues) { queue, check in
      check.require(queue.isActive && queue.inFlight >= 0, "producer: \(queue.words) has batches, \(queue.inFlight) under way, and does not count as one that has")
    }
    check.each(of: topicsInOrder) { topic, check in
      check.each(of: topic.partitions) { queue, check in
        check.require(queue.isActive || queue.batches.isEmpty, "producer: \(queue.batches.count) batches of \(queue.words) wait, and nobody sends them")
      }
    }
    transactions?.checkInvariants(&check)
    guard check.isWhole else { return }
    let blocked = topicsInOrder.reduce(waitingForMemory.count) { $0 + $1.waiting.count }
    check.require(blockedRecordCount == blocked, "producer: \(blockedRecordCount) records count as waiting for memory or metadata, and \(blocked) wait")
  }
}

extension PartitionQueue {
  var words: String { "\(topic.name)-\(number)" }
}

extension Producer {
  /// Checks that nothing is under way that a flush had to wait for.
  func requireFinished(upTo number: UInt64) {
    for queue in activeQueues {
      let waiting = queue.batches.first { $0.number <= number }
      mustHold(waiting == nil, "producer: a flush ends, and a batch of \(waiting?.recordCount ?? 0) records before it waits in \(queue.words)")
    }
    for produce in inFlight {
      let open = produce.batches.first { $0.number <= number && !$0.isDone }
      mustHold(open == nil, "producer: a flush ends, and a batch of \(open?.recordCount ?? 0) records before it has no answer from broker \(produce.broker)")
    }
  }
}
