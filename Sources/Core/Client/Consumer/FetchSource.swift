import Primitives

/// One broker that partitions are fetched from.
final class FetchSource {
  let broker: NodeID
  var session = FetchSession()
  /// One fetch at a time.
  var isFetching = false

  init(broker: NodeID) { self.broker = broker }
}
