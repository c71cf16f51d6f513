import Primitives

extension PartitionLog {
  /// Records which topic the log belongs to, if that was unknown.
  func assign(topicID: Uuid) throws(LogError) {
    reactor.report(
      .warning("\(partition): \(files.path(LogNames.partitionMetadata)) is missing or damaged; the log is taken for that of topic id \(topicID) by its name"))
    try perform { () throws(LogError) in
      try LogError.wrap { () throws(DiskFailure) in
        let file = try files.write(PartitionMetadataFile.content(topicID: topicID), to: LogNames.partitionMetadata)
        flushing.unsyncedFiles.append(FlushState.UnsyncedFile(id: file, path: files.path(LogNames.partitionMetadata)))
      }
    }
    self.topicID = topicID
    flushing.areNamesDirty = true
    syncClosedParts()
  }
}
