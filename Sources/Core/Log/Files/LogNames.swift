import Primitives

/// The names of files in a partition's directory: twenty digits of the base offset, then a suffix for the kind of file.
enum LogNames {
  static let log = ".log", offsetIndex = ".index", timeIndex = ".timeindex", transactionIndex = ".txnindex", snapshot = ".snapshot"
  static let deleted = ".deleted", cleaned = ".cleaned", swap = ".swap", temporary = ".tmp"
  static let leaderEpochs = "leader-epoch-checkpoint", partitionMetadata = "partition.metadata"
  static let indexes = [offsetIndex, timeIndex, transactionIndex]

  /// Whether a file with this name is read when the log is opened.
  static func isOfLog(_ name: String) -> Bool {
    [leaderEpochs, partitionMetadata].contains(name)
      || ([log, snapshot] + indexes).contains { baseOffset(of: name, suffix: $0) != nil }
  }

  private static let digitCount = 20

  static func file(_ baseOffset: Offset, _ suffix: String) -> String {
    String(unsafeUninitializedCapacity: digitCount + suffix.utf8.count) { target in
      var rest = baseOffset.value
      for index in (0..<digitCount).reversed() {
        target[index] = UInt8(ascii: "0") + UInt8(rest % 10)
        rest /= 10
      }
      return digitCount + UnsafeMutableBufferPointer(rebasing: target[digitCount...]).update(fromContentsOf: suffix.utf8)
    }
  }

  /// The name of a file that was set aside because the log cannot use it or a part of it. Neither Kafka nor this broker loads or removes such files.
  static func damaged(_ name: String, _ number: Int) -> String { "\(name).damaged-\(number)" }

  /// The base offset of an offset index that was set aside.
  static func baseOffset(ofDamagedIndex name: String) -> Offset? {
    let parts = name.split(separator: ".")
    guard parts.count == 3, parts[2].hasPrefix("damaged-") else { return nil }
    return baseOffset(of: "\(parts[0]).\(parts[1])", suffix: offsetIndex)
  }

  /// The base offset in a file's name, or nil if the name does not have this form.
  static func baseOffset(of name: String, suffix: String) -> Offset? {
    guard name.hasSuffix(suffix), name.utf8.count == digitCount + suffix.utf8.count else { return nil }
    let digits = name.utf8.prefix(digitCount)
    guard digits.allSatisfy({ (48...57).contains($0) }), let value = Int64(String(name.prefix(digitCount))) else { return nil }
    return Offset(value)
  }
}

/// The names of partition directories: `topic-partition`, plus a suffix if the partition was deleted or set aside.
enum DirectoryNames {
  enum Kind: Equatable { case live, deleted, stray, future }

  static let longest = 255

  static func live(_ partition: TopicPartition) -> String { partition.description }

  static func deleted(_ partition: TopicPartition, _ id: Uuid) -> String { marked(partition, id, "-delete") }
  static func stray(_ partition: TopicPartition, _ id: Uuid) -> String { marked(partition, id, "-stray") }

  /// The topic's name is shortened if the whole name would be longer than file systems allow.
  private static func marked(_ partition: TopicPartition, _ id: Uuid, _ mark: String) -> String {
    let tail = "." + hexadecimal(id) + mark
    let room = longest - tail.utf8.count
    return String(partition.description.prefix(room)) + tail
  }

  /// Parses a directory's name; nil if it does not name a partition.
  static func parse(_ name: String) -> (partition: TopicPartition, kind: Kind)? {
    for (mark, kind) in [("-delete", Kind.deleted), ("-stray", .stray), ("-future", .future)] where name.hasSuffix(mark) {
      let rest = name.dropLast(mark.count)
      guard let dot = rest.lastIndex(of: "."), rest[dot...].dropFirst().utf8.count == 32 else { continue }
      return partition(String(rest[..<dot])).map { ($0, kind) }
    }
    return partition(name).map { ($0, .live) }
  }

  private static func partition(_ name: String) -> TopicPartition? {
    guard let dash = name.lastIndex(of: "-"), dash != name.startIndex else { return nil }
    let digits = name[name.index(after: dash)...]
    guard !digits.isEmpty, digits.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int32(digits) else { return nil }
    return TopicPartition(String(name[..<dash]), number)
  }

  private static func hexadecimal(_ id: Uuid) -> String {
    var writer = ByteWriter(capacity: 16)
    writer.append(id.high)
    writer.append(id.low)
    return writer.bytes.hexadecimal
  }
}
