/// Who writes: a producer id, and the epoch by which its former lives are known (KIP-98).
struct ProducerIdentity: Hashable, Sendable {
  var id: Int64
  var epoch: Int16

  static let none = ProducerIdentity(id: -1, epoch: -1)

  var isKnown: Bool { id >= 0 }
}

/// The numbers of records that one producer sends to one partition: from 0 to the largest of 32 bits with a sign, and on from 0.
enum SequenceNumber {
  static func advanced(_ sequence: Int32, by count: Int) -> Int32 { Int32(truncatingIfNeeded: (Int64(sequence) &+ Int64(count)) & 0x7fff_ffff) }

  /// Whether one comes after another: of the two ways around, the shorter one counts.
  static func isAfter(_ sequence: Int32, _ other: Int32) -> Bool {
    let distance = (Int64(sequence) - Int64(other)) & 0x7fff_ffff
    return distance > 0 && distance < 0x4000_0000
  }
}

/// The number of a batch: of its first record, and in whose counting.
struct BatchSequence: Equatable {
  var producer: ProducerIdentity
  var first: Int32
  var isTransactional: Bool
}
