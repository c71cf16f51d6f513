import Primitives
import Workloads

extension Law {
  private static func text(_ time: Duration) -> String { exactTimeText(nanoseconds: time.nanoseconds) }

  /// The batch law: at L bytes a second for a partition, a batch of b bytes fills in b/L, and where that is longer than the linger it holds
  /// L times linger. So no batch waits for records longer than `linger.ms`, and none is larger than `batch.size` unless by a single record.
  /// With several kinds of producers the loosest setting counts.
  static func batch(_ log: LoadLog, _ facts: LawFacts) -> LawCheck? {
    guard let linger = facts.producers.map(\.linger).max(), let size = facts.producers.map(\.batchSize).max() else { return nil }
    // A compressed batch may hold more, by the compression ratio seen so far.
    let isCompressed = facts.producers.contains(where: \.isCompressed)
    let largestRecord = Int(log.records.lazy.map(\.bytes).max() ?? 0)
    // Add a batch's header and a record's own fields.
    let limit = max(size, largestRecord + 128)
    var cases = LawCases()
    for batch in log.batches where batch.ready != .distantFuture && batch.opened != .distantFuture {
      let waited = batch.ready - batch.opened
      cases.add(
        holds: waited <= linger, excess: Double((waited - linger).nanoseconds) / Double(max(1, linger.nanoseconds)),
        "a batch waited \(text(waited)) for records, linger.ms is \(text(linger))")
      guard !isCompressed else { continue }
      cases.add(
        holds: Int(batch.plainBytes) <= limit || batch.recordCount == 1, excess: Double(Int(batch.plainBytes) - limit) / Double(limit),
        "a batch of \(grouped(batch.recordCount)) records has \(grouped(batch.plainBytes)) bytes, batch.size is \(grouped(size))")
    }
    return cases.check(.batch)
  }

  /// The window law: a connection carries at most `max.in.flight` batches of a partition per round trip. It uses the largest batch and the
  /// shortest round trip of each partition, plus one batch for each slot that was taken when the window began.
  static func window(_ log: LoadLog, _ facts: LawFacts, window: Range<Instant>) -> LawCheck? {
    guard !facts.producers.contains(where: { $0.acks == 0 }), let limit = facts.producers.map(\.maxInFlight).max() else { return nil }
    let places = limit * facts.producers.reduce(0) { $0 + $1.clients }
    let seconds = (window.upperBound - window.lowerBound).seconds
    struct Connection {
      var bytes: Int64 = 0
      var largest: Int64 = 0
      var shortest = Duration(nanoseconds: .max)
    }
    var connections: [Connection] = []
    for batch in log.batches where batch.outcome == .acknowledged && batch.partition != .unknown && window.contains(batch.finished) {
      let partition = Int(batch.partition.number)
      while connections.count <= partition { connections.append(Connection()) }
      // The slot is free again when the response is handled, which may be before the records are reported.
      let end = min(batch.finished, batch.exchange?.answerBegun ?? .distantFuture)
      connections[partition].bytes += Int64(batch.sentBytes)
      connections[partition].largest = max(connections[partition].largest, Int64(batch.sentBytes))
      connections[partition].shortest = min(connections[partition].shortest, end - batch.drained)
    }
    var cases = LawCases()
    for (partition, connection) in connections.enumerated() where connection.bytes > 0 && connection.shortest > .zero {
      let measured = Double(connection.bytes) / seconds
      let bound = Double(places) * Double(connection.largest) * (1 / connection.shortest.seconds + 1 / seconds)
      cases.add(
        holds: measured <= bound * (1 + tolerance), excess: measured / bound - 1,
        "partition \(partition): \(shortest(measured / 1e6)) MB/s; \(places) \(places == 1 ? "batch" : "batches") in flight of \(grouped(connection.largest)) bytes, "
          + "answered after \(text(connection.shortest)), could carry \(shortest(bound / 1e6)) MB/s")
    }
    return cases.check(.window)
  }

  /// The replication law: with acks=all, a batch is acknowledged only after a follower has fetched it and confirmed that with its next fetch.
  static func replication(_ log: LoadLog, _ facts: LawFacts) -> LawCheck? {
    guard facts.replicationFactor > 1, let roundTrip = facts.followerRoundTrip else { return nil }
    guard !facts.producers.isEmpty, facts.producers.allSatisfy({ $0.acks == -1 }) else { return nil }
    var cases = LawCases()
    for batch in log.batches where batch.outcome == .acknowledged && batch.attempts == 1 {
      let measured: Duration
      if let exchange = batch.exchange, exchange.answered != .distantFuture {
        measured = exchange.answered - exchange.begun
      } else {
        measured = batch.finished - batch.drained
      }
      cases.add(
        holds: measured >= roundTrip, excess: Double((roundTrip - measured).nanoseconds) / Double(max(1, roundTrip.nanoseconds)),
        "acknowledged \(text(measured)) after the leader had it, a follower's fetch takes \(text(roundTrip))")
    }
    return cases.check(.replication)
  }
}
