import Coordination
import Primitives

/// A group of either kind. An id belongs to one group at a time.
public enum Group: Sendable {
  case classic(ClassicGroup)
  /// A group of the KIP-848 protocol.
  case consumer(ConsumerGroup)

  /// The classic group; nil for the other kind, which stays unchanged when this is set.
  var classic: ClassicGroup? {
    get { if case .classic(let group) = self { group } else { nil } }
    set { if case .classic = self, let newValue { self = .classic(newValue) } }
  }

  /// Whether the group exists and has no members.
  var isEmpty: Bool {
    switch self {
    case .classic(let group): group.isEmpty
    case .consumer(let group): group.members.isEmpty
    }
  }

  /// The earliest instant at which an event of the group is due. May be too early.
  var earliestDeadline: Instant {
    switch self {
    case .classic(let group): group.earliestDeadline
    case .consumer(let group): group.nextDeadline
    }
  }

  /// Throws unless the group is empty: only an empty group may be deleted.
  func checkDeletion() throws(Refusal) {
    switch self {
    case .classic(let group): try group.checkDeletion()
    case .consumer(let group): try group.checkDeletion()
    }
  }
}
