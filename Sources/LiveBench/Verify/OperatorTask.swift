import Host
import Live
import Primitives
import Synchronization
import Trials

/// An operator's request to the cluster, running on another thread.
final class OperatorTask: RunningTask, Sendable {
  private let ending = Mutex<TaskEnding?>(nil)

  func end(_ ending: TaskEnding) { self.ending.withLock { $0 = ending } }

  func poll() -> TaskEnding? { ending.withLock { $0 } }
}

/// Offsets of groups that an operator set, with their times.
final class OffsetResets: Sendable {
  struct Reset: Sendable {
    let at: Instant
    let group: String
    /// nil stands for all partitions of the group.
    let offsets: [(partition: TopicPartition, offset: Offset)]?
  }

  private let resets = Mutex<[Reset]>([])

  func add(_ offsets: [(partition: TopicPartition, offset: Offset)]?, of group: String) {
    resets.withLock { $0.append(Reset(at: .ofMachine, group: group, offsets: offsets)) }
  }

  var all: [Reset] { resets.withLock { $0 } }
}
