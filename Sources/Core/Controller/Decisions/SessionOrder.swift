import Primitives

/// The order in which sessions that end at the same moment are processed.
///
/// After a restart of the controllers all sessions start together, and if no broker is left they end together. The broker that is fenced last becomes
/// the last known leader of its partitions, so the order decides which one is elected when all come back. Kafka's `BrokerHeartbeatTracker` iterates
/// over a `ConcurrentHashMap` of `BrokerIdAndEpoch`: sorted neither by id nor by contact, but by the positions in its table, which follow from both
/// numbers. This does the same.
struct SessionOrder {
  private let tableSize: Int

  /// - Parameter sessionCount: The number of sessions in the table. It has 16 places at first and doubles when three quarters are taken.
  init(sessionCount: Int) {
    var size = 16
    while sessionCount >= size - size / 4 { size *= 2 }
    tableSize = size
  }

  func place(of broker: NodeID, _ epoch: BrokerEpoch) -> Int {
    let folded = Int32(truncatingIfNeeded: epoch.value ^ (epoch.value >> 32))
    let hash = UInt32(bitPattern: broker.value &* 31 &+ folded)
    return Int((hash ^ (hash >> 16)) & 0x7fff_ffff) & (tableSize - 1)
  }
}
