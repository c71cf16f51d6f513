import Primitives
import Workloads

/// All that metrics are made of: what clients saw, what the stations counted, and what was asked for.
public struct MeasurementInput {
  public var log: LoadLog
  /// Zero of the scenario's clock, on which the load began.
  public var origin: Instant
  /// What is measured; the warm-up lies before it.
  public var window: Range<Instant>
  /// The end of the series: when nothing more was sent or given to a consumer, at the latest.
  public var end: Instant
  /// The length of a window of the series.
  public var seriesWindow: Duration
  /// Asked of all producers together; nil where they send as fast as they can.
  public var offered: RecordRate?
  /// Records that a schedule wanted sent and that were not, as the clients were behind at the end; nil where there is no schedule.
  public var neverSent: Int?
  /// How many consumer groups read everything.
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

/// What the laws that a benchmark must obey are about.
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
  /// Processes that consume, all groups together.
  public var consumers: Int
  /// Of a machine's network card, each way, and of a broker's disk; nil where nobody knows, as on a real machine.
  public var networkBytesPerSecond: Int64?
  public var diskBytesPerSecond: Int64?
  /// What a broker's page cache takes in before a writer waits for the disk.
  public var unwrittenBytes: Int64
  /// What a connection takes in before its sender waits: with acks=0 a record counts as acknowledged once it is there.
  public var sendBufferBytes: Int64
  /// The least time of a follower's fetch: there and back on an idle network. nil where nobody knows, or where the in-sync replicas
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

/// When a fault was at work.
public struct FaultSpan: Sendable, Equatable {
  public var name: String
  public var from: Instant
  /// nil where nothing ended it within the scenario.
  public var to: Instant?
  /// How often it had something to act upon.
  public var hit: Int

  public init(name: String, from: Instant, to: Instant?, hit: Int) {
    self.name = name
    self.from = from
    self.to = to
    self.hit = hit
  }
}

/// What the checkers of the history found, to be set beside what the clients saw.
public struct DeliveryFacts: Sendable, Equatable {
  /// nil where no checker ran.
  public var counts: Delivery?
  /// Records that are gone though they were acknowledged, permitted or not, and those of which a log holds more than one.
  public var lost: [RecordValue]
  public var duplicated: [RecordValue]

  public init(counts: Delivery? = nil, lost: [RecordValue] = [], duplicated: [RecordValue] = []) {
    self.counts = counts
    self.lost = lost
    self.duplicated = duplicated
  }
}
