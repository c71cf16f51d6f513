import Host
import Log
import Primitives
import Transport
import Wire

/// One replica of the metadata log `__cluster_metadata-0`: a voter of the quorum, or an observer of it (KIP-595).
///
/// Voters elect a leader and replicate by fetching from it; a record is committed when a majority of them has it on the platter.
/// Observers fetch as well but do not count, and only ever get what is committed. Every replica keeps the whole log on its own disk
/// and hands the committed records to its listener, from the first one on.
///
/// A single voter elects itself at start: it raises the epoch, votes for itself, makes that durable, and leads.
public final class QuorumReplica {
  public let configuration: QuorumConfiguration
  /// Set before `start`.
  public weak var listener: (any QuorumListener)?

  let reactor: Reactor
  let sender: RequestSender
  let log: PartitionLog

  var role: QuorumRole
  /// Everything below is committed. Unknown after a start, until a leader tells or this replica leads.
  public internal(set) var highWatermark: Offset = 0
  /// What the listener gets next.
  var nextDelivery: Offset = 0
  private var isDelivering = false
  var isSyncing = false
  /// What is on the platter for certain.
  var durableEndOffset: Offset
  var hasFailed = false
  /// Counts the fetches: an answer to a former one is ignored.
  var fetchNumber: UInt64 = 0
  /// Where to look for the leader next while it is unknown, as an index of the voters.
  var nextBootstrap = 0

  /// Opens the log. A log that has no end in good order behind it is recovered.
  public init(configuration: QuorumConfiguration, reactor: Reactor, cleanShutdown: Bool = false) throws(LogError) {
    self.configuration = configuration
    self.reactor = reactor
    sender = RequestSender(reactor: reactor, clientID: "raft-client-\(configuration.nodeID)")
    log = try PartitionLog(
      directory: configuration.directory, partition: Self.partition, topicID: .metadataTopic, configuration: Self.logConfiguration,
      reactor: reactor, cleanShutdown: cleanShutdown, recoveryPoint: 0, logStartOffset: 0)
    durableEndOffset = min(log.flushedOffset, log.logEndOffset)
    let stored = Self.storedState(in: configuration.directory, on: reactor.disk)
    role = .unattached(max(stored?.epoch ?? 0, log.latestEpoch ?? 0))
  }

  /// The one partition of the metadata log.
  public static let partition = TopicPartition("__cluster_metadata", 0)

  /// The leader as far as this replica knows, and where it listens.
  public var leader: (id: NodeID, address: Address)? {
    role.leader.flatMap { leader in configuration.voters.first { $0.id == leader } }.map { ($0.id, $0.address) }
  }

  public var epoch: LeaderEpoch { role.epoch }
  /// Whether this replica leads, perhaps without having committed anything yet.
  public var isLeader: Bool { leading != nil }
  /// Whether this replica leads and may append.
  public var isActive: Bool { leading?.isAnnounced == true }
  public var logEndOffset: Offset { log.logEndOffset }

  var leading: QuorumLeader? {
    if case .leader(let leader) = role { return leader }
    return nil
  }

  /// Takes part from now on.
  public func start() {
    if configuration.voters.count == 1, configuration.isVoter { elect() } else { fetch() }
  }

  /// Closes the log in good order, for the last step of a shutdown.
  public func close() {
    hasFailed = true
    log.close()
  }

  // MARK: Elections

  /// A candidate that is the whole quorum has its majority when its own vote is durable.
  private func elect() {
    let epoch = LeaderEpoch(role.epoch.value + 1)
    let me = configuration.nodeID
    role = .candidate(epoch, grantedBy: [me])
    persist(QuorumState(epoch: epoch, votedFor: me)) { [unowned self] in
      guard case .candidate(epoch, _) = role else { return }
      lead(epoch)
    }
  }

  /// Follows a leader, or waits for one, in an epoch that is not lower than its own.
  func follow(_ leader: NodeID?, in epoch: LeaderEpoch) {
    guard epoch > role.epoch || epoch == role.epoch && role.leader == nil && leader != nil else { return }
    let former = leading
    role = leader.map { .follower(epoch, leader: $0) } ?? .unattached(epoch)
    if let former { resign(former) }
    persist(QuorumState(leader: leader, epoch: epoch)) {}
    listener?.leaderChanged(to: leader, epoch: epoch)
  }

  /// The leader is not heard of: somebody must tell who leads now. The epoch stays.
  func loseLeader() {
    guard case .follower(let epoch, _) = role else { return }
    role = .unattached(epoch)
    listener?.leaderChanged(to: nil, epoch: epoch)
  }

  private func persist(_ state: QuorumState, _ completion: @escaping () -> Void) {
    let path = "\(configuration.directory)/\(QuorumState.fileName)"
    reactor.whenDone(reactor.disk.replace(path, with: state.content(voters: configuration.voters))) { [unowned self] error in
      if let error { return fail("\(path) cannot be written: \(error)") }
      completion()
    }
  }

  private static func storedState(in directory: String, on disk: any Disk) -> QuorumState? {
    (try? disk.content(of: "\(directory)/\(QuorumState.fileName)")).flatMap { $0 }.flatMap { QuorumState(decoding: $0) }
  }

  // MARK: Committed records

  /// Moves the high watermark, never back, and hands over what is committed now.
  func advanceHighWatermark(to offset: Offset) {
    guard offset > highWatermark else { return }
    highWatermark = offset
    deliver()
  }

  private func deliver() {
    // A listener that appends may commit at once and come back here: the outer loop goes on with what came.
    guard !isDelivering else { return }
    isDelivering = true
    defer { isDelivering = false }
    while nextDelivery < highWatermark, !hasFailed {
      do {
        let slice = try log.read(from: nextDelivery, upTo: highWatermark, maxBytes: Self.deliveryBytes, minOneBatch: true)
        guard !slice.isEmpty else { return }
        for batch in try RecordBatch.splitting(slice.records) where batch.lastOffset >= nextDelivery {
          nextDelivery = batch.nextOffset
          listener?.committed(try CommittedBatch(batch))
        }
      } catch {
        return fail("the metadata log cannot be read at \(nextDelivery): \(error)")
      }
    }
  }

  func fail(_ reason: String) {
    guard !hasFailed else { return }
    hasFailed = true
    listener?.failed(QuorumFailure(reason))
  }

  private static let deliveryBytes = 1 << 20

  /// The log is kept whole: nothing here takes snapshots, so nothing may be forgotten.
  private static var logConfiguration: LogConfiguration {
    var configuration = LogConfiguration()
    configuration.retention = nil
    configuration.retentionBytes = nil
    configuration.maxMessageBytes = .max
    return configuration
  }
}

extension CommittedBatch {
  init(_ batch: RecordBatch) throws {
    var records: [MetadataRecord] = []
    if !batch.isControl {
      records.reserveCapacity(Int(batch.recordCount))
      try batch.forEachRecord { record in
        if let value = record.value { records.append(try MetadataRecord(decoding: value)) }
      }
    }
    self.init(
      records: records, baseOffset: batch.baseOffset, lastOffset: batch.lastOffset, epoch: batch.partitionLeaderEpoch,
      timestamp: batch.maxTimestamp)
  }
}
