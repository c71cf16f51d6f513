import Primitives

/// The hash of a group's topics in `ConsumerGroupMetadataValue.MetadataHash` (`Utils.computeGroupHash`, KIP-1101): when it changes, so does the group
/// epoch. The same bytes as in Kafka, so that a group that Kafka wrote does not rebalance when it is opened here.
enum TopicsHash {
  /// The hash of topics; 0 if none of them exists.
  static func hash(of names: [String], in topics: any TopicsOfGroups) -> Int64 {
    var writer = LittleEndianWriter()
    for name in names {
      if let topic = topics.topic(named: name) { writer.put(hash(of: topic)) }
    }
    return writer.bytes.isEmpty ? 0 : Int64(bitPattern: XXH3.hash(writer.bytes))
  }

  /// `Utils.computeTopicHash`. Texts are hashed as UTF-16 followed by their length, as in hash4j.
  static func hash(of topic: GroupTopic) -> UInt64 {
    var writer = LittleEndianWriter()
    writer.bytes.append(0)
    writer.put(topic.id.high)
    writer.put(topic.id.low)
    writer.put(topic.name)
    writer.put(UInt32(bitPattern: topic.partitionCount))
    for partition in 0..<max(0, topic.partitionCount) {
      writer.put(UInt32(bitPattern: partition))
      let racks = Int(partition) < topic.racks.count ? topic.racks[Int(partition)] : []
      for rack in racks.sorted() {
        writer.put(UInt32(truncatingIfNeeded: rack.utf16.count))
        writer.put(rack)
      }
    }
    return XXH3.hash(writer.bytes)
  }
}

private struct LittleEndianWriter {
  var bytes: [UInt8] = []

  mutating func put<Number: FixedWidthInteger>(_ number: Number) {
    withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func put(_ text: String) {
    for unit in text.utf16 { put(unit) }
    put(UInt32(truncatingIfNeeded: text.utf16.count))
  }
}
