import Workloads

extension Scenario {
  /// Whether the settings of a trial promise a guarantee, for scenarios that draw their settings.
  ///
  /// - What acks=1 or an unclean election may lose is a matter of `durability` alone, which knows what was permitted: `lost-write` and `unseen` ask for it without looking.
  /// - What acks=1 or acks=0 acknowledged may be gone, or come again, and another record at its offset.
  /// - A producer that retries without idempotence may write a record twice, and with several requests in flight in another order.
  /// - After an unclean election another log than the one that clients saw is in force, so that everything about offsets, groups and transactions may have gone back. A transaction
  ///   that its coordinator has forgotten stays open.
  /// - Without eligible leader replicas the last replica of an ISR is elected whatever it has lost (KIP-966).
  /// - What Kafka 4.3 itself does is not held against a trial. A batch that overtakes others keeps them out until their time is over, and a leader that was restarted knows only the
  ///   last batch of a producer. A replica of a compacted topic may not know where an epoch began.
  ///
  /// - Parameter sightings: what happened in the trial.
  func isPromised(_ guarantee: Guarantee, after sightings: Set<Sighting>) -> Bool {
    let mostInFlight = workload.map(\.repeatedInFlight).max() ?? 0
    let isAcknowledgedByAll = workload.compactMap(\.application.producer).allSatisfy { $0.acks == .all }
    let isSetBack = sightings.contains(.uncleanElection) || sightings.contains(.lastReplicaLost)
    switch guarantee {
    case .lostWrite, .unseen: return false
    case .duplicate: return mostInFlight == 0 && !isSetBack && sightings.isDisjoint(with: [.duplicateForgotten, .batchOvertook])
    case .reorder, .nonmonotonicSend: return mostInFlight < 2 && isAcknowledgedByAll && !isSetBack && !sightings.contains(.batchOvertook)
    case .inconsistentOffsets: return isAcknowledgedByAll && !isSetBack && !sightings.contains(.epochStartCompacted)
    case .durability: return !sightings.contains(.lastReplicaLost)
    case .highWatermarkRegression: return !isSetBack && !sightings.contains(.epochStartCompacted)
    case .replicaDivergence: return sightings.isDisjoint(with: [.lastReplicaLost, .epochStartCompacted])
    case .availability: return !sightings.contains(.batchOvertook)
    case .liveness: return !sightings.contains(.transactionsForgotten)
    case .oneLeaderPerEpoch, .acknowledgedChanges, .oneControllerPerEpoch, .activeController, .committedMetadata, .invariants: return true
    default: return !isSetBack
    }
  }
}
