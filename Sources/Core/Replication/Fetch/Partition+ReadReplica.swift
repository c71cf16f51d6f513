import Host
import Primitives

extension Partition {
  /// The replica that a consumer should read from instead (KIP-392), or nil if this one is right.
  ///
  /// Only ISR members in the consumer's rack that have the offset qualify: the leader first, otherwise the one with the longest log.
  func preferredReadReplica(for target: FetchTarget, _ fetch: Fetch) -> NodeID? {
    guard role == .leader, !fetch.parameters.isFromFollower, let rack = fetch.parameters.rack, !rack.isEmpty,
      manager.configuration.replicaSelector == .rackAware, manager.replicas.brokers[manager.localID]?.rack != rack
    else { return nil }
    let candidates = followers.filter { follower in
      follower.logEndOffset >= target.fetchOffset && follower.logStartOffset <= target.fetchOffset
        && manager.replicas.brokers[follower.id].map { $0.rack == rack && mayServeConsumers(follower, on: $0) } ?? false
    }
    if candidates.isEmpty { mark(.noCloserReplicaFit) }
    return candidates.max { ($0.logEndOffset, $0.lastCaughtUp, $1.id) < ($1.logEndOffset, $1.lastCaughtUp, $0.id) }?.id
  }

  /// A replica that is out of sync falls behind, and clients cannot reach a broker that is fenced: consumers would come back at once, and be sent there
  /// again (KAFKA-14372, KAFKA-15390).
  private func mayServeConsumers(_ follower: FollowerReplica, on broker: ClusterBroker) -> Bool {
    !switches.nameOnlyActiveReplicas || follower.isInSync && !broker.isFenced
  }
}
