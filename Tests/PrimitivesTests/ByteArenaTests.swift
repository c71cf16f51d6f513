import Primitives
import Testing

@Suite struct ByteArenaTests {
  @Test func neighboursAreOneSliceAgainWithoutACopy() {
    var arena = ByteArena()
    let first = write("abc", to: &arena), second = write("de", to: &arena)
    let both = first.extended(by: second)
    #expect(both?.text == "abcde")
    #expect(both?.sharesStorage(with: first) == true)
  }

  @Test func whatIsHeldIsNeverWrittenOver() {
    var arena = ByteArena()
    var held: [Bytes] = []
    for number in 0..<200 { held.append(write(String(repeating: "\(number % 10)", count: 1_000), to: &arena)) }
    for (number, bytes) in held.enumerated() { #expect(bytes.text == String(repeating: "\(number % 10)", count: 1_000)) }
  }

  @Test func storageThatNobodyHoldsIsUsedAgain() {
    var arena = ByteArena(capacity: 10)
    let address = arena.append(count: 8) { _ in }.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) }
    let again = arena.append(count: 8) { _ in }.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) }
    #expect(address == again)
  }

  @Test func aStretchLargerThanAnyStorageGetsOneOfItsOwn() {
    var arena = ByteArena()
    let large = arena.append(count: ByteArena.largestCapacity + 1) { $0.initializeMemory(as: UInt8.self, repeating: 7) }
    #expect(large.count == ByteArena.largestCapacity + 1 && large[ByteArena.largestCapacity] == 7)
  }

  private func write(_ text: String, to arena: inout ByteArena) -> Bytes {
    arena.append(count: text.utf8.count) { $0.copyBytes(from: text.utf8) }
  }
}
