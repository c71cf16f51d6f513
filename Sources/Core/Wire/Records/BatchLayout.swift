/// The positions of the fields of a record batch of magic 2, in bytes from the batch's first byte (KIP-98). Integers are big-endian.
@usableFromInline
enum BatchLayout {
  @inlinable static var baseOffset: Int { 0 }
  @inlinable static var batchLength: Int { 8 }
  @inlinable static var partitionLeaderEpoch: Int { 12 }
  @inlinable static var magic: Int { 16 }
  @inlinable static var checksum: Int { 17 }
  @inlinable static var attributes: Int { 21 }
  @inlinable static var lastOffsetDelta: Int { 23 }
  @inlinable static var baseTimestamp: Int { 27 }
  @inlinable static var maxTimestamp: Int { 35 }
  @inlinable static var producerID: Int { 43 }
  @inlinable static var producerEpoch: Int { 51 }
  @inlinable static var baseSequence: Int { 53 }
  @inlinable static var recordCount: Int { 57 }
  @inlinable static var records: Int { 61 }

  /// The size of the offset and length fields, which the length does not count.
  @inlinable static var lengthOverhead: Int { 12 }
  @inlinable static var currentMagic: Int8 { 2 }
  /// The length field of an empty batch.
  @inlinable static var smallestLength: Int32 { 49 }
  /// The smallest length in any format: that of an empty message of magic 0.
  @inlinable static var smallestLengthEver: Int32 { 14 }
  /// The smallest size of a record: length, attributes, two deltas, two lengths and the number of headers, a byte each.
  @inlinable static var smallestRecord: Int { 7 }

  @inlinable static var compressionMask: Int16 { 0x07 }
  @inlinable static var logAppendTime: Int16 { 0x08 }
  @inlinable static var transactional: Int16 { 0x10 }
  @inlinable static var control: Int16 { 0x20 }
  @inlinable static var deleteHorizon: Int16 { 0x40 }
}
