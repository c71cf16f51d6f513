import Primitives

/// The kinds of files in a log directory that are read as a whole.
package enum SmallFile: CaseIterable, Sendable {
  /// Recovery points, log start offsets and high watermarks.
  case offsetCheckpoint
  case leaderEpochs
  case producerSnapshot
  case partitionMetadata
  case metaProperties
  case cleanShutdownMarker
}

/// Reads the content of a small file and returns whether it is valid.
///
/// For this package's fuzzers and mutation tests: it returns whatever the bytes are. It traps if the content changes when it is written and read
/// again.
package func exerciseSmallFile(_ content: Bytes, as file: SmallFile) -> Bool {
  switch file {
  case .offsetCheckpoint: exercise(content, { try? OffsetCheckpoint(decoding: $0) }, \.content)
  case .leaderEpochs: exercise(content, { try? LeaderEpochCache(decoding: $0) }, \.content)
  case .producerSnapshot: exercise(content, { ProducerSnapshotFile.producers(of: $0).map(restored) }, ProducerSnapshotFile.content)
  case .partitionMetadata: exercise(content, PartitionMetadataFile.topicID, PartitionMetadataFile.content)
  case .metaProperties: exercise(content, MetaProperties.init(decoding:), \.content)
  case .cleanShutdownMarker: exercise(content, CleanShutdownMarker.init(decoding:), \.content)
  }
}

private func exercise<Stored: Equatable>(_ content: Bytes, _ read: (Bytes) -> Stored?, _ write: (Stored) -> Bytes) -> Bool {
  guard let stored = read(content) else { return false }
  precondition(read(write(stored)) == stored, "\(stored) is not read as it was written")
  return true
}

/// Restores the entries in the order of a snapshot, by producer id.
private func restored(_ producers: [ProducerState]) -> ProducerStates {
  var states = ProducerStates()
  states.restore(producers.sorted { $0.producerID < $1.producerID }, endOffset: 0)
  return states
}
