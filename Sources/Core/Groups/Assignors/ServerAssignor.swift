/// The assignors of a coordinator (KIP-848). Pure functions: the same subscription and the same previous target give the same target.
public enum ServerAssignor: String, Sendable, CaseIterable {
  /// Balances all topics evenly, and moves as little as that allows (`UniformAssignor`).
  case uniform
  /// Assigns the same numbers of different topics to the same member, regardless of the previous target (`RangeAssignor`).
  case range

  /// Computes the target of each member, in the order of the members.
  public func assign(_ subscription: GroupSubscription) -> [PartitionAssignment] {
    if subscription.members.isEmpty { return [] }
    return switch self {
    case .range: RangeAssignor.assign(subscription)
    case .uniform where subscription.isHomogeneous: UniformHomogeneousAssignor.assign(subscription)
    case .uniform: UniformHeterogeneousAssignor.assign(subscription)
    }
  }
}
