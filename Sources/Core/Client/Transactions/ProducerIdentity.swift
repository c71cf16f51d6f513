/// A producer's identity: its producer id and its epoch, which distinguishes it from earlier producers with that id (KIP-98).
struct ProducerIdentity: Hashable, Sendable {
  var id: Int64
  var epoch: Int16

  static let none = ProducerIdentity(id: -1, epoch: -1)

  var isKnown: Bool { id >= 0 }
}

/// The sequence numbers of records that one producer sends to one partition: from 0 to the largest 32-bit signed number, then from 0 again.
enum SequenceNumber {
  static func advanced(_ sequence: Int32, by count: Int) -> Int32 { Int32(truncatingIfNeeded: (Int64(sequence) &+ Int64(count)) & 0x7fff_ffff) }

  /// Whether one comes after another: the shorter of the two distances around the wrap decides.
  static func isAfter(_ sequence: Int32, _ other: Int32) -> Bool {
    let distance = (Int64(sequence) - Int64(other)) & 0x7fff_ffff
    return distance > 0 && distance < 0x4000_0000
  }
}

/// The sequence of a batch: that of its first record, and the identity that it belongs to.
struct BatchSequence: Equatable {
  var producer: ProducerIdentity
  var first: Int32
  var isTransactional: Bool
}
