import Primitives
import Wire

/// A batch built record by record in a reused buffer, and read record by record, with a look at every part of each.
func uncompressed(recordSize: Int, count: Int) -> [Measurement] {
  let records = (0..<count).map { (key: Bytes("k\($0 + 1000)"), value: Bytes([UInt8](repeating: UInt8($0 & 0xff), count: recordSize))) }
  var builder = RecordBatchBuilder(capacity: 64 << 10)
  let bytes = build(records, with: &builder)
  let label = "\(count) records of \(recordSize) B"
  return [
    measure("build, checksum included: \(label)", bytes: bytes.count, units: count, of: "record") {
      build(count, of: records[0].key, records[0].value, with: &builder).count
    },
    measure("build from an array: \(label)", bytes: bytes.count, units: count, of: "record") { build(records, with: &builder).count },
    measure("read, with checksum: \(label)", bytes: bytes.count, units: count, of: "record") { read(bytes, withChecksum: true) },
    measure("read, without checksum: \(label)", bytes: bytes.count, units: count, of: "record") { read(bytes, withChecksum: false) },
    measure("read slices that are kept: \(label)", bytes: bytes.count, units: count, of: "record") { readSlices(bytes) },
    measure("split and check headers: \(label)", bytes: bytes.count, units: 1, of: "batch") { split(bytes) },
    measure("stamp offset and epoch: \(label)", bytes: bytes.count, units: 1, of: "batch") { stamp(bytes) },
  ]
}

/// The same key and value in every record: the cost of building alone.
private func build(_ count: Int, of key: Bytes, _ value: Bytes, with builder: inout RecordBatchBuilder) -> Bytes {
  builder.reset()
  for index in 0..<count {
    builder.append(timestamp: Timestamp(milliseconds: 1_700_000_000_000 + Int64(index)), key: key, value: value)
  }
  return builder.build()
}

/// Every record has its own key and value from an array, which costs a reference count for each.
private func build(_ records: [(key: Bytes, value: Bytes)], with builder: inout RecordBatchBuilder) -> Bytes {
  builder.reset()
  var timestamp = Timestamp(milliseconds: 1_700_000_000_000)
  for record in records {
    builder.append(timestamp: timestamp, key: record.key, value: record.value)
    timestamp.milliseconds += 1
  }
  return builder.build()
}

private func read(_ bytes: Bytes, withChecksum: Bool) -> Int {
  do {
    let batch = try RecordBatch(bytes)
    if withChecksum { try batch.validateChecksum() }
    var sum = 0
    try batch.forEachRecord { record in
      sum &+= Int(record.offset.value) &+ Int(record.timestamp.milliseconds) &+ record.headerCount
      if let key = record.keySpan { sum &+= Int(key.unsafeLoad(fromByteOffset: 0, as: UInt8.self)) }
      if let value = record.valueSpan { sum &+= Int(value.unsafeLoad(fromByteOffset: value.byteCount - 1, as: UInt8.self)) }
    }
    return sum
  } catch { preconditionFailure("\(error)") }
}

private func readSlices(_ bytes: Bytes) -> Int {
  do {
    var sum = 0
    var cursor = try RecordCursor(try RecordBatch(bytes))
    while try cursor.next() { sum &+= kept(cursor.current.key) &+ kept(cursor.current.value) }
    return sum
  } catch { preconditionFailure("\(error)") }
}

@inline(never)
private func kept(_ slice: Bytes?) -> Int { slice?.count ?? -1 }

private func split(_ bytes: Bytes) -> Int { (try? RecordBatch.splitting(bytes).count) ?? 0 }

private func stamp(_ bytes: Bytes) -> Int {
  ((try? RecordBatch(bytes))?.stamped(baseOffset: 12, leaderEpoch: 3).sizeInBytes) ?? 0
}

/// Every codec at its default level, compressing and decompressing.
func compressed(size: Int) -> [Measurement] {
  let plain = prose(size)
  let compressor = Compressor()
  return [Compression.gzip, .snappy, .lz4, .zstd].flatMap { compression in
    let compressed = compressor.compress(plain, compression)
    let ratio = Double(Int(Double(size) / Double(compressed.count) * 100)) / 100
    return [
      measure("\(compression.name) compress, ratio \(ratio)", bytes: size, units: 1, of: "block") {
        compressor.compress(plain, compression).count
      },
      measure("\(compression.name) decompress", bytes: size, units: 1, of: "block") {
        (try? compressor.decompress(compressed, compression, limit: 1 << 20).count) ?? 0
      },
    ]
  }
}

/// Lines with counters and words, about as compressible as logs.
private func prose(_ size: Int) -> Bytes {
  let words = ["order", "payment", "customer", "status", "pending", "shipped", "warehouse", "amount", "currency", "EUR", "retry", "region"]
  var random = RandomStream(seed: 3, purpose: "prose")
  var text: [UInt8] = []
  while text.count < size {
    text += Array("{\"\(random.pick(words))\":\"\(random.pick(words))\",\"id\":\(random.below(1_000_000)),\"\(random.pick(words))\":\(random.below(100))}\n".utf8)
  }
  return Bytes(text[..<size])
}
