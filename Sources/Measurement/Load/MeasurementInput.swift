import Primitives
import Workloads

/// The input of all metrics: what clients saw, what the stations counted, and what was requested.
public struct MeasurementInput {
  public var log: LoadLog
  /// The origin of the scenario's clock, at which the load began.
  public var origin: Instant
  /// The measured window; the warm-up comes before it.
  public var window: Range<Instant>
  /// The end of the series: at the latest when nothing more was sent or delivered.
  public var end: Instant
  /// The length of a window of the series.
  public var seriesWindow: Duration
  /// The rate requested of all producers together; nil if they send as fast as they can.
  public var offered: RecordRate?
  /// Records that a schedule wanted sent and that were not, because the clients were behind at the end; nil without a schedule.
  public var neverSent: Int?
  /// The number of consumer groups that read everything.
  public var groups: Int
  /// What each station counted within `window`.
  public var stations: [StationReport]
  public var facts: LawFacts
  public var faults: [FaultSpan]
  public var delivery: DeliveryFacts

  public init(
    log: LoadLog, origin: Instant, window: Range<Instant>, end: Instant, seriesWindow: Duration, offered: RecordRate?, neverSent: Int? = nil, groups: Int,
    stations: [StationReport], facts: LawFacts, faults: [FaultSpan] = [], delivery: DeliveryFacts = DeliveryFacts()
  ) {
    self.log = log
    self.origin = origin
    self.window = window
    self.end = end
    self.seriesWindow = seriesWindow
    self.offered = offered
    self.neverSent = neverSent
    self.groups = groups
    self.stations = stations
    self.facts = facts
    self.faults = faults
    self.delivery = delivery
  }
}

/// The facts about a run that its laws depend on.
public struct LawFacts: Sendable, Equatable {
  /// A `produce` entry of the workload.
  public struct Producer: Sendable, Equatable {
    public var clients: Int
    /// 0, 1, or -1 for all.
    public var acks: Int16
    public var linger: Duration
    public var batchSize: Int
    public var maxInFlight: Int
    public var isCompressed: Bool
    /// In bytes.
    public var maxRequestSize: Int

    public init(
      clients: Int, acks: Int16, linger: Duration, batchSize: Int, maxInFlight: Int, isCompressed: Bool, maxRequestSize: Int = 1_048_576
    ) {
      self.clients = clients
      self.acks = acks
      self.linger = linger
      self.batchSize = batchSize
      self.maxInFlight = maxInFlight
      self.isCompressed = isCompressed
      self.maxRequestSize = maxRequestSize
    }
  }

  public var producers: [Producer]
  public var replicationFactor: Int
  public var brokers: Int
  /// The number of processes that consume, all groups together.
  public var consumers: Int
  /// The bandwidth of a machine's network card, each way, and of a broker's disk; nil if unknown, as on a real machine.
  public var networkBytesPerSecond: Int64?
  public var diskBytesPerSecond: Int64?
  /// The unwritten bytes that a broker's page cache takes before a writer waits for the disk.
  public var unwrittenBytes: Int64
  /// The bytes that a connection takes before its sender waits: with acks=0 a record counts as acknowledged once it is there.
  public var sendBufferBytes: Int64
  /// The shortest time of a follower's fetch: a round trip on an idle network. nil if unknown, or if the in-sync replicas
  /// may be fewer than all.
  public var followerRoundTrip: Duration?

  public init(
    producers: [Producer], replicationFactor: Int, brokers: Int, consumers: Int = 0, networkBytesPerSecond: Int64? = nil,
    diskBytesPerSecond: Int64? = nil, unwrittenBytes: Int64 = 0, sendBufferBytes: Int64 = 0, followerRoundTrip: Duration? = nil
  ) {
    self.producers = producers
    self.replicationFactor = replicationFactor
    self.brokers = brokers
    self.consumers = consumers
    self.networkBytesPerSecond = networkBytesPerSecond
    self.diskBytesPerSecond = diskBytesPerSecond
    self.unwrittenBytes = unwrittenBytes
    self.sendBufferBytes = sendBufferBytes
    self.followerRoundTrip = followerRoundTrip
  }
}

/// The time in which a fault was active.
public struct FaultSpan: Sendable, Equatable {
  public var name: String
  public var from: Instant
  /// nil if nothing ended it within the scenario.
  public var to: Instant?
  /// How often it took effect.
  public var hit: Int

  public init(name: String, from: Instant, to: Instant?, hit: Int) {
    self.name = name
    self.from = from
    self.to = to
    self.hit = hit
  }
}

/// What the checkers of the history found, to compare with what the clients saw.
public struct DeliveryFacts: Sendable, Equatable {
  /// nil if no checker ran.
  public var counts: Delivery?
  /// Records that are gone although they were acknowledged, permitted or not, and records that are in a log more than once.
  public var lost: [RecordValue]
  public var duplicated: [RecordValue]

  public init(counts: Delivery? = nil, lost: [RecordValue] = [], duplicated: [RecordValue] = []) {
    self.counts = counts
    self.lost = lost
    self.duplicated = duplicated
  }
}
