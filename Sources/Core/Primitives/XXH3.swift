/// The 64-bit XXH3 hash with seed 0 (Yann Collet's xxHash 0.8), which Kafka uses to hash a group's topics (KIP-848, `Utils.computeGroupHash`).
public enum XXH3 {
  public static func hash(_ bytes: [UInt8]) -> UInt64 {
    bytes.withUnsafeBytes { input in
      secret.withUnsafeBytes { XXH3Input(bytes: input, secret: $0).hash() }
    }
  }

  private static let secret: [UInt8] = [
    0xb8, 0xfe, 0x6c, 0x39, 0x23, 0xa4, 0x4b, 0xbe, 0x7c, 0x01, 0x81, 0x2c, 0xf7, 0x21, 0xad, 0x1c,
    0xde, 0xd4, 0x6d, 0xe9, 0x83, 0x90, 0x97, 0xdb, 0x72, 0x40, 0xa4, 0xa4, 0xb7, 0xb3, 0x67, 0x1f,
    0xcb, 0x79, 0xe6, 0x4e, 0xcc, 0xc0, 0xe5, 0x78, 0x82, 0x5a, 0xd0, 0x7d, 0xcc, 0xff, 0x72, 0x21,
    0xb8, 0x08, 0x46, 0x74, 0xf7, 0x43, 0x24, 0x8e, 0xe0, 0x35, 0x90, 0xe6, 0x81, 0x3a, 0x26, 0x4c,
    0x3c, 0x28, 0x52, 0xbb, 0x91, 0xc3, 0x00, 0xcb, 0x88, 0xd0, 0x65, 0x8b, 0x1b, 0x53, 0x2e, 0xa3,
    0x71, 0x64, 0x48, 0x97, 0xa2, 0x0d, 0xf9, 0x4e, 0x38, 0x19, 0xef, 0x46, 0xa9, 0xde, 0xac, 0xd8,
    0xa8, 0xfa, 0x76, 0x3f, 0xe3, 0x9c, 0x34, 0x3f, 0xf9, 0xdc, 0xbb, 0xc7, 0xc7, 0x0b, 0x4f, 0x1d,
    0x8a, 0x51, 0xe0, 0x4b, 0xcd, 0xb4, 0x59, 0x31, 0xc8, 0x9f, 0x7e, 0xc9, 0xd9, 0x78, 0x73, 0x64,
    0xea, 0xc5, 0xac, 0x83, 0x34, 0xd3, 0xeb, 0xc3, 0xc5, 0x81, 0xa0, 0xff, 0xfa, 0x13, 0x63, 0xeb,
    0x17, 0x0d, 0xdd, 0x51, 0xb7, 0xf0, 0xda, 0x49, 0xd3, 0x16, 0x55, 0x26, 0x29, 0xd4, 0x68, 0x9e,
    0x2b, 0x16, 0xbe, 0x58, 0x7d, 0x47, 0xa1, 0xfc, 0x8f, 0xf8, 0xb8, 0xd1, 0x7a, 0xd0, 0x31, 0xce,
    0x45, 0xcb, 0x3a, 0x8f, 0x95, 0x16, 0x04, 0x28, 0xaf, 0xd7, 0xfb, 0xca, 0xbb, 0x4b, 0x40, 0x7e,
  ]
}

/// An input and the secret it is mixed with. The length alone decides how the input is processed.
private struct XXH3Input {
  let bytes: UnsafeRawBufferPointer
  let secret: UnsafeRawBufferPointer

  private static let prime1: UInt64 = 0x9e37_79b1_85eb_ca87
  private static let prime2: UInt64 = 0xc2b2_ae3d_27d4_eb4f
  private static let prime3: UInt64 = 0x1656_67b1_9e37_79f9
  private static let prime4: UInt64 = 0x85eb_ca77_c2b2_ae63
  private static let prime5: UInt64 = 0x27d4_eb2f_1656_67c5
  private static let short1: UInt64 = 0x9e37_79b1
  private static let short2: UInt64 = 0x85eb_ca77
  private static let short3: UInt64 = 0xc2b2_ae3d

  private var count: Int { bytes.count }
  private var length: UInt64 { UInt64(bytes.count) }

  func hash() -> UInt64 {
    switch count {
    case 0: Self.finished64(key(56) ^ key(64))
    case 1...3: hashOfFewest()
    case 4...8: hashOfUpTo8()
    case 9...16: hashOfUpTo16()
    case 17...128: hashOfUpTo128()
    case 129...240: hashOfUpTo240()
    default: hashOfLong()
    }
  }

