import Host
import Primitives
import Raft

extension MetadataImage {
  /// Checks that this image is what a new life would make: of the whole log, where that is there, and of each snapshot with the log behind it. Reads the disk: not for checks
  /// between two events.
  ///
  /// - Parameter words: The owner of the image.
  public func checkReplay(_ check: inout InvariantCheck, of quorum: QuorumReplica, _ words: @autoclosure () -> String) {
    for beginning in quorum.beginnings {
      // What cannot be read any more is found by whoever needs it.
      guard let replayed = try? replayed(from: beginning, of: quorum) else { continue }
      let source = beginning.map { "its snapshot up to offset \($0.endOffset) and the log behind that make" } ?? "its log makes"
      check.require(
        replayed == self, "\(words()): its image at offset \(lastOffset) is not the one that \(source), at offset \(replayed.lastOffset)")
    }
  }

  private func replayed(from beginning: SnapshotID?, of quorum: QuorumReplica) throws -> MetadataImage {
    var image = MetadataImage(clusterID: clusterID)
    try quorum.replay(from: beginning) { image = try MetadataImage($0, clusterID: clusterID) } apply: { batch in
      var delta = MetadataDelta()
      _ = image.apply(batch, recording: &delta)
    }
    return image
  }
}
