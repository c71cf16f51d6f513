import Glibc
import Primitives
import Wire
import Workloads

/// What work on bytes costs this machine: the checksum and the codecs of record batches, on batches of records as a producer makes them.
struct ByteWork {
  /// Picoseconds a byte.
  var checksum: Samples
  /// By Kafka's number of the codec, from 1 on; plain bytes.
  var compress: [Samples]
  var decompress: [Samples]

  /// - Parameter rounds: how often each is measured.
  init(rounds: Int) throws {
    let batch = Self.batch()
    checksum = Self.measure(batch.count, rounds: rounds) { _ = CRC32C.checksum(batch) }
    let compressor = Compressor()
    var compress: [Samples] = [], decompress: [Samples] = []
    for codec in [Compression.gzip, .snappy, .lz4, .zstd] {
      let packed = compressor.compress(batch, codec)
      compress.append(Self.measure(batch.count, rounds: rounds) { _ = compressor.compress(batch, codec) })
      decompress.append(Self.measure(batch.count, rounds: rounds) { _ = try? compressor.decompress(packed, codec, limit: 1 << 24) })
    }
    self.compress = compress
    self.decompress = decompress
  }

  /// 64 KiB of records with JSON values of 1,000 bytes.
  private static func batch() -> Bytes {
    let pool = RecordPool(values: ValuePlan(size: .fixed(1_000), content: .json), keys: .none, seed: 1)
    let values = pool.examples(count: 64)
    var builder = RecordBatchBuilder()
    for value in values { builder.append(timestamp: Timestamp(milliseconds: 0), key: nil, value: value) }
    return builder.build()
  }

  private static func measure(_ bytes: Int, rounds: Int, _ work: () -> Void) -> Samples {
    work()
    return Samples(
      (0..<rounds).map { _ in
        // A millisecond at least, so that the clock's own time does not count.
        var times = 0
        let start = threadNanoseconds()
        var passed: Int64 = 0
        while passed < 1_000_000 {
          work()
          times += 1
          passed = threadNanoseconds() - start
        }
        return Double(passed) * 1_000 / Double(times * bytes)
      })
  }

  private static func threadNanoseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
