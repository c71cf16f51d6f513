import Primitives

/// `partition.metadata`: the id of the topic a partition directory belongs to (KIP-516), so that a topic that was deleted and
/// created again is not mistaken for the former one.
enum PartitionMetadataFile {
  static let fileName = "partition.metadata"

  static func content(topicID: Uuid) -> Bytes { Bytes("version: 0\ntopic_id: \(topicID)") }

  static func topicID(of content: Bytes) -> Uuid? {
    guard let lines = content.text?.split(separator: "\n"), lines.count == 2, lines[0] == "version: 0" else { return nil }
    let prefix = "topic_id: "
    guard lines[1].hasPrefix(prefix) else { return nil }
    return Uuid(String(lines[1].dropFirst(prefix.count)))
  }
}

extension PartitionLog {
  /// Says which topic the log belongs to, where that was not known.
  func assign(topicID: Uuid) throws(LogError) {
    reactor.host.report(
      .warning("\(partition): \(files.path(PartitionMetadataFile.fileName)) is missing or damaged; the log is taken for that of topic id \(topicID) by its name"))
    try perform { () throws(LogError) in
      try LogError.wrap { () throws(DiskFailure) in
        let file = try files.write(PartitionMetadataFile.content(topicID: topicID), to: PartitionMetadataFile.fileName)
        flushing.unsyncedFiles.append(FlushState.UnsyncedFile(id: file, path: files.path(PartitionMetadataFile.fileName)))
      }
    }
    self.topicID = topicID
    flushing.areNamesDirty = true
    syncClosedParts()
  }
}
