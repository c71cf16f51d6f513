/// The sequence numbers of records that one producer sends to one partition: from 0 to the largest 32-bit signed number, then from 0 again.
public enum SequenceNumber {
  @inlinable public static func advanced(_ sequence: Int32, by count: Int) -> Int32 { Int32(truncatingIfNeeded: (Int64(sequence) &+ Int64(count)) & 0x7fff_ffff) }

  /// Whether one comes after another: the shorter of the two distances around the wrap decides.
  @inlinable public static func isAfter(_ sequence: Int32, _ other: Int32) -> Bool {
    let distance = (Int64(sequence) - Int64(other)) & 0x7fff_ffff
    return distance > 0 && distance < 0x4000_0000
  }
}
