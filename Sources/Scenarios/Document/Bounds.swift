import Primitives

/// The limits on what a file may ask for. All are checked before memory is allocated; docs/scenarios.md has the table.
package enum Bounds {
  /// The longest time in a file. Clocks count 292 years, so several of these can be added up.
  package static let duration = Duration.seconds(366 * 86_400)
  /// The longest scenario, in simulated time.
  package static let scenario = Duration.seconds(30 * 86_400)
  /// The furthest that a node's clock may be moved at once.
  package static let clockJump = Duration.seconds(36_525 * 86_400)
  /// The most that a fault adds to the latency of a link; several faults add up.
  package static let slowness = Duration.seconds(3_600)
  /// The largest size in bytes, and the highest rate in bytes a second.
  package static let bytes: Int64 = 64 << 40

  /// Partitions of all topics together, including those that admin actions create.
  package static let partitions = 10_000
  /// Replicas of all partitions together.
  package static let replicas = 30_000
  /// Client processes of all entries together.
  package static let processes = 10_000
  /// Client processes times brokers: each client may connect to each broker.
  package static let connections = 200_000
  /// Partitions that are read, counted once for each group that reads them.
  package static let readPartitions = 1_000_000
  /// Records that open loops send, all together.
  package static let records: Int128 = 1_000_000_000
  /// Bits that rot at the same time.
  package static let rottenBits: Int64 = 1_000_000
  /// How often one entry of the schedule repeats, or draws at random.
  package static let repetitions: Int64 = 10_000
  /// The number of changes of rate in a load.
  package static let rateChanges: Int128 = 10_000_000
  /// Records outstanding at any time, for all closed loops together.
  package static let outstanding = 1_000_000
  /// The number of windows in a series over time.
  static let windows: Int64 = 100_000

  /// Characters in a name, and in the description of a scenario.
  package static let name = 100
  package static let about = 4_000
}

extension Duration {
  /// The duration in the largest unit that gives a whole number: `30d`, `250ms`.
  package var words: String {
    for (unit, length) in [("d", 86_400 as Int64), ("h", 3_600), ("min", 60)] where nanoseconds > 0 && nanoseconds % (length * 1_000_000_000) == 0 {
      return "\(nanoseconds / (length * 1_000_000_000))\(unit)"
    }
    return description
  }
}
