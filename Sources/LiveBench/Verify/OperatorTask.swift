import Host
import Live
import Primitives
import Synchronization
import Trials

/// Something that an operator asked the cluster for, on another thread.
final class OperatorTask: RunningTask, Sendable {
  private let ending = Mutex<TaskEnding?>(nil)

  func end(_ ending: TaskEnding) { self.ending.withLock { $0 = ending } }

  func poll() -> TaskEnding? { ending.withLock { $0 } }
}

/// Offsets of groups that an operator set, and when.
final class OffsetResets: Sendable {
  struct Reset: Sendable {
    let at: Instant
    let group: String
    /// nil for all that the group has.
    let offsets: [(partition: TopicPartition, offset: Offset)]?
  }

  private let resets = Mutex<[Reset]>([])

  func note(_ offsets: [(partition: TopicPartition, offset: Offset)]?, of group: String) {
    resets.withLock { $0.append(Reset(at: .ofMachine, group: group, offsets: offsets)) }
  }

  var all: [Reset] { resets.withLock { $0 } }
}
