import Primitives
import Testing

@Suite struct BytesTests {
  @Test func `A slice shares its storage and reads the same bytes`() {
    let bytes = Bytes([1, 2, 3, 4, 5])
    let slice = bytes[1..<4]
    #expect(slice.array == [2, 3, 4])
    #expect(slice.sharesStorage(with: bytes))
    #expect(slice[1...].array == [3, 4])
    #expect(!slice.copy().sharesStorage(with: bytes))
  }

  @Test func `Bytes returned by a writer do not change when it continues`() {
    var writer = ByteWriter(capacity: 4)
    writer.append(UInt16(0x0102))
    let first = writer.bytes
    var other = writer
    writer.append(UInt16(0x0304))
    other.append(UInt16(0x0506))
    writer.replace(at: 0, with: UInt16(0xffff))
    #expect(first.array == [1, 2])
    #expect(other.bytes.array == [1, 2, 5, 6])
    #expect(writer.bytes.array == [0xff, 0xff, 3, 4])
  }

  @Test func `Integers are big endian at any alignment`() {
    let bytes = Bytes(hexadecimal: "00ff010203040506070809")!
    #expect(bytes.integer(at: 1, as: Int8.self) == -1)
    #expect(bytes.integer(at: 3, as: Int64.self) == 0x0203_0405_0607_0809)
    #expect(bytes.hexadecimal == "00ff010203040506070809")
    #expect(Bytes(hexadecimal: "0") == nil)
    #expect(Bytes(hexadecimal: "zz") == nil)
  }

  @Test func `Joining keeps order and shares a single piece`() {
    let one = Bytes([1, 2]), two = Bytes([3])
    #expect(Bytes(joining: [one, .empty, two]).array == [1, 2, 3])
    #expect(Bytes(joining: [one]).sharesStorage(with: one))
  }
}
