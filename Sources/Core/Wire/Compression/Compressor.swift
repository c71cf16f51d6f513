import Primitives

/// Compresses and decompresses records, and keeps the contexts and buffers for reuse.
///
/// Making zstd's contexts costs more than compressing a small batch, so everything that handles many batches owns one of these: a producer, a
/// consumer, a broker. Not thread-safe and not shared between threads; the output depends only on the input, never on what the
/// compressor did before.
public final class Compressor {
  var scratch = ScratchBuffer()
  var zstd = ZstdContexts()
  var lz4 = Lz4Contexts()

  public init() {}

  /// Compresses bytes in Kafka's framing for a codec. `level` is one that `Compression.accepts(level:)` allows, or nil for Kafka's default.
  public func compress(_ plain: Bytes, _ compression: Compression, level: Int32? = nil) -> Bytes {
    guard compression != .none else { return plain }
    return withCompressed(plain, compression, level: level) { Bytes(copying: $0) }
  }

  /// Decompresses bytes in Kafka's framing for a codec. Throws if the bytes are malformed, or if the result would be longer than
  /// `limit`; takes at most about twice the limit in memory on the way.
  public func decompress(_ compressed: Bytes, _ compression: Compression, limit: Int) throws(WireError) -> Bytes {
    guard compression != .none else { return compressed }
    // 31 bits limit the length of a batch.
    let limit = min(max(limit, 0), Int(Int32.max))
    defer { scratch.shrink() }
    let count = try compressed.withUnsafeBytes { (source) throws(WireError) -> Int in
      switch compression {
      case .none: 0
      case .gzip: try Gzip.decompress(source, into: &scratch, limit: limit)
      case .snappy: try Snappy.decompress(source, into: &scratch, limit: limit)
      case .lz4: try lz4.decompress(source, into: &scratch, limit: limit)
      case .zstd: try zstd.decompress(source, into: &scratch, limit: limit)
      }
    }
    return Bytes(copying: scratch.prefix(count))
  }

  /// Lends the compressed bytes, which are invalid afterwards.
  func withCompressed<Result>(
    _ plain: Bytes, _ compression: Compression, level: Int32?, _ body: (UnsafeRawBufferPointer) -> Result
  ) -> Result {
    let level = level ?? compression.defaultLevel
    precondition(level == compression.defaultLevel || compression.accepts(level: level), "\(compression.name) has no level \(level)")
    defer { scratch.shrink() }
    let count = plain.withUnsafeBytes { source in
      switch compression {
      case .none:
        scratch.fill(from: source)
      case .gzip: Gzip.compress(source, level: level, into: &scratch)
      case .snappy: Snappy.compress(source, into: &scratch)
      case .lz4: lz4.compress(source, level: level, into: &scratch)
      case .zstd: zstd.compress(source, level: level, into: &scratch)
      }
    }
    return body(scratch.prefix(count))
  }
}
