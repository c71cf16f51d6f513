import Host
import NIOCore
import Primitives
import Testing

@testable import Live

@Suite struct FrameAssemblerTests {
  private func assembled(_ chunks: [[UInt8]], limit: Int = 100) throws -> [String] {
    var assembler = FrameAssembler(maxFrameSize: limit)
    var frames: [Frame] = []
    for chunk in chunks { try take(chunk, &assembler, &frames) }
    return frames.map { $0.joined.text ?? "?" }
  }

  private func take(_ chunk: some Sequence<UInt8>, _ assembler: inout FrameAssembler, _ frames: inout [Frame]) throws {
    var input = ByteBuffer(bytes: chunk)
    while input.readableBytes > 0 {
      if let frame = try assembler.next(from: &input) { frames.append(frame) }
    }
  }

  private func framed(_ texts: String...) -> [UInt8] { texts.flatMap { [0, 0, 0, UInt8($0.utf8.count)] + Array($0.utf8) } }

  @Test func `Frames of one read come one after another`() throws {
    #expect(try assembled([framed("first", "", "third")]) == ["first", "", "third"])
  }

  @Test func `A frame that arrives byte by byte is complete`() throws {
    #expect(try assembled(framed("slow", "slower").map { [$0] }) == ["slow", "slower"])
  }

  @Test func `Every cut of a stream gives the same frames`() throws {
    let stream = framed("a", "bc", "", "defg")
    for first in 0...stream.count {
      for second in first...stream.count {
        let chunks = [Array(stream[..<first]), Array(stream[first..<second]), Array(stream[second...])]
        #expect(try assembled(chunks) == ["a", "bc", "", "defg"])
      }
    }
  }

  @Test func `An unfinished rest is not a frame`() throws {
    #expect(try assembled([framed("whole") + [0, 0, 0, 9, 1, 2]]) == ["whole"])
  }

  @Test func `A frame at the limit is accepted and one above is not`() throws {
    #expect(try assembled([framed("12345")], limit: 5) == ["12345"])
    #expect(throws: FrameAssembler.BadLength(length: 6)) { try assembled([framed("123456")], limit: 5) }
  }

  @Test func `A negative length is refused, even if its bytes come separately`() {
    #expect(throws: FrameAssembler.BadLength(length: -1)) { try assembled([[255, 255], [255, 255]]) }
  }

  @Test func `A frame that may not begin stays in the input until it may`() throws {
    var assembler = FrameAssembler(maxFrameSize: 100)
    var input = ByteBuffer(bytes: framed("first", "second"))
    #expect(try assembler.next(from: &input) { _ in false } == nil)
    #expect(assembler.announced == 5 && input.readableBytes == 5 + 4 + 6)
    #expect(try assembler.next(from: &input) { $0 == 5 }?.joined.text == "first")
    #expect(try assembler.next(from: &input) { $0 == 5 } == nil)
    #expect(try assembler.next(from: &input)?.joined.text == "second")
  }

  @Test func `A length of zero byte after byte is a frame`() throws {
    #expect(try assembled([[0], [0], [0], [0], [0, 0, 0, 1], [65]]) == ["", "A"])
  }

  @Test func `A frame larger than its first buffer is complete`() throws {
    let body = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let stream = withUnsafeBytes(of: Int32(body.count).bigEndian) { Array($0) } + body
    var assembler = FrameAssembler(maxFrameSize: 4_000_000)
    var frames: [Frame] = []
    for start in stride(from: 0, to: stream.count, by: 65_536) {
      try take(stream[start..<min(start + 65_536, stream.count)], &assembler, &frames)
    }
    #expect(frames.count == 1 && frames[0].joined == Bytes(body))
  }

  @Test func `Any stream gives the same frames, whatever the reads`() {
    var random = RandomStream(seed: 1, purpose: "reads")
    var frames = 0
    for _ in 0..<2_000 {
      var stream = framed("a", "", "bcd", String(repeating: "e", count: 90))
      if random.below(2) == 0 { stream[Int(random.below(Int64(stream.count)))] ^= 1 << UInt8(random.below(8)) }
      let reads = (0...random.below(4)).map { _ in Int(1 + random.below(40)) }
      frames += exerciseFrameAssembler(Bytes(stream), reads: reads, maxFrameSize: 100)
    }
    #expect((4_000...7_999).contains(frames))
  }
}
