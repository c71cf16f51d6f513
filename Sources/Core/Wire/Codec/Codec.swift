import Primitives

/// One walk over a message: `FrameReader` fills it, `FrameWriter` writes it, `FrameSizer` measures it, `Printer` shows it.
///
/// A message describes itself once (`Structure.describe`), in the words of Kafka's schemas, by the field methods of the extensions
/// (`Codec+Fields`). These methods decide by version; the requirements here move one value and know nothing about versions. Only the
/// reader changes the value that it walks over.
public protocol Codec {
  var version: Int16 { get }
  /// Whether this version has compact lengths and tagged sections (KIP-482).
  var isFlexible: Bool { get }

  mutating func beginField(_ name: StaticString)
  /// Handles a field that this version does not have. `isDefault` says whether leaving it out loses nothing.
  mutating func absentField(_ name: StaticString, isDefault: @autoclosure () -> Bool) throws(WireError)

  mutating func integer<Value: FixedWidthInteger & BitwiseCopyable>(_ name: StaticString, _ value: inout Value) throws(WireError)
  mutating func floating(_ name: StaticString, _ value: inout Double) throws(WireError)
  mutating func boolean(_ name: StaticString, _ value: inout Bool) throws(WireError)
  mutating func identifier(_ name: StaticString, _ value: inout Uuid) throws(WireError)
  /// `isCompact`: with a variable-length length, as always in flexible versions except for one field of the request header.
  mutating func text(_ name: StaticString, _ value: inout String, isCompact: Bool) throws(WireError)
  mutating func optionalText(_ name: StaticString, _ value: inout String?, isCompact: Bool, isNullable: Bool) throws(WireError)
  mutating func blob(_ name: StaticString, _ value: inout Bytes) throws(WireError)
  /// `isRecords`: record batches, which a writer does not copy.
  mutating func optionalBlob(_ name: StaticString, _ value: inout Bytes?, isRecords: Bool, isNullable: Bool) throws(WireError)
  mutating func elements<Element: WireValue>(_ name: StaticString, _ value: inout [Element]) throws(WireError)
  mutating func optionalElements<Element: WireValue>(_ name: StaticString, _ value: inout [Element]?, isNullable: Bool) throws(WireError)
  /// Whether a nullable structure is present: one byte, or in a tagged field one variable-length integer.
  mutating func presence(_ name: StaticString, _ isPresent: Bool, isTagged: Bool) throws(WireError) -> Bool

  mutating func beginStructure()
  mutating func tag<Value: WireValue & Equatable>(
    _ tag: Int, _ name: StaticString, _ value: inout Value, default: Value
  ) throws(WireError)
  /// Ends the fields and, in flexible versions, the tagged section.
  mutating func endStructure() throws(WireError)
}

/// A type that can be the element of an array or the value of a tagged field.
public protocol WireValue: Equatable, Sendable {
  /// The default if the schema does not name one.
  static var wireDefault: Self { get }
  static func walk<C: Codec>(_ name: StaticString, _ value: inout Self, _ c: inout C) throws(WireError)
}

/// A type that can be null inside a tagged field.
public protocol NullableWireValue: WireValue {
  static func walkOptional<C: Codec>(_ name: StaticString, _ value: inout Self?, _ c: inout C, isTagged: Bool) throws(WireError)
}

/// A structure of a schema, described once for all four walks.
public protocol Structure: NullableWireValue {
  /// Makes a structure with the schema's defaults.
  init()
  /// Names every field in the order of the schema, tagged fields last. Only a reader changes the value.
  mutating func describe<C: Codec>(_ c: inout C) throws(WireError)
}
