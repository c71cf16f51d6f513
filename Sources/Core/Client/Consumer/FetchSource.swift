import Primitives

/// One broker that partitions are fetched from.
final class FetchSource {
  let broker: NodeID
  var session = FetchSessionHandler()
  /// One fetch at a time.
  var isFetching = false
  /// Partitions that rest in the session: it goes on asking for them.
  var restingPartitions = 0
  /// What becomes of it while fetches are put together: decided once, not for each of its partitions. Nil before that.
  var turn: Turn?
  /// Partitions that do not rest are asked for, too.
  var isWanted = false

  enum Turn {
    case asked
    /// A fetch is under way, or partitions are buffered that came from there.
    case notNow
    case notReady
    /// Not in the metadata.
    case unknown
  }

  init(broker: NodeID) { self.broker = broker }
}
