import Primitives
import Testing

@Suite struct NumbersTests {
  @Test func `A stream depends on seed and purpose only`() {
    var one = RandomStream(seed: 7, purpose: "link", 1, 2)
    var same = RandomStream(seed: 7, purpose: "link", 1, 2)
    var otherLink = RandomStream(seed: 7, purpose: "link", 2, 1)
    var otherSeed = RandomStream(seed: 8, purpose: "link", 1, 2)
    let first = one.next()
    #expect(first == same.next())
    #expect(first != otherLink.next())
    #expect(first != otherSeed.next())
  }

  @Test func `Exponential delays have their mean and their tail`() {
    var random = RandomStream(seed: 1, purpose: "test")
    let mean = Duration.milliseconds(10)
    var total: Int64 = 0
    var beyondThreeMeans = 0
    let draws = 200_000
    for _ in 0..<draws {
      let delay = random.exponential(mean: mean)
      total += delay.nanoseconds
      if delay > mean * 3 { beyondThreeMeans += 1 }
    }
    #expect(abs(total / Int64(draws) - mean.nanoseconds) < 100_000)
    // e^-3 of the draws: 4.98 %.
    #expect(abs(beyondThreeMeans - 9957) < 400)
  }

  @Test func `Bounded draws reach every value and nothing else`() {
    var random = RandomStream(seed: 3, purpose: "test")
    var seen = Array(repeating: 0, count: 5)
    for _ in 0..<5_000 { seen[Int(random.below(5))] += 1 }
    #expect(seen.allSatisfy { $0 > 900 && $0 < 1_100 })
  }

  @Test func `UUIDs read back from their text`() {
    var random = RandomStream(seed: 3, purpose: "test")
    for _ in 0..<100 {
      let id = Uuid.random(&random)
      #expect(Uuid(id.description) == id)
    }
    #expect(Uuid.metadataTopic.description == "AAAAAAAAAAAAAAAAAAAAAQ")
    #expect(Uuid("AAAAAAAAAAAAAAAAAAAAAQ") == .metadataTopic)
    #expect(Uuid("short") == nil)
  }

  @Test(arguments: [("", 275_646_681), ("61", -1_563_381_124), ("6162", 316_155_434), ("616263", 479_470_107)] as [(String, Int32)])
  func `Murmur2 gives Kafka's values`(key: String, hash: Int32) {
    #expect(murmur2(Bytes(hexadecimal: key)!) == hash)
  }

  @Test func `Checksums by instruction and by tables agree at every length and alignment`() {
    var random = RandomStream(seed: 5, purpose: "test")
    let bytes = Bytes((0..<20_000).map { _ in UInt8(truncatingIfNeeded: random.next()) })
    #expect(CRC32C.checksum(Bytes("123456789")) == 0xe306_9283)
    for _ in 0..<500 {
      let start = Int(random.below(200)), end = start + Int(random.below(19_000))
      #expect(CRC32C.checksum(bytes[start..<end]) == CRC32C.softwareChecksum(bytes[start..<end]))
    }
    for length in 0...80 { #expect(CRC32C.checksum(bytes[3..<3 + length]) == CRC32C.softwareChecksum(bytes[3..<3 + length])) }
    let half = CRC32C.checksum(bytes[0..<777])
    #expect(CRC32C.checksum(bytes[777...], continuing: half) == CRC32C.checksum(bytes))
  }
}
