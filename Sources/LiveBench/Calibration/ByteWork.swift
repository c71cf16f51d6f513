import Glibc
import Primitives
import Wire
import Workloads

/// The cost of work on bytes on this machine: the checksum and the codecs, measured on record batches as a producer makes them.
struct ByteWork {
  /// Picoseconds a byte.
  var checksum: Samples
  /// By Kafka's codec number, from 1 on; per uncompressed byte.
  var compress: [Samples]
  var decompress: [Samples]

  /// - Parameter rounds: how often each is measured.
  init(rounds: Int) throws {
    let batches = Self.batches()
    checksum = Self.measure(batches, batches, rounds: rounds) { _ = CRC32C.checksum($0) }
    let compressor = Compressor()
    var compress: [Samples] = [], decompress: [Samples] = []
    for codec in [Compression.gzip, .snappy, .lz4, .zstd] {
      let packed = batches.map { compressor.compress($0, codec) }
      compress.append(Self.measure(batches, batches, rounds: rounds) { _ = compressor.compress($0, codec) })
      decompress.append(Self.measure(packed, batches, rounds: rounds) { _ = try? compressor.decompress($0, codec, limit: 1 << 24) })
    }
    self.compress = compress
    self.decompress = decompress
  }

  /// Batches of about 64 KiB, with JSON values of 800 bytes. Each batch is different, because codecs and processors adapt to repeated data.
  private static func batches() -> [Bytes] {
    let values = RecordPool(values: ValuePlan(size: .fixed(800), content: .json), keys: .none, seed: 1).examples(count: 16 * 80)
    return (0..<16).map { number in
      var builder = RecordBatchBuilder()
      for value in values[number * 80..<number * 80 + 80] { builder.append(timestamp: Timestamp(milliseconds: 0), key: nil, value: value) }
      return builder.build()
    }
  }

  /// Picoseconds per byte of the uncompressed batches.
  private static func measure(_ batches: [Bytes], _ plain: [Bytes], rounds: Int, _ work: (Bytes) -> Void) -> Samples {
    for batch in batches { work(batch) }
    return Samples(
      (0..<rounds).map { _ in
        // At least a millisecond, so that the time for reading the clock does not matter.
        var bytes = 0
        let start = threadNanoseconds()
        var passed: Int64 = 0
        while passed < 1_000_000 {
          for (batch, plain) in zip(batches, plain) {
            work(batch)
            bytes += plain.count
          }
          passed = threadNanoseconds() - start
        }
        return Double(passed) * 1_000 / Double(bytes)
      })
  }

  private static func threadNanoseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
