import Testing

@testable import Primitives

@Suite struct FrameRoomTests {
  private func write(_ byte: UInt8, count: Int, in room: inout FrameRoom) -> Bytes {
    var writer = room.writer(for: 512)
    let start = writer.count
    let target = writer.room(for: 512)
    for index in 0..<count { target.storeBytes(of: byte, toByteOffset: index, as: UInt8.self) }
    writer.endWriting(at: start + count)
    return writer.bytes(in: start..<start + count)
  }

  @Test func `What was written stays as it is, whatever is written behind it`() {
    var room = FrameRoom()
    let written = (0..<200).map { write(UInt8($0), count: 100 + $0, in: &room) }
    for (index, bytes) in written.enumerated() { #expect(bytes.array == [UInt8](repeating: UInt8(index), count: 100 + index)) }
  }

  @Test func `Writings stand side by side in one storage, which is used again once nobody holds anything of it`() {
    var room = FrameRoom()
    let first = write(1, count: 100, in: &room)
    #expect(write(2, count: 100, in: &room).sharesStorage(with: first))
    for _ in 0..<100 { _ = write(4, count: 100, in: &room) }
    #expect(!write(5, count: 100, in: &room).sharesStorage(with: first), "somebody held the first storage, so another one took its place")
    #expect(first.array == [UInt8](repeating: 1, count: 100))
    func address() -> UInt { write(6, count: 100, in: &room).withUnsafeBytes { UInt(bitPattern: $0.baseAddress!) } }
    let addresses = (0..<200).map { _ in address() }
    #expect(Set(addresses).count < 100, "nobody holds them, so they come to stand where others stood")
  }

  @Test func `A frame of one piece and of several is what was put into it`() {
    let pieces = [Bytes("a"), Bytes("bc"), Bytes("def")]
    #expect(Frame(pieces[0]).pieceCount == 1)
    let frame = Frame(ContiguousArray(pieces))
    #expect(frame.pieceCount == 3 && frame.count == 6 && frame.joined == Bytes("abcdef"))
    #expect(frame[piece: 2] == pieces[2] && Array(frame.pieces) == pieces)
    var seen: [UInt8] = []
    frame.forEachPiece { seen += Array($0) }
    #expect(Bytes(seen) == Bytes("abcdef"))
    for count in 1...5 {
      let many = ContiguousArray((0..<count).map { Bytes("\($0)") })
      let frame = Frame(many)
      #expect(frame.pieces == many && frame.pieceCount == count && frame.count == count && frame[piece: count - 1] == many[count - 1])
      var seen = 0
      frame.forEachPiece { seen += $0.count }
      #expect(seen == count)
    }
    #expect(Frame(pieces[0], pieces[1]).pieces == [pieces[0], pieces[1]] && Frame(pieces[0], pieces[1], pieces[2]).pieces == frame.pieces)
    let empty = Frame(ContiguousArray())
    #expect(empty.count == 0 && empty.pieceCount == 1)
  }
}
