import CChecksums

/// CRC-32C (Castagnoli), the checksum of record batches, snapshots of producer state and of this project's traces.
public enum CRC32C {
  @inlinable
  public static func checksum(_ bytes: UnsafeRawBufferPointer, continuing crc: UInt32 = 0) -> UInt32 {
    guard let base = bytes.baseAddress else { return crc }
    return trial_crc32c(crc, base, bytes.count)
  }

  @inlinable
  public static func checksum(_ bytes: Bytes, continuing crc: UInt32 = 0) -> UInt32 {
    bytes.withUnsafeBytes { checksum($0, continuing: crc) }
  }

  /// Computes the checksum with tables only, as on processors without the instruction.
  public static func softwareChecksum(_ bytes: Bytes) -> UInt32 {
    bytes.withUnsafeBytes { $0.baseAddress.map { base in trial_crc32c_software(0, base, bytes.count) } ?? 0 }
  }
}

/// The hash by which producers spread keys over partitions (Austin Appleby's murmur2, seed 0x9747b28c).
public func murmur2(_ bytes: Bytes) -> Int32 {
  let multiplier: UInt32 = 0x5bd1_e995
  return bytes.withUnsafeBytes { bytes in
    var hash = 0x9747_b28c ^ UInt32(truncatingIfNeeded: bytes.count)
    var at = 0
    while at + 4 <= bytes.count {
      var word = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt32.self))
      word = word &* multiplier
      word = (word ^ word >> 24) &* multiplier
      hash = hash &* multiplier ^ word
      at += 4
    }
    if at < bytes.count {
      for index in stride(from: bytes.count - 1, through: at, by: -1) { hash ^= UInt32(bytes[index]) << (8 * UInt32(index - at)) }
      hash = hash &* multiplier
    }
    hash = (hash ^ hash >> 13) &* multiplier
    return Int32(bitPattern: hash ^ hash >> 15)
  }
}
