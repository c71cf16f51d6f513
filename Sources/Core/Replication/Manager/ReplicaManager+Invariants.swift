import Host
import Primitives

extension ReplicaManager {
  /// Checks what must hold between two events of this broker. After a disk failure nothing is checked: the broker ends.
  public func checkInvariants(_ check: inout InvariantCheck) {
    guard !isDiskFailed else { return }
    check.require(moved.isEmpty, "broker \(localID): \(moved.count) partitions moved, and nobody looked at the requests that wait for them")
    if check.isWhole { replicas.table.checkInvariants(&check, of: localID) }
    check.each(of: replicas.table.all) { partition, check in partition.checkInvariants(&check) }
    sessions.checkInvariants(&check, of: localID)
    fetchers.checkInvariants(&check)
    changes.checkInvariants(&check)
    fetchDeadlines.checkInvariants(&check, of: "broker \(localID): a fetch")
    produceDeadlines.checkInvariants(&check, of: "broker \(localID): an append")
    sender.checkInvariants(&check)
    logManager.checkInvariants(&check)
  }
}

extension PartitionTable {
  func checkInvariants(_ check: inout InvariantCheck, of broker: NodeID) {
    for partition in all {
      check.require(!partition.isRemoved, "broker \(broker): \(partition.topicPartition) was removed, and is one of its replicas")
      check.require(self[partition.id] === partition, "broker \(broker): \(partition.topicPartition) is not found by the id of its topic")
    }
  }
}

extension PartitionChangeQueue {
  func checkInvariants(_ check: inout InvariantCheck) {
    check.require(
      waiting.isEmpty || isUnderWay || isShutDown, "broker \(localID): \(waiting.count) ISR proposals wait, and nothing is under way to the controller")
  }
}

extension Deadlines {
  /// - Parameter operation: The waiting operation, as text.
  func checkInvariants(_ check: inout InvariantCheck, of operation: @autoclosure () -> String) {
    guard let first = earliest else { return }
    check.require(timer.due.map { $0 <= first } ?? false, "\(operation()) has to be answered at \(first), and no timer looks after it")
    guard check.isWhole else { return }
    check.requireOrder(of: entries, { $0.deadline <= $1.deadline }) {
      "\(operation()) that has to be answered at \($1.deadline) stands behind one that has time until \($0.deadline)"
    }
  }
}
