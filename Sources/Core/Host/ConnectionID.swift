/// One end of a connection. Unique within one life of a node.
public struct ConnectionID: Hashable, Sendable, CustomStringConvertible {
  public var value: UInt32
  @inlinable public init(_ value: UInt32) { self.value = value }
  public var description: String { "connection \(value)" }
}
