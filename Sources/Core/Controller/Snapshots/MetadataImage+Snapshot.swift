import Raft

extension MetadataImage {
  /// The image that a snapshot holds. Throws a `LogError` where the file cannot be read, and a `MetadataInconsistency` where its records do not fit together.
  public init(_ snapshot: CommittedSnapshot, clusterID: String) throws {
    self.init(clusterID: clusterID)
    try snapshot.forEachBatch { records in
      var delta = MetadataDelta()
      if let misfit = apply(records, recording: &delta).first { throw misfit }
    }
    advance(to: snapshot.lastOffset, epoch: snapshot.id.epoch)
  }
}
