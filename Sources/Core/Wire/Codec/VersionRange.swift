/// The versions of a message in which a field exists, as Kafka's schemas write them: `4...`, `0...12`, `3`, `.none`.
public struct VersionRange: Hashable, Sendable, ExpressibleByIntegerLiteral {
  public let first: Int16
  public let last: Int16

  @inlinable
  public init(first: Int16, last: Int16) {
    self.first = first
    self.last = last
  }

  @inlinable public init(integerLiteral version: Int16) { self.init(first: version, last: version) }

  @inlinable public static var all: VersionRange { VersionRange(first: .min, last: .max) }
  @inlinable public static var none: VersionRange { VersionRange(first: .max, last: .min) }

  @inlinable
  @inline(__always)
  public func contains(_ version: Int16) -> Bool { version >= first && version <= last }

  @inlinable
  public static postfix func ... (first: VersionRange) -> VersionRange { VersionRange(first: first.first, last: .max) }

  @inlinable
  public static func ... (first: VersionRange, last: VersionRange) -> VersionRange { VersionRange(first: first.first, last: last.last) }
}
