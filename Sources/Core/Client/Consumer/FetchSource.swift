import Primitives

/// A broker from which partitions are fetched.
final class FetchSource {
  let broker: NodeID
  var session = FetchSessionHandler()
  /// One fetch at a time.
  var isFetching = false
  /// The number of resting partitions in the session, which keeps asking for them.
  var restingPartitions = 0
  /// The decision about this broker while fetches are being prepared: made once, not for each of its partitions. Nil before that.
  var turn: Turn?
  /// Whether restless partitions are to be fetched too.
  var isWanted = false

  enum Turn {
    case asked
    /// A fetch is in progress, or partitions fetched from this broker are buffered.
    case notNow
    case notReady
    /// The broker is not in the metadata.
    case unknown
  }

  init(broker: NodeID) { self.broker = broker }
}
