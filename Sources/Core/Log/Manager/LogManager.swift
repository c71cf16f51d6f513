import Host
import OrderedCollections
import Primitives

/// All logs of one broker, in one directory: opens them after any kind of shutdown, creates and deletes them, writes the checkpoints, and runs
/// retention, compaction and syncs in the background.
///
/// ```swift
/// let manager = try LogManager(root: "logs", configuration: .init(), reactor: reactor)
/// try manager.open { topic in configuration(of: topic) }
/// manager.start()
/// ```
///
/// A checkpoint that cannot be read is reported and treated as empty: recovery then checks everything, and high watermarks start at the log's start.
public final class LogManager {
  /// The directory of the logs; empty for the root of the node's disk.
  public let root: String
  public internal(set) var configuration: LogManagerConfiguration
  public let metaProperties: MetaProperties
  /// The broker epoch of the last life, if it shut down cleanly. Nil after an unclean shutdown, and on an empty disk.
  public private(set) var previousBrokerEpoch: BrokerEpoch?
  /// Returns what the replication manager knows of a partition's high watermark. Nothing above it is deleted, and it is written to the checkpoint. A
  /// partition for which it returns nil keeps all its records and its previous checkpoint entry.
  public var highWatermark: (TopicPartition) -> Offset? = { _ in nil }
  /// Called once, when a log or the directory itself failed: Kafka then gives up the whole directory.
  public var onOffline: ((TopicPartition?, LogError) -> Void)?

  let reactor: Reactor
  let files: DirectoryFiles
  /// In the order of their names after opening, then in the order of creation.
  var logs: OrderedDictionary<TopicPartition, PartitionLog> = [:]
  var recoveryPoints: CheckpointWriter
  var startOffsets: CheckpointWriter
  var highWatermarks: CheckpointWriter
  private(set) lazy var cleaner = LogCleaner(
    manager: self, configuration: configuration.cleaner, checkpoint: found.cleanedOffsets, reactor: reactor)
  var found: FoundCheckpoints
  var timers: [ScheduledTimer] = []
  var isStopped = false
  /// Whether the logs were opened.
  public private(set) var isOpen = false
  /// Directories of partitions that an earlier life set aside as strays.
  private var strays: [StrayDirectory] = []
  private var topicConfigurations: (String) -> LogConfiguration = { _ in LogConfiguration() }

  /// Opens a directory that was formatted before (`format`), and reads its small files.
  public init(root: String, configuration: LogManagerConfiguration, reactor: Reactor) throws(LogError) {
    let files = DirectoryFiles(disk: reactor.disk, directory: root)
    self.root = root
    self.configuration = configuration
    self.reactor = reactor
    self.files = files
    metaProperties = try Self.readMetaProperties(files)
    found = try FoundCheckpoints(files, reactor)
    let marker = try LogError.wrap { () throws(DiskFailure) in try files.content(of: CleanShutdownMarker.fileName) }
    previousBrokerEpoch = marker.flatMap(CleanShutdownMarker.init(decoding:))?.brokerEpoch
    recoveryPoints = CheckpointWriter(path: files.path(CheckpointNames.recoveryPoints), reactor: reactor, onDisk: found.recoveryPoints)
    startOffsets = CheckpointWriter(path: files.path(CheckpointNames.startOffsets), reactor: reactor, onDisk: found.startOffsets)
    highWatermarks = CheckpointWriter(path: files.path(CheckpointNames.highWatermarks), reactor: reactor, onDisk: found.highWatermarks)
  }

  /// Writes `meta.properties` of a new directory. It is durable when `completion` gets nil.
  public static func format(
    root: String, _ properties: MetaProperties, reactor: Reactor, _ completion: @escaping (DiskError?) -> Void = { _ in }
  ) throws(LogError) {
    let files = DirectoryFiles(disk: reactor.disk, directory: root)
    try LogError.wrap { () throws(DiskFailure) in
      try files.make()
      // Written in place, so that a node can continue at once; `replace` then makes it durable.
      let file = try files.write(properties.content, to: MetaProperties.fileName)
      reactor.disk.close(file)
    }
    reactor.whenDone(reactor.disk.syncDirectory(root.parentPath)) { error in
      if let error { return completion(error) }
      reactor.whenDone(reactor.disk.replace(files.path(MetaProperties.fileName), with: properties.content), completion)
    }
  }

