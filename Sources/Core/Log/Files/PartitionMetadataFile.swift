import Primitives

/// `partition.metadata`: the id of the topic that a partition directory belongs to (KIP-516), so that a topic that was deleted and recreated is not
/// mistaken for the old one.
enum PartitionMetadataFile {
  static func content(topicID: Uuid) -> Bytes { Bytes("version: 0\ntopic_id: \(topicID)") }

  static func topicID(of content: Bytes) -> Uuid? {
    guard let lines = content.text?.split(separator: "\n"), lines.count == 2, lines[0] == "version: 0" else { return nil }
    let prefix = "topic_id: "
    guard lines[1].hasPrefix(prefix) else { return nil }
    return Uuid(String(lines[1].dropFirst(prefix.count)))
  }
}
