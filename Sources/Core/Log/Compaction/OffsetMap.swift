import Primitives

/// The newest offset of each key in a range of a log, in limited memory: when the map is full, the range ends there.
///
/// Kafka's map takes 24 bytes per key and is filled up to `log.cleaner.io.buffer.load.factor`; this map holds the same number of keys
/// (`SkimpyOffsetMap`).
struct OffsetMap {
  /// The number of keys that fit.
  let capacity: Int
  /// Everything up to this offset is in the map; -1 if it is empty.
  private(set) var latestOffset = Offset(-1)
  /// Only for lookups, never iterated.
  private var offsets: [KeyDigest: Offset] = [:]

  static let bytesPerKey = 24

  init(memory: Int64, loadFactor: Double) {
    // Kafka's buffers are at most 2 GiB.
    let slots = Double(max(0, min(memory, Int64(Int32.max))) / Int64(Self.bytesPerKey))
    capacity = Int(min(slots * max(0, min(loadFactor, 1)), slots))
  }

  var count: Int { offsets.count }

  /// Adds a record. False if the map is full, even if it already has this key.
  mutating func put(_ key: Bytes, _ offset: Offset) -> Bool {
    guard offsets.count < capacity else { return false }
    offsets[KeyDigest(key)] = offset
    return true
  }

  func offset(of key: Bytes) -> Offset? { offsets[KeyDigest(key)] }

  mutating func advance(to offset: Offset) { latestOffset = max(latestOffset, offset) }
}
