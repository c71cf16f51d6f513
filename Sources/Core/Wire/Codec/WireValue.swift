import Primitives

/// What can be the element of an array or the value of a tagged field.
public protocol WireValue: Equatable, Sendable {
  /// The default of a schema that does not name one.
  static var wireDefault: Self { get }
  static func walk<C: Codec>(_ name: StaticString, _ value: inout Self, _ c: inout C) throws(WireError)
}

/// What can be null inside a tagged field.
public protocol NullableWireValue: WireValue {
  static func walkOptional<C: Codec>(_ name: StaticString, _ value: inout Self?, _ c: inout C, isTagged: Bool) throws(WireError)
}

/// A structure of a schema, described once for all four walks.
public protocol Structure: NullableWireValue {
  /// With the defaults of the schema.
  init()
  /// Names every field in the order of the schema, tagged fields last. Only a reader changes the value.
  mutating func describe<C: Codec>(_ c: inout C) throws(WireError)
}

extension Structure {
  /// A structure with some fields set: `FetchRequest { $0.maxWaitMs = 500 }`.
  @inlinable
  public init<Failure: Error>(_ fill: (inout Self) throws(Failure) -> Void) throws(Failure) {
    self.init()
    try fill(&self)
  }

  public static var wireDefault: Self { Self() }

  @inline(__always)
  public static func walk<C: Codec>(_ name: StaticString, _ value: inout Self, _ c: inout C) throws(WireError) {
    c.beginStructure()
    try value.describe(&c)
    try c.endStructure()
  }

  public static func walkOptional<C: Codec>(
    _ name: StaticString, _ value: inout Self?, _ c: inout C, isTagged: Bool
  ) throws(WireError) {
    guard try c.presence(name, value != nil, isTagged: isTagged) else {
      value = nil
      return
    }
    var present = value ?? Self()
    try walk(name, &present, &c)
    value = present
  }
}

extension Int8: WireValue {
  public static var wireDefault: Int8 { 0 }
  @inline(__always)
  public static func walk<C: Codec>(_ name: StaticString, _ value: inout Int8, _ c: inout C) throws(WireError) { try c.integer(name, &value) }
}

extension Int16: WireValue {
  public static var wireDefault: Int16 { 0 }
  @inline(__always)
  public static func walk<C: Codec>(_ name: StaticString, _ value: inout Int16, _ c: inout C) throws(WireError) { try c.integer(name, &value) }
}

extension Int32: WireValue {
  public static var wireDefault: Int32 { 0 }
  @inline(__always)
  public static func walk<C: Codec>(_ name: StaticString, _ value: inout Int32, _ c: inout C) throws(WireError) { try c.integer(name, &value) }
}

extension Int64: WireValue {
  public static var wireDefault: Int64 { 0 }
  @inline(__always)
  public static func walk<C: Codec>(_ name: StaticString, _ value: inout Int64, _ c: inout C) throws(WireError) { try c.integer(name, &value) }
}

extension Bool: WireValue {
  public static var wireDefault: Bool { false }
  @inline(__always)
  public static func walk<C: Codec>(_ name: StaticString, _ value: inout Bool, _ c: inout C) throws(WireError) { try c.boolean(name, &value) }
}

extension Uuid: WireValue {
  public static var wireDefault: Uuid { .zero }
  @inline(__always)
  public static func walk<C: Codec>(_ name: StaticString, _ value: inout Uuid, _ c: inout C) throws(WireError) { try c.identifier(name, &value) }
}

extension ErrorCode: WireValue {
  public static var wireDefault: ErrorCode { .none }
  @inline(__always)
  public static func walk<C: Codec>(_ name: StaticString, _ value: inout ErrorCode, _ c: inout C) throws(WireError) {
    try c.integer(name, &value.rawValue)
  }
}

extension String: NullableWireValue {
  public static var wireDefault: String { "" }
  @inline(__always)
  public static func walk<C: Codec>(_ name: StaticString, _ value: inout String, _ c: inout C) throws(WireError) {
    try c.text(name, &value, isCompact: c.isFlexible)
  }

  public static func walkOptional<C: Codec>(
    _ name: StaticString, _ value: inout String?, _ c: inout C, isTagged: Bool
  ) throws(WireError) {
    try c.optionalText(name, &value, isCompact: c.isFlexible, isNullable: true)
  }
}

extension Array: WireValue, NullableWireValue where Element: WireValue {
  public static var wireDefault: [Element] { [] }
  @inline(__always)
  public static func walk<C: Codec>(_ name: StaticString, _ value: inout [Element], _ c: inout C) throws(WireError) {
    try c.elements(name, &value)
  }

  public static func walkOptional<C: Codec>(
    _ name: StaticString, _ value: inout [Element]?, _ c: inout C, isTagged: Bool
  ) throws(WireError) {
    try c.optionalElements(name, &value, isNullable: true)
  }
}

extension Optional: WireValue where Wrapped: NullableWireValue {
  public static var wireDefault: Wrapped? { nil }
  public static func walk<C: Codec>(_ name: StaticString, _ value: inout Wrapped?, _ c: inout C) throws(WireError) {
    try Wrapped.walkOptional(name, &value, &c, isTagged: true)
  }
}
