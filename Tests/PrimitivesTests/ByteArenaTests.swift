import Primitives
import Testing

@Suite struct ByteArenaTests {
  @Test func `Adjacent slices are joined without a copy`() {
    var arena = ByteArena()
    let first = write("abc", to: &arena), second = write("de", to: &arena)
    let both = first.extended(by: second)
    #expect(both?.text == "abcde")
    #expect(both?.sharesStorage(with: first) == true)
  }

  @Test func `Storage in use is never overwritten`() {
    var arena = ByteArena()
    var held: [Bytes] = []
    for number in 0..<200 { held.append(write(String(repeating: "\(number % 10)", count: 1_000), to: &arena)) }
    for (number, bytes) in held.enumerated() { #expect(bytes.text == String(repeating: "\(number % 10)", count: 1_000)) }
  }

  @Test func `Unused storage is reused`() {
    var arena = ByteArena(capacity: 10)
    let address = arena.append(count: 8) { _ in }.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) }
    let again = arena.append(count: 8) { _ in }.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) }
    #expect(address == again)
  }

  @Test func `A slice larger than any storage gets its own`() {
    var arena = ByteArena()
    let large = arena.append(count: ByteArena.largestCapacity + 1) { $0.initializeMemory(as: UInt8.self, repeating: 7) }
    #expect(large.count == ByteArena.largestCapacity + 1 && large[ByteArena.largestCapacity] == 7)
  }

  @Test func `The storages of a growing arena are adjacent`() {
    var arena = ByteArena()
    var held: [Bytes] = []
    for number in 0..<300 { held.append(write(String(repeating: "\(number % 10)", count: 1_000), to: &arena)) }
    let pieces = joinedNeighbours(held)
    #expect(pieces.count == 3)
    let whole = Bytes(sideBySide: pieces)
    #expect(whole == Bytes(joining: held))
    #expect(whole.map { address(of: $0) } == address(of: held[0]))
  }

  @Test func `Reading across storages uses a separate storage`() {
    var arena = ByteArena()
    var held: [Bytes] = []
    for number in 0..<100 { held.append(write(String(repeating: "\(number % 10)", count: 1_000), to: &arena)) }
    let whole = Bytes(sideBySide: held)!
    #expect(!whole.sharesStorage(with: held[0]) && !whole.sharesStorage(with: held[99]))
    #expect(whole.extended(by: write("next", to: &arena)) == nil)
    #expect(Bytes(sideBySide: [held[0], held[2]]) == nil)
    #expect(Bytes(sideBySide: [held[0], held[1].copy()]) == nil)
  }

  @Test func `Bytes read across storages are never overwritten`() {
    var arena = ByteArena()
    var held: [Bytes] = []
    for number in 0..<100 { held.append(write(String(repeating: "\(number % 10)", count: 1_000), to: &arena)) }
    let whole = Bytes(sideBySide: held)!, copy = whole.copy()
    held = []
    for _ in 0..<1_000 { _ = write(String(repeating: "x", count: 1_000), to: &arena) }
    #expect(whole == copy)
  }

  @Test func `Copies of an arena never overwrite each other`() {
    var one = ByteArena()
    var held = [write(String(repeating: "a", count: 60_000), to: &one)]
    var other = one
    for letter in ["b", "c", "d"] {
      held.append(write(String(repeating: letter, count: 40_000), to: &one))
      held.append(write(String(repeating: letter.uppercased(), count: 40_000), to: &other))
    }
    #expect(held.map { $0[0] == $0[$0.count - 1] ? $0[0..<1].text : nil } == ["a", "b", "B", "c", "C", "d", "D"])
  }

  /// The slices as a file keeps them.
  private func joinedNeighbours(_ slices: [Bytes]) -> [Bytes] {
    slices.reduce(into: []) { pieces, slice in
      if let joined = pieces.last?.extended(by: slice) { pieces[pieces.count - 1] = joined } else { pieces.append(slice) }
    }
  }

  private func address(of bytes: Bytes) -> UInt { bytes.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) } }

  private func write(_ text: String, to arena: inout ByteArena) -> Bytes {
    arena.append(count: text.utf8.count) { $0.copyBytes(from: text.utf8) }
  }
}
