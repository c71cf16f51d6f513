/// A node of a world, numbered in the order in which nodes were added. Brokers, controllers and clients alike.
public struct NodeIndex: Hashable, Comparable, Sendable, CustomStringConvertible {
  public let value: Int32

  init(_ value: Int32) { self.value = value }
  init(_ value: Int) { self.value = Int32(value) }

  @inlinable public static func < (left: NodeIndex, right: NodeIndex) -> Bool { left.value < right.value }
  public var description: String { "node \(value)" }
}
