/// A transaction that an external coordinator decides about (KIP-939).
public struct PreparedTransaction: Hashable, Sendable {
  public var producerID: Int64
  public var producerEpoch: Int16

  public init(producerID: Int64, producerEpoch: Int16) {
    self.producerID = producerID
    self.producerEpoch = producerEpoch
  }
}