  private func hashOfFewest() -> UInt64 {
    let ends = UInt32(bytes.first!) << 16 | UInt32(bytes.last!)
    let combined = ends | UInt32(bytes[count >> 1]) << 24 | UInt32(count) << 8
    return Self.finished64(UInt64(combined ^ shortKey(0) ^ shortKey(4)))
  }

  private func hashOfUpTo8() -> UInt64 {
    let factor: UInt64 = 0x9fb2_1c65_1e98_df25
    var hash = (UInt64(shortWord(count - 4)) | UInt64(shortWord(0)) << 32) ^ key(8) ^ key(16)
    hash ^= Self.rotated(hash, 49) ^ Self.rotated(hash, 24)
    hash = hash &* factor
    hash ^= (hash >> 35) &+ length
    hash = hash &* factor
    return hash ^ hash >> 28
  }

  private func hashOfUpTo16() -> UInt64 {
    let low = word(0) ^ key(24) ^ key(32)
    let high = word(count - 8) ^ key(40) ^ key(48)
    return Self.finished(length &+ low.byteSwapped &+ high &+ Self.folded(low, high))
  }

  private func hashOfUpTo128() -> UInt64 {
    var sum = length &* Self.prime1
    for pair in 0...((count - 1) / 32) {
      sum = sum &+ mixed(16 * pair, 32 * pair) &+ mixed(count - 16 * (pair + 1), 32 * pair + 16)
    }
    return Self.finished(sum)
  }

  private func hashOfUpTo240() -> UInt64 {
    var sum = length &* Self.prime1
    for round in 0..<8 { sum = sum &+ mixed(16 * round, 16 * round) }
    sum = Self.finished(sum)
    for round in 8..<(count / 16) { sum = sum &+ mixed(16 * round, 16 * (round - 8) + 3) }
    return Self.finished(sum &+ mixed(count - 16, 119))
  }

  private func hashOfLong() -> UInt64 {
    var lanes = [Self.short3, Self.prime1, Self.prime2, Self.prime3, Self.prime4, Self.short2, Self.prime5, Self.short1]
    let blocks = (count - 1) / 1_024
    for block in 0..<blocks {
      for stripe in 0..<16 { accumulate(&lanes, 1_024 * block + 64 * stripe, 8 * stripe) }
      for lane in 0..<8 { lanes[lane] = (lanes[lane] ^ lanes[lane] >> 47 ^ key(128 + 8 * lane)) &* Self.short1 }
    }
    for stripe in 0..<((count - 1 - 1_024 * blocks) / 64) { accumulate(&lanes, 1_024 * blocks + 64 * stripe, 8 * stripe) }
    accumulate(&lanes, count - 64, 121)
    var sum = length &* Self.prime1
    for pair in 0..<4 { sum = sum &+ Self.folded(lanes[2 * pair] ^ key(11 + 16 * pair), lanes[2 * pair + 1] ^ key(19 + 16 * pair)) }
    return Self.finished(sum)
  }

  /// Mixes 64 bytes into the lanes.
  private func accumulate(_ lanes: inout [UInt64], _ offset: Int, _ keyOffset: Int) {
    for lane in 0..<8 {
      let value = word(offset + 8 * lane)
      let keyed = value ^ key(keyOffset + 8 * lane)
      lanes[lane ^ 1] = lanes[lane ^ 1] &+ value
      lanes[lane] = lanes[lane] &+ (keyed & 0xffff_ffff) &* (keyed >> 32)
    }
  }

  private func mixed(_ offset: Int, _ keyOffset: Int) -> UInt64 {
    Self.folded(word(offset) ^ key(keyOffset), word(offset + 8) ^ key(keyOffset + 8))
  }

  private static func folded(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let product = left.multipliedFullWidth(by: right)
    return product.low ^ product.high
  }

  private static func rotated(_ value: UInt64, _ distance: UInt64) -> UInt64 { value << distance | value >> (64 - distance) }

  private static func finished(_ hash: UInt64) -> UInt64 {
    let stirred = (hash ^ hash >> 37) &* 0x1656_6791_9e37_79f9
    return stirred ^ stirred >> 32
  }

  private static func finished64(_ hash: UInt64) -> UInt64 {
    var hash = (hash ^ hash >> 33) &* prime2
    hash = (hash ^ hash >> 29) &* prime3
    return hash ^ hash >> 32
  }

  private func word(_ offset: Int) -> UInt64 { UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) }
  private func shortWord(_ offset: Int) -> UInt32 { UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)) }
  private func key(_ offset: Int) -> UInt64 { UInt64(littleEndian: secret.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) }
  private func shortKey(_ offset: Int) -> UInt32 { UInt32(littleEndian: secret.loadUnaligned(fromByteOffset: offset, as: UInt32.self)) }
}
