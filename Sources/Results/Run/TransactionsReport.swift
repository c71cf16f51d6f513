import Primitives

/// The figures of the transactions of a run, according to their coordinators.
public struct TransactionsReport: Codable, Sendable, Equatable {
  /// The time from when a coordinator knew of a transaction until it knew that all markers were written: how long its first record held back the last stable offset.
  public struct Lengths: Codable, Sendable, Equatable {
    public var p50Seconds: Double
    public var p90Seconds: Double
    public var p99Seconds: Double
    public var maxSeconds: Double

    public init(p50Seconds: Double, p90Seconds: Double, p99Seconds: Double, maxSeconds: Double) {
      self.p50Seconds = p50Seconds
      self.p90Seconds = p90Seconds
      self.p99Seconds = p99Seconds
      self.maxSeconds = maxSeconds
    }

    /// nil if there are none. Each percentile is a length that occurred: the smallest one that this fraction of them does not exceed.
    public init?(_ lengths: [Duration]) {
      let sorted = lengths.sorted()
      guard let last = sorted.last else { return nil }
      func percentile(_ percent: Int) -> Double { sorted[max(0, (sorted.count * percent + 99) / 100 - 1)].seconds }
      self.init(p50Seconds: percentile(50), p90Seconds: percentile(90), p99Seconds: percentile(99), maxSeconds: last.seconds)
    }
  }

  public var committed: Int
  public var aborted: Int
  /// The aborted ones that were open too long.
  public var timedOut: Int
  /// How often a producer got a higher epoch, or another id.
  public var epochs: Int
  /// Requests that coordinators refused because of an old producer epoch.
  public var refusals: Int
  /// Producers, by id and epoch, whose requests a coordinator refused for that reason.
  public var zombies: Int
  /// nil if none ended.
  public var lengths: Lengths?
  /// Requests about transactions that brokers received, from clients and brokers: InitProducerId, AddPartitionsToTxn, AddOffsetsToTxn, TxnOffsetCommit, EndTxn and WriteTxnMarkers.
  public var coordinationRequests: Int
  /// nil of measured runs, and in results that are older.
  public var timeline: TransactionTimeline?

  public init(
    committed: Int, aborted: Int, timedOut: Int, epochs: Int, refusals: Int, zombies: Int, lengths: Lengths?, coordinationRequests: Int,
    timeline: TransactionTimeline? = nil
  ) {
    self.committed = committed
    self.aborted = aborted
    self.timedOut = timedOut
    self.epochs = epochs
    self.refusals = refusals
    self.zombies = zombies
    self.lengths = lengths
    self.coordinationRequests = coordinationRequests
    self.timeline = timeline
  }

  /// nil if none ended.
  public var requestsPerTransaction: Double? {
    let ended = Double(committed) + Double(aborted)
    return ended > 0 ? Double(coordinationRequests) / ended : nil
  }
}
