import Coordination
import Primitives

/// A group of any kind. An id belongs to one group at a time.
public enum Group: Sendable {
  case classic(ClassicGroup)
  /// Of the protocol of KIP-848.
  case consumer(ConsumerGroup)

  /// nil where it is of another kind, which setting it leaves as it is.
  var classic: ClassicGroup? {
    get { if case .classic(let group) = self { group } else { nil } }
    set { if case .classic = self, let newValue { self = .classic(newValue) } }
  }

  /// Whether the group is there and has no members.
  var isEmpty: Bool {
    switch self {
    case .classic(let group): group.isEmpty
    case .consumer(let group): group.members.isEmpty
    }
  }

  /// No event of the group is due before this instant. May lie too early.
  var earliestDeadline: Instant {
    switch self {
    case .classic(let group): group.earliestDeadline
    case .consumer(let group): group.nextDeadline
    }
  }

  /// Who would delete the group must find it empty.
  func checkDeletion() throws(Refusal) {
    switch self {
    case .classic(let group): try group.checkDeletion()
    case .consumer(let group): try group.checkDeletion()
    }
  }
}
