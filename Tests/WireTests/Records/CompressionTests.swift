import Primitives
import Testing

@testable import Wire

@Suite struct CompressionTests {
  static let codecs: [Compression] = [.gzip, .snappy, .lz4, .zstd]

  @Test(arguments: Compression.allCases)
  func `Compressed data comes back`(_ compression: Compression) throws {
    let compressor = Compressor()
    for count in [0, 1, 100, 32 << 10, (32 << 10) + 1, 200_000] {
      for plain in [text(count), noise(count)] {
        let compressed = compressor.compress(plain, compression)
        #expect(try compressor.decompress(compressed, compression, limit: count) == plain)
      }
    }
  }

  @Test(arguments: codecs)
  func `Every level comes back`(_ compression: Compression) throws {
    let plain = text(10_000)
    let levels = [-131_072, -100, -1, 0, 1, 2, 3, 6, 9, 12, 17, 22].filter { compression.accepts(level: $0) }
    for level in levels {
      let compressor = Compressor()
      let compressed = compressor.compress(plain, compression, level: level)
      #expect(try compressor.decompress(compressed, compression, limit: plain.count) == plain)
    }
  }

  @Test(arguments: codecs)
  func `Earlier work of a compressor does not affect the result`(_ compression: Compression) {
    let used = Compressor()
    _ = used.compress(noise(100_000), compression)
    _ = try? used.decompress(noise(1000), compression, limit: 1000)
    #expect(used.compress(text(5000), compression) == Compressor().compress(text(5000), compression))
  }

  @Test(arguments: codecs)
  func `A bomb ends at the limit`(_ compression: Compression) throws {
    let plain = Bytes([UInt8](repeating: 0, count: 20 << 20))
    let bomb = Compressor().compress(plain, compression)
    let compressor = Compressor()
    let error = #expect(throws: WireError.self) { try compressor.decompress(bomb, compression, limit: 1 << 20) }
    #expect(error?.kind == .limitExceeded(1 << 20))
    #expect(compressor.scratch.capacity <= (2 << 20) + 1)
    #expect(try compressor.decompress(bomb, compression, limit: plain.count).count == plain.count)
  }

  @Test(arguments: codecs)
  func `A limit of exactly the content is enough, and one less is not`(_ compression: Compression) throws {
    let compressor = Compressor()
    let plain = text(50_000)
    let compressed = compressor.compress(plain, compression)
    #expect(try compressor.decompress(compressed, compression, limit: 50_000) == plain)
    let error = #expect(throws: WireError.self) { try compressor.decompress(compressed, compression, limit: 49_999) }
    #expect(error?.kind == .limitExceeded(49_999))
  }

  @Test(arguments: codecs)
  func `A stream that is cut off is refused`(_ compression: Compression) {
    let compressor = Compressor()
    let compressed = compressor.compress(text(40_000), compression)
    for count in [0, 1, 3, 10, compressed.count / 2, compressed.count - 1] {
      #expect(throws: WireError.self, "\(count) of \(compressed.count)") {
        try compressor.decompress(compressed[0..<count], compression, limit: 1 << 20)
      }
    }
  }

  @Test func `An impossible snappy length does not allocate memory`() throws {
    let compressor = Compressor()
    let lie = Bytes([0xff, 0xff, 0xff, 0x1f, 0])  // says 64 MiB less one
    #expect(throws: WireError.self) { try compressor.decompress(lie, .snappy, limit: 1 << 30) }
    #expect(compressor.scratch.capacity == 0)
  }

  @Test func `Snappy is written in xerial's framing and also read without it`() throws {
    let compressed = Compressor().compress(text(40_000), .snappy)
    #expect(compressed[0..<16].hexadecimal == "82534e41505059000000000100000001")
    let firstBlock = 20..<20 + Int(compressed.integer(at: 16, as: Int32.self))
    #expect(try Compressor().decompress(compressed[firstBlock], .snappy, limit: 1 << 20) == text(40_000)[0..<32 << 10])
  }

  @Test func `Lz4 is written in Kafka's frame`() {
    #expect(Compressor().compress(text(1000), .lz4)[0..<7].hexadecimal == "04224d18604082")
    #expect(Compressor().compress(text(1000), .lz4, level: 12)[0..<7].hexadecimal == "04224d18604082")
  }

  @Test func `Lz4 frames with size and checksums are read, and the checksums are verified`() throws {
    let frame = try #require(Bytes(hexadecimal: Self.frameWithSizeAndChecksums))
    let plain = Bytes(String(repeating: "abc", count: 14))
    #expect(try Compressor().decompress(frame, .lz4, limit: 100) == plain)
    let damaged = frame.replacing(at: frame.count - 1, with: frame[frame.count - 1] ^ 1)
    #expect(throws: WireError.self) { try Compressor().decompress(damaged, .lz4, limit: 100) }
  }

  /// Written by the reference library with everything on that a frame may carry.
  static let frameWithSizeAndChecksums = "04224d187c402a00000000000000920d0000003f61626303000f50626361626320b7188900000000d91900f0"

  @Test func `Lz4 blocks that depend on one another are refused`() {
    let compressed = Compressor().compress(text(1000), .lz4)
    let error = #expect(throws: WireError.self) {
      try Compressor().decompress(compressed.replacing(at: 4, with: UInt8(0x40)), .lz4, limit: 1 << 20)
    }
    #expect(error?.kind == .decompressionFailed("blocks that depend on one another"))
  }

  @Test func `Consecutive gzip members are one stream`() throws {
    let compressor = Compressor()
    let member = compressor.compress(text(100), .gzip)
    let both = try compressor.decompress(Bytes(joining: [member, member]), .gzip, limit: 1000)
    #expect(both == Bytes(joining: [text(100), text(100)]))
    #expect(throws: WireError.self) { try compressor.decompress(Bytes(joining: [member, text(30)]), .gzip, limit: 1000) }
  }

  @Test func `Compression levels are Kafka's`() {
    #expect(Compression.gzip.accepts(level: -1) && Compression.gzip.accepts(level: 9) && !Compression.gzip.accepts(level: 0))
    #expect(Compression.lz4.accepts(level: 17) && !Compression.lz4.accepts(level: 0) && !Compression.lz4.accepts(level: 18))
    #expect(Compression.zstd.accepts(level: -131_072) && Compression.zstd.accepts(level: 22) && !Compression.zstd.accepts(level: 23))
    #expect(!Compression.snappy.accepts(level: 1) && !Compression.none.accepts(level: 1))
    #expect(Compression(name: "zstd") == .zstd && Compression(name: "brotli") == nil)
  }

  @Test(arguments: codecs)
  func `A bomb inside a batch ends at the caller's limit`(_ compression: Compression) throws {
    var builder = RecordBatchBuilder(compression: compression)
    builder.append(timestamp: .none, key: nil, value: Bytes([UInt8](repeating: 7, count: 4 << 20)))
    let batch = try RecordBatch(builder.build())
    #expect(throws: WireError.self) { try batch.records(decompressionLimit: 1 << 20) }
    #expect(try batch.records().count == 1)
  }

  private func text(_ count: Int) -> Bytes {
    let words = Array("the quick brown fox jumps over the lazy dog, ".utf8)
    return Bytes((0..<count).map { words[($0 + $0 / 1000) % words.count] })
  }

  private func noise(_ count: Int) -> Bytes {
    var random = RandomStream(seed: 1, purpose: "noise", Int64(count))
    return Bytes((0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) })
  }
}