  /// Of this directory's file, on the node's disk.
  public var metaPropertiesPath: String { files.path(MetaProperties.fileName) }

  /// Whether a directory was formatted.
  public static func isFormatted(root: String, disk: any Disk) -> Bool {
    disk.exists(DirectoryFiles(disk: disk, directory: root).path(MetaProperties.fileName))
  }

  static func readMetaProperties(_ files: DirectoryFiles) throws(LogError) -> MetaProperties {
    let path = files.path(MetaProperties.fileName)
    let content = try LogError.wrap { () throws(DiskFailure) in try files.content(of: MetaProperties.fileName) }
    guard let content else {
      throw .damaged(
        path: path, reason: files.exists(MetaProperties.fileName)
          ? "it is far too large; put back the file of this directory" : "there is no such file; format the directory first")
    }
    guard let properties = MetaProperties(decoding: content) else {
      throw .damaged(
        path: path,
        reason: "version=1, cluster.id, node.id and directory.id are expected, and not all of them are there; write them anew, the cluster's id and the "
          + "node's as in the other files of this kind, or remove the file to have it made anew with another directory.id")
    }
    return properties
  }

  // MARK: Opening

  /// Opens every log of the directory and recovers what a crash left. Removes the clean-shutdown marker: from here on a shutdown is unclean unless
  /// `shutdown` completes. Call it once the settings of topics are known: a log that is not compacted may have no gaps.
  ///
  /// `configuration` returns the settings of a topic by its name.
  public func open(configuration: @escaping (_ topic: String) -> LogConfiguration) throws(LogError) {
    topicConfigurations = configuration
    let isClean = previousBrokerEpoch != nil
    try removeCleanShutdownMarker()
    let names = try LogError.wrap { () throws(DiskFailure) in try files.list() }
    for name in names {
      guard let (partition, kind) = DirectoryNames.parse(name), partition.topic != Self.metadataTopic else { continue }
      switch kind {
      case .live: try openFound(partition, isClean: isClean)
      case .deleted: removeLater(name, after: configuration(partition.topic).fileDeleteDelay)
      case .stray: strays.append(StrayDirectory(name: name, topicID: try topicID(in: name)))
      case .future: reactor.report(.note("\(files.path(name)) is left alone"))
      }
    }
    isOpen = true
    mustHold(!files.exists(CleanShutdownMarker.fileName), "the logs are open, and the marker of a clean shutdown is there")
    if isClean { tellMissingDirectories() }
  }

  /// After a clean shutdown the checkpoint names exactly the partitions that existed.
  private func tellMissingDirectories() {
    for (partition, highWatermark) in found.highWatermarks?.offsets ?? [:] where logs[partition] == nil && highWatermark > 0 {
      reactor.report(
        .warning(
          "\(partition): \(files.path(DirectoryNames.live(partition))) is missing, although the last life, which shut down cleanly, left it "
            + "with high watermark \(highWatermark)"))
    }
  }

  /// After an unclean shutdown the metadata says which partitions belong here; the checkpoint may name one that was deleted since it was written.
  private func tellMissingDirectory(_ partition: TopicPartition) {
    guard previousBrokerEpoch == nil, let highWatermark = found.highWatermarks?.offsets[partition], highWatermark > 0 else { return }
    mark(.partitionDirectoryMissing)
    reactor.report(
      .warning(
        "\(partition): \(files.path(DirectoryNames.live(partition))) is missing, although \(CheckpointNames.highWatermarks) names high watermark "
          + "\(highWatermark): the log restarts at offset 0, and its records come from other replicas or are lost"))
  }

  /// The metadata log is in the same directory and belongs to the quorum.
  static let metadataTopic = "__cluster_metadata"

