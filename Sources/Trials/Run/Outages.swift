import Primitives

/// Periods in which a client waited to write to a partition, and nothing was acknowledged for a second or longer.
///
/// Unlike a wait that counts against `availability`, this does not require a reachable leader: it is what an operator sees of a failover.
struct Outages {
  struct Outage: Equatable {
    let partition: Int
    /// The last acknowledgement before it, or when a client was first seen to wait.
    let from: Instant
    /// The first acknowledgement after it.
    let to: Instant
    /// What prevented writes after the first second.
    let obstacle: String
  }

  /// Shorter periods show up in latencies.
  private static let shortest = Duration.seconds(1)

  private struct Watch {
    /// Since when a client waits; nil if none does.
    var since: Instant?
    /// What prevented writes, once it is an outage.
    var obstacle: String?
  }

  private var watches: [Watch]

  init(partitions: Int) { watches = Array(repeating: Watch(), count: partitions) }

  /// Whether the next check may end a period in which a client waits.
  func isOpen(_ partition: Int) -> Bool { watches[partition].since != nil }

  /// Records a check of a partition. Returns an outage that is over.
  ///
  /// - Parameters:
  ///   - isWaiting: whether a client waits for an acknowledgement.
  ///   - lastAnswer: when the partition last gave one.
  ///   - obstacle: what prevents writes now; evaluated once per outage.
  mutating func update(_ partition: Int, isWaiting: Bool, lastAnswer: Instant?, at now: Instant, obstacle: () -> String) -> Outage? {
    guard let since = watches[partition].since else {
      if isWaiting { watches[partition].since = max(lastAnswer ?? now, now - Self.lookBack) }
      return nil
    }
    if let obstacle = watches[partition].obstacle {
      guard let lastAnswer, lastAnswer > since else { return nil }
      let outage = Outage(partition: partition, from: since, to: lastAnswer, obstacle: obstacle)
      watches[partition] = Watch(since: isWaiting ? lastAnswer : nil)
      return outage
    }
    guard isWaiting else {
      watches[partition].since = nil
      return nil
    }
    if let lastAnswer, lastAnswer > since { watches[partition].since = lastAnswer }
    if let since = watches[partition].since, now - since >= Self.shortest { watches[partition].obstacle = obstacle() }
    return nil
  }

  /// A client that is seen to wait has waited since the previous check at the earliest.
  private static let lookBack = WorldRunner.lookInterval
}
