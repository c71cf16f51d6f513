import Primitives

/// A group of any kind. An id belongs to one group at a time.
public enum Group: Sendable {
  case classic(ClassicGroup)
  /// Of the protocol of KIP-848.
  case consumer(ConsumerGroup)

  /// Changes a classic group where it stands; nil where it is of another kind.
  var classic: ClassicGroup? {
    get {
      switch self {
      case .classic(let group): group
      case .consumer: nil
      }
    }
    _modify {
      switch self {
      case .classic(let group):
        // Nobody else holds the group while it is changed, so nothing of it is copied.
        self = .classic(.vacant)
        var changed: ClassicGroup? = group
        defer { if let changed { self = .classic(changed) } }
        yield &changed
      case .consumer:
        var none: ClassicGroup?
        yield &none
      }
    }
  }

  /// No event of the group is due before this instant. May lie too early.
  var earliestDeadline: Instant {
    switch self {
    case .classic(let group): group.earliestDeadline
    case .consumer(let group): group.nextDeadline
    }
  }
}
