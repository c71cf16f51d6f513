import Host
import Primitives
import Testing

@testable import Live

@Suite struct FrameAssemblerTests {
  private func assembled(_ chunks: [[UInt8]], limit: Int = 100) throws -> [String] {
    var assembler = FrameAssembler(maxFrameSize: limit)
    var frames: [Frame] = []
    for chunk in chunks { try chunk.withUnsafeBytes { try assembler.take($0, into: &frames) } }
    return frames.map { $0.joined.text ?? "?" }
  }

  private func framed(_ texts: String...) -> [UInt8] { texts.flatMap { [0, 0, 0, UInt8($0.utf8.count)] + Array($0.utf8) } }

  @Test func framesOfOneReadComeOneAfterAnother() throws {
    #expect(try assembled([framed("first", "", "third")]) == ["first", "", "third"])
  }

  @Test func aFrameThatTricklesInByteByByteIsWhole() throws {
    #expect(try assembled(framed("slow", "slower").map { [$0] }) == ["slow", "slower"])
  }

  @Test func everyCutOfAStreamGivesTheSameFrames() throws {
    let stream = framed("a", "bc", "", "defg")
    for first in 0...stream.count {
      for second in first...stream.count {
        let chunks = [Array(stream[..<first]), Array(stream[first..<second]), Array(stream[second...])]
        #expect(try assembled(chunks) == ["a", "bc", "", "defg"])
      }
    }
  }

  @Test func theUnfinishedRestIsNoFrame() throws {
    #expect(try assembled([framed("whole") + [0, 0, 0, 9, 1, 2]]) == ["whole"])
  }

  @Test func aFrameAtTheLimitIsTakenAndOneAboveIsNot() throws {
    #expect(try assembled([framed("12345")], limit: 5) == ["12345"])
    #expect(throws: FrameAssembler.BadLength(length: 6)) { try assembled([framed("123456")], limit: 5) }
  }

  @Test func aNegativeLengthIsRefusedAlsoWhenItsBytesComeApart() {
    #expect(throws: FrameAssembler.BadLength(length: -1)) { try assembled([[255, 255], [255, 255]]) }
  }

  @Test func aFrameLargerThanItsFirstRoomIsWhole() throws {
    let body = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let stream = withUnsafeBytes(of: Int32(body.count).bigEndian) { Array($0) } + body
    var assembler = FrameAssembler(maxFrameSize: 4_000_000)
    var frames: [Frame] = []
    for start in stride(from: 0, to: stream.count, by: 65_536) {
      try stream[start..<min(start + 65_536, stream.count)].withUnsafeBytes { try assembler.take($0, into: &frames) }
    }
    #expect(frames.count == 1 && frames[0].joined == Bytes(body))
  }
}
