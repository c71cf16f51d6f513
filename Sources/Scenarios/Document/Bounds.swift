import Primitives

/// How much a file may ask for. Everything here is checked before memory is taken; docs/scenarios.md has the table.
package enum Bounds {
  /// Of any time that a file names. Clocks count 292 years, so that a few of these may be added up.
  package static let duration = Duration.seconds(366 * 86_400)
  /// Of a scenario, in simulated time.
  package static let scenario = Duration.seconds(30 * 86_400)
  /// How far the clock of a node may be moved at once.
  package static let clockJump = Duration.seconds(36_525 * 86_400)
  /// What a fault adds to the latency of a link: several at a time add up.
  package static let slowness = Duration.seconds(3_600)
  /// Of a size, in bytes; and of a rate, in bytes a second.
  package static let bytes: Int64 = 64 << 40

  /// Partitions of all topics together, those included that admin actions make.
  package static let partitions = 10_000
  /// Replicas of all partitions together.
  package static let replicas = 30_000
  /// Client processes of all entries together.
  package static let processes = 10_000
  /// Client processes times brokers: each may talk to each.
  package static let connections = 200_000
  /// Partitions that are read, each as often as there are groups that read it.
  package static let readPartitions = 1_000_000
  /// Records that open loops shall send, all together.
  package static let records: Int128 = 1_000_000_000
  /// Bits that rot at once.
  package static let rottenBits: Int64 = 1_000_000
  /// How often one entry of the schedule repeats, or draws by chance.
  package static let repetitions: Int64 = 10_000
  /// How many changes of rate a load may have.
  package static let rateChanges: Int128 = 10_000_000
  /// Records under way at any time, of all closed loops together.
  package static let outstanding = 1_000_000
  /// How many windows a series over time may have.
  static let windows: Int64 = 100_000

  /// Letters of a name, and of what a scenario is about.
  package static let name = 100
  package static let about = 4_000
}

extension Duration {
  /// In the largest unit that is whole: `30d`, `250ms`.
  package var words: String {
    for (unit, length) in [("d", 86_400 as Int64), ("h", 3_600), ("min", 60)] where nanoseconds > 0 && nanoseconds % (length * 1_000_000_000) == 0 {
      return "\(nanoseconds / (length * 1_000_000_000))\(unit)"
    }
    return description
  }
}
