/// A producer's identity: its producer id and its epoch, which distinguishes it from earlier producers with that id (KIP-98).
struct ProducerIdentity: Hashable, Sendable {
  var id: Int64
  var epoch: Int16

  static let none = ProducerIdentity(id: -1, epoch: -1)

  var isKnown: Bool { id >= 0 }
}

/// The sequence of a batch: that of its first record, and the identity that it belongs to.
struct BatchSequence: Equatable {
  var producer: ProducerIdentity
  var first: Int32
  var isTransactional: Bool
}
