import Raft

extension MetadataImage {
  /// The image that a snapshot holds. Throws a `LogError` where the file cannot be read, and a `MetadataInconsistency` where its records do not fit together.
  public init(_ snapshot: CommittedSnapshot, clusterID: String) throws {
    self.init(clusterID: clusterID)
    try snapshot.forEachBatch { records in
      if records.contains(where: { $0.delimitsTransaction }) { throw MetadataInconsistency(description: "a metadata transaction begins or ends in it") }
      var delta = MetadataDelta(remembersChanges: false)
      if let misfit = apply(records, recording: &delta).first { throw misfit }
    }
    advance(to: snapshot.lastOffset, epoch: snapshot.id.epoch)
  }
}
