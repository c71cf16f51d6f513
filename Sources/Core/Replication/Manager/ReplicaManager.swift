import Host
import Log
import Primitives
import Transport
import Wire

/// All replicas of one broker: appends to those that it leads, serves fetches of followers and consumers, and replicates the others from their
/// leaders.
///
/// What it guarantees: a record below the high watermark is in the log of every member of the ISR that the controller may know; an acknowledged
/// append with acks=all was below the high watermark while the ISR had its minimum size; a request with a leader epoch other than the replica's
/// changes nothing.
///
/// Single-threaded: every call and every completion runs within the broker's handling of an event. A completion may run before the call returns. The
/// log manager reads high watermarks here, and reports a failed disk here. When the broker crashes everything is dropped, without further calls.
public final class ReplicaManager {
  public let localID: NodeID
  public let configuration: ReplicationConfiguration
  public let switches: ReplicationSwitches
  public let logManager: LogManager

  /// This broker's registration. Set it as soon as the controller has granted it: fetches and ISR proposals contain it.
  public var brokerEpoch = BrokerEpoch.unknown { didSet { changes.brokerEpoch = brokerEpoch } }

  /// Called once when this broker's disk has failed and all its replicas went offline.
  public var diskDidFail: ((LogError) -> Void)?

  let reactor: Reactor
  let sender: RequestSender
  let replicas: ReplicaDirectory
  let changes: PartitionChangeQueue
  let sessions: FetchSessionCache
  let fetchers = FetcherTable()
  var listeners: [TopicListener] = []
  let fetchDeadlines: Deadlines<Fetch>
  private var delayedFetches = 0
  let produceDeadlines: Deadlines<DelayedProduce>
  /// Partitions whose offsets or leadership moved since waiting requests were last checked.
  var moved = MovedPartitions()
  /// Reused at the next wake-up, so that it allocates nothing.
  var roomForWatches: ContiguousArray<FetchWatch> = []
  var roomForProduceWatches: ContiguousArray<ProduceWatch> = []
  /// Reused by the next append.
  var roomForWaits: ContiguousArray<PendingAppend> = []
  var roomForOutcomes: [AppendOutcome] = []
  var isInControlledShutdown = false
  var isShutDown = false
  var isDiskFailed = false

  /// - Parameters:
  ///   - sender: Used only by this replica manager: a fetch that waits at a leader blocks everything behind it on its connection.
  ///   - partitionChanges: The connection to the controller; must outlive this object.
  ///   - directory: What the metadata says about partitions without a replica here; must outlive this object.
  public init(
    reactor: Reactor, localID: NodeID, logManager: LogManager, configuration: ReplicationConfiguration = ReplicationConfiguration(),
    switches: ReplicationSwitches = ReplicationSwitches(), sender: RequestSender, partitionChanges: any PartitionChanges,
    directory: any TopicDirectory
  ) {
    self.reactor = reactor
    self.localID = localID
    self.logManager = logManager
    self.configuration = configuration
    self.switches = switches
    self.sender = sender
    replicas = ReplicaDirectory(topics: directory)
    changes = PartitionChangeQueue(reactor: reactor, localID: localID, channel: partitionChanges)
    fetchDeadlines = Deadlines(reactor: reactor)
    produceDeadlines = Deadlines(reactor: reactor)
    sessions = FetchSessionCache(
      slots: configuration.fetchSessionCacheSlots, includesHighWatermarkChanges: switches.sessionIncludesHighWatermarkChange,
      repeatsAfterDivergence: switches.sessionRepeatsAfterDivergence)
    changes.onAnswer = { [unowned self] in wakeWaitingRequests() }
    logManager.highWatermark = { [unowned self] name in
      guard let partition = replicas.table[name], partition.role != .offline else { return nil }
      return partition.highWatermark
    }
    logManager.onOffline = { [unowned self] _, error in diskFailed(error) }
  }

  deinit {
    // Partitions and the requests that wait for them refer to each other. So do partitions and their entries at fetchers.
    for partition in replicas.table.all {
      partition.forgetWaitingRequests()
      partition.fetching = nil
    }
  }

  /// Numbers fetches in the order in which they started to wait.
  func takeFetchNumber() -> Int {
    delayedFetches += 1
    return delayedFetches
  }

  /// Starts the periodic work: checking for ISR members that lag.
  public func start() { scheduleISRShrinking() }

  /// A replica on this broker, or nil if there is none.
  public func partition(_ id: TopicIDPartition) -> Partition? { replicas.table[id] }

  /// A replica on this broker by the name of its topic, or nil if there is none.
  public func partition(named name: TopicPartition) -> Partition? { replicas.table[name] }

  /// Every replica on this broker, in the order of their creation.
  public var partitions: [Partition] { replicas.table.all }
}
