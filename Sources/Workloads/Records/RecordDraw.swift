import Primitives

/// Draws the records of one client process from a pool. Costs one copy of the value.
struct RecordDraw {
  private let pool: RecordPool
  private var random: RandomStream
  private var keyRandom: RandomStream
  private var tombstoneRandom: RandomStream
  /// For each group of values, the index of the next one.
  private var places: [Int]
  private var sequence = 0
  /// Reused for every value that is not retained.
  private var writer: ByteWriter

  /// - Parameters:
  ///   - values: the seed of the sizes, and of the places at which this client starts.
  ///   - keys: the seed of the keys, and of the tombstones.
  init(from pool: RecordPool, values: UInt64, keys: UInt64) {
    self.pool = pool
    random = RandomStream(seed: values, purpose: "values")
    keyRandom = RandomStream(seed: keys, purpose: "keys")
    tombstoneRandom = RandomStream(seed: keys, purpose: "tombstones")
    places = []
    for group in pool.groups { places.append(Int(random.below(Int64(group.sizes.count)))) }
    writer = ByteWriter(capacity: pool.groups[0].sizes[0])
  }

  /// The payload for a value: the bytes that name it, and filler.
  mutating func value(_ value: RecordValue) -> Bytes {
    let group = drawGroup()
    let place = places[group]
    places[group] = place + 1 == pool.count(ofGroup: group) ? 0 : place + 1
    writer.removeAll()
    pool.filler(group, place).withUnsafeBytes { filler in
      writer.append(count: Payload.nameSize + filler.count) { target in
        target.storeBytes(of: Payload.name(of: value).bigEndian, as: UInt64.self)
        UnsafeMutableRawBufferPointer(rebasing: target[Payload.nameSize...]).copyMemory(from: filler)
      }
    }
    return writer.bytes
  }

  private mutating func drawGroup() -> Int {
    guard places.count > 1 else { return 0 }
    let groups = pool.groups
    let drawn = random.below(groups[groups.count - 1].weightSoFar)
    return groups.firstIndex { drawn < $0.weightSoFar }!
  }

  /// Whether the next record is a tombstone.
  mutating func isTombstone() -> Bool { pool.tombstones > 0 && tombstoneRandom.chance(pool.tombstones, in: RecordPool.tombstoneScale) }

  mutating func key() -> Bytes? { pool.keyTable.draw(&keyRandom, &sequence) }
}
