import Primitives

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
