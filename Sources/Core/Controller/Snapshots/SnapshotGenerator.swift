import Host
import Primitives
import Raft

/// Decides when a replica of the metadata takes a snapshot of its image: every replica by itself, controllers and brokers alike (Kafka's
/// `SnapshotGenerator`).
///
/// What is replayed after a start does not count, as in Kafka, where the generator begins with the image of a replica that has caught up.
public final class SnapshotGenerator {
  private unowned let quorum: QuorumReplica
  private let reactor: Reactor
  private var bytes: Int64 = 0
  private var lastSnapshot: Instant
  private var hasCaughtUp = false

  public init(quorum: QuorumReplica, reactor: Reactor) {
    self.quorum = quorum
    self.reactor = reactor
    lastSnapshot = reactor.now
  }

  /// A snapshot is the image now.
  public func loaded() { restart() }

  /// A batch was folded into an image. Begins a snapshot where enough has come, or enough time has gone by; within a metadata transaction, at its end.
  ///
  /// - Parameter image: Looked at only where a snapshot may begin: a copy costs more than all else that an idle replica does with a batch.
  public func committed(_ batch: CommittedBatch, _ image: @autoclosure () -> MetadataImage) {
    guard hasCaughtUp else {
      hasCaughtUp = batch.lastOffset + 1 >= quorum.highWatermark
      return restart()
    }
    let limits = quorum.configuration.metadataLog
    bytes = bytes.saturatingAdding(Int64(batch.sizeInBytes))
    let isLate = limits.maxSnapshotInterval > .zero && reactor.now - lastSnapshot >= limits.maxSnapshotInterval
    guard bytes >= limits.maxBytesBetweenSnapshots || isLate, !quorum.isTakingSnapshot else { return }
    let image = image()
    guard image.openTransaction == nil else { return }
    mustHold(image.lastOffset == batch.lastOffset, "a snapshot is to hold the batch up to offset \(batch.lastOffset), and the metadata holds offset \(image.lastOffset)")
    restart()
    // An image without a version cannot be written: nothing says how to read it (`FeaturesImage.metadataVersionOrThrow`).
    guard image.features.metadataVersion > 0 else { return }
    var records = image.records.makeIterator()
    quorum.takeSnapshot(endOffset: image.lastOffset + 1, epoch: image.lastEpoch, timestamp: batch.timestamp) { records.next() }
  }

  private func restart() {
    bytes = 0
    lastSnapshot = reactor.now
  }
}