  private func removeCleanShutdownMarker() throws(LogError) {
    guard files.exists(CleanShutdownMarker.fileName) else { return }
    try LogError.wrap { () throws(DiskFailure) in
      try files.remove(CleanShutdownMarker.fileName)
      // Until this is on the platter, a power loss would restore the marker, and the shutdown would look clean.
      reactor.whenDone(reactor.disk.syncDirectory(root)) { [weak self] error in
        if let error { self?.fail(nil, .disk(DiskFailure(path: self?.root ?? "", error: error))) }
      }
    }
  }

  private func openFound(_ partition: TopicPartition, isClean: Bool) throws(LogError) {
    let log = try add(partition, topicID: topicID(in: DirectoryNames.live(partition)), topicConfigurations(partition.topic), isClean: isClean)
    guard isClean, let highWatermark = found.highWatermarks?.offsets[partition], highWatermark > log.logEndOffset else { return }
    mark(.highWatermarkBeyondCleanLog)
    reactor.report(
      .warning("\(partition): the log ends at offset \(log.logEndOffset), below its high watermark of the last life, which ended in good order: \(highWatermark)"))
  }

  /// The topic id in a partition's directory; zero if there is none, or it cannot be read.
  private func topicID(in directory: String) throws(LogError) -> Uuid {
    // Before KIP-516 a directory belonged to whichever topic had its name.
    guard configuration.switches.checkTopicIDs else { return .zero }
    let directory = DirectoryFiles(disk: reactor.disk, directory: files.path(directory))
    guard let content = try LogError.wrap({ () throws(DiskFailure) in try directory.content(of: LogNames.partitionMetadata) }) else { return .zero }
    if let id = PartitionMetadataFile.topicID(of: content) { return id }
    reactor.report(.warning("\(directory.path(LogNames.partitionMetadata)) cannot be read, and is treated as missing"))
    return .zero
  }

  @discardableResult
  private func add(_ partition: TopicPartition, topicID: Uuid, _ configuration: LogConfiguration, isClean: Bool) throws(LogError) -> PartitionLog {
    let log = try PartitionLog(
      directory: files.path(DirectoryNames.live(partition)), partition: partition, topicID: topicID, configuration: configuration,
      reactor: reactor, cleanShutdown: isClean, recoveryPoint: found.recoveryPoints?.offsets[partition] ?? 0,
      logStartOffset: found.startOffsets?.offsets[partition] ?? 0, highWatermark: found.highWatermarks?.offsets[partition],
      isCompacted: found.cleanedOffsets?.offsets[partition] != nil, producerIDExpiration: self.configuration.producerIDExpiration,
      switches: self.configuration.switches)
    log.recoveryPointLowered = { [weak self] whenDurable in self?.checkpointRecoveryPoints { error in if error == nil { whenDurable() } } }
    log.epochsWrittenLate = { [weak self] in self?.logs[partition]?.rewriteEpochs() }
    log.onTruncated = { [weak self] offset in self?.cleaner.truncated(partition, to: offset) }
    log.onPolicyChanged = { [weak self, unowned log] in self?.cleaner.policyChanged(of: log) }
    log.onOffline = { [weak self] error in self?.fail(partition, error) }
    logs[partition] = log
    if configuration.cleanupPolicy.contains(.compact) { cleaner.logsChanged() }
    return log
  }

  func fail(_ partition: TopicPartition?, _ error: LogError) {
    let report = onOffline
    onOffline = nil
    report?(partition, error)
  }

  // MARK: Logs

  public func log(for partition: TopicPartition) -> PartitionLog? { logs[partition] }

  /// All logs, in the order in which they were opened or created.
  public var allLogs: some Collection<PartitionLog> { logs.values }

