import Primitives

/// The order in which sessions that end at the same moment are taken up.
///
/// After a restart of the controllers all sessions begin together, and where no broker is left they end together. Who is fenced last is
/// the last known leader of its partitions, so the order decides who is elected when all come back. Kafka's `BrokerHeartbeatTracker`
/// walks a `ConcurrentHashMap` of `BrokerIdAndEpoch`: neither the ids nor the contacts are in order there, but the places in its table
/// follow from both numbers, and so they do here.
struct SessionOrder {
  private let tableSize: Int

  /// - Parameter sessionCount: how many sessions the table holds. It has 16 places at first and doubles when three quarters are taken.
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
