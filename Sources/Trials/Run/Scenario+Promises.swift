import Workloads

extension Scenario {
  /// Whether the settings of a trial promise a guarantee, for scenarios that draw their settings.
  ///
  /// - What acks=1 or an unclean election may lose is a matter of `durability` alone, which knows what was permitted: `lost-write` and `unseen` ask for it without looking.
  /// - What acks=1 or acks=0 acknowledged may be gone, or come again, and another record at its offset.
  /// - A producer that retries without idempotence may write a record twice, and with several requests in flight in another order.
  /// - After an unclean election another log than the one that clients saw is in force, so that everything about offsets, groups and transactions may have gone back.
  ///
  /// - Parameter hadUncleanElection: whether a leader was elected that may lack records.
  func isPromised(_ guarantee: Guarantee, hadUncleanElection: Bool) -> Bool {
    let mostInFlight = workload.map(\.repeatedInFlight).max() ?? 0
    let isAcknowledgedByAll = workload.compactMap(\.application.producer).allSatisfy { $0.acks == .all }
    switch guarantee {
    case .lostWrite, .unseen: return false
    case .duplicate: return mostInFlight == 0 && !hadUncleanElection
    case .reorder, .nonmonotonicSend: return mostInFlight < 2 && isAcknowledgedByAll && !hadUncleanElection
    case .inconsistentOffsets: return isAcknowledgedByAll && !hadUncleanElection
    case .durability, .replicaDivergence, .oneLeaderPerEpoch, .acknowledgedChanges, .oneControllerPerEpoch, .activeController, .committedMetadata, .liveness, .availability,
      .invariants:
      return true
    default: return !hadUncleanElection
    }
  }
}