  /// Returns the log of a partition, creating it if there is none. A log without a topic id gets this one. A log with another topic's id is left
  /// unchanged, and the call fails (`LogManager.getOrCreateLog`, InconsistentTopicIdException).
  public func getOrCreate(_ partition: TopicPartition, topicID: Uuid) throws(LogError) -> PartitionLog {
    guard let log = logs[partition] else {
      tellMissingDirectory(partition)
      cleaner.forget(partition)
      found.forget(partition)
      return try add(partition, topicID: topicID, topicConfigurations(partition.topic), isClean: true)
    }
    if log.topicID == .zero { try log.assign(topicID: topicID) }
    guard log.topicID == topicID else {
      mark(.topicIDConflict)
      throw .conflict(
        path: log.directory, reason: "it is of topic id \(log.topicID) by its \(LogNames.partitionMetadata), not of \(topicID); "
          + "the partition is offline, and nothing was changed: correct the file or remove the directory, and restart the broker")
    }
    log.configuration = topicConfigurations(partition.topic)
    log.tellGaps()
    return log
  }

  /// The high watermark that the last life checkpointed, at most the end of the log; the log's start if there is none.
  public func checkpointedHighWatermark(of partition: TopicPartition) -> Offset {
    guard let log = logs[partition] else { return 0 }
    return max(log.logStartOffset, min(found.highWatermarks?.offsets[partition] ?? 0, log.logEndOffset))
  }

  /// Deletes a topic's partition: its directory gets a name that marks it as deleted, and is removed after `file.delete.delay.ms`. A log of the same
  /// name that belongs to another topic is not touched.
  public func delete(_ partition: TopicPartition, topicID: Uuid) throws(LogError) {
    guard let log = logs[partition], log.topicID == topicID || log.topicID == .zero else { return }
    let name = try putAside(log, as: DirectoryNames.deleted(partition, .random(&reactor.host.random)))
    removeLater(name, after: log.configuration.fileDeleteDelay)
  }

  /// Sets aside a partition that the metadata does not assign to this broker. Its records stay on the disk for a person to look at.
  public func markStray(_ partition: TopicPartition, because reason: String) throws(LogError) {
    guard let log = logs[partition] else { return }
    mark(.strayLogSetAside)
    let records = "offsets \(log.logStartOffset) to \(log.logEndOffset), \(log.sizeInBytes) bytes"
    let name = try putAside(log, as: DirectoryNames.stray(partition, .random(&reactor.host.random)))
    reactor.report(.warning("\(partition) is a stray (\(records)): \(reason); it is kept as \(files.path(name))"))
  }

  /// Deletes the strays of earlier lives whose topics are known to be deleted, and reports the others.
  public func deleteStrays(ofDeletedTopics isDeleted: (Uuid) -> Bool) {
    for stray in strays {
      if isDeleted(stray.topicID) {
        reactor.report(.note("\(files.path(stray.name)) is deleted as its topic was"))
        removeLater(stray.name, after: LogConfiguration().fileDeleteDelay)
      } else {
        reactor.report(.note("\(files.path(stray.name)) is kept: the metadata does not say that topic id \(stray.topicID) was deleted"))
      }
    }
    strays = []
  }

  private func putAside(_ log: PartitionLog, as name: String) throws(LogError) -> String {
    logs.removeValue(forKey: log.partition)
    log.close()
    cleaner.forget(log.partition)
    found.forget(log.partition)
    try LogError.wrap { () throws(DiskFailure) in try files.rename(DirectoryNames.live(log.partition), to: name) }
    syncNames()
    return name
  }

  private func removeLater(_ name: String, after delay: Duration) {
    reactor.after(delay) { [weak self] in
      guard let self else { return }
      do throws(LogError) {
        try LogError.wrap { () throws(DiskFailure) in try files.remove(name) }
      } catch {
        fail(nil, error)
      }
    }
  }

  private func syncNames() {
    reactor.whenDone(reactor.disk.syncDirectory(root)) { [weak self] error in
      if let self, let error { fail(nil, .disk(DiskFailure(path: root, error: error))) }
    }
  }
}

/// A directory that was set aside because the metadata did not assign it to this broker.
private struct StrayDirectory {
  let name: String
  let topicID: Uuid
}
