import Primitives

/// Times in which somebody waited to write to a partition, and nothing was acknowledged for a second or longer.
///
/// Other than a wait that counts against `availability` this asks for no leader within reach: it is what an operator sees of a failover.
struct Outages {
  struct Outage: Equatable {
    let partition: Int
    /// The last acknowledgement before, or when somebody was first seen to wait.
    let from: Instant
    /// The first acknowledgement that was seen behind it.
    let to: Instant
    /// What stood in the way when a second of it was over.
    let obstacle: String
  }

  /// Shorter times are told by latencies.
  private static let shortest = Duration.seconds(1)

  private struct Watch {
    /// Since when somebody waits; nil where nobody does.
    var since: Instant?
    /// What stood in the way, once it is an outage.
    var obstacle: String?
  }

  private var watches: [Watch]

  init(partitions: Int) { watches = Array(repeating: Watch(), count: partitions) }

  /// Whether something is known of a partition that the next look may end.
  func isOpen(_ partition: Int) -> Bool { watches[partition].since != nil }

  /// Notes a look at a partition. Returns an outage that is over.
  ///
  /// - Parameters:
  ///   - isWaiting: whether somebody waits for an acknowledgement.
  ///   - lastAnswer: when the partition last gave one.
  ///   - obstacle: what stands in the way now; asked for once in an outage.
  mutating func note(_ partition: Int, isWaiting: Bool, lastAnswer: Instant?, at now: Instant, obstacle: () -> String) -> Outage? {
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

  /// Somebody who is seen to wait has waited since the look before at most.
  private static let lookBack = WorldRunner.lookInterval
}
