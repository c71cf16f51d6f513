import Controller
import Host
import Log
import Primitives
import Raft
import Wire

/// A snapshot of the metadata as the only thing that a replica has: it is refused, or makes an image that is written as a snapshot again.
enum FuzzSnapshot {
  private static let id = SnapshotID(endOffset: 12, epoch: 1)
  static let path = "\(QuorumReplica.partition)/\(id.fileName)"

  static func open(_ content: Bytes) {
    DiskNode().live { reactor in
      reactor.disk.put(content, at: path)
      let isWhole = (try? QuorumReplica.intactEnd(onDisk: reactor.disk)) == id.endOffset
      guard let listener = try? Listener(reactor) else {
        if isWhole { finding("a replica with a whole snapshot does not open") }
        return nil
      }
      if !isWhole { finding("a replica with a damaged snapshot and no log opens") }
      reactor.after(.seconds(1)) {
        listener.end()
        reactor.host.exit()
      }
      return nil
    }
  }

  /// An observer of a quorum that nobody hears of.
  private final class Listener: QuorumListener {
    private let quorum: QuorumReplica

    init(_ reactor: Reactor) throws {
      let voters: VoterSet = [Voter(id: 1, address: Address(host: "controller-1", port: 9093))]
      quorum = try QuorumReplica(configuration: QuorumConfiguration(nodeID: 2, clusterID: "fuzz", voters: voters), reactor: reactor)
      quorum.listener = self
      quorum.start()
    }

    func end() { quorum.close() }

    func load(_ snapshot: CommittedSnapshot) throws {
      let image = try MetadataImage(snapshot, clusterID: "fuzz")
      var copy = MetadataImage(clusterID: "fuzz"), delta = MetadataDelta()
      for record in image.records {
        do { try copy.apply(MetadataRecord(decoding: record.encoded()), recording: &delta) } catch {
          finding("\(record.text) of a snapshot is not read as it was written: \(error)")
        }
      }
      copy.advance(to: image.lastOffset, epoch: image.lastEpoch)
      if copy != image { finding("an image is another one once it was written and read") }
    }

    func committed(_ batch: CommittedBatch) {}
    func leaderChanged(to leader: NodeID?, epoch: LeaderEpoch) {}
    func becameLeader(epoch: LeaderEpoch) {}
    func resigned(epoch: LeaderEpoch) {}
    func failed(_ failure: QuorumFailure) {}
  }
}
