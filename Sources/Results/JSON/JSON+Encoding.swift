import Measurement

extension JSON {
  /// Encodes a value in the form that Foundation's `JSONDecoder` reads, with the keys in the order in which the value writes them: that of the
  /// declarations, if the compiler wrote `encode(to:)`. nil is written as `null`, so that every result has the same keys.
  ///
  /// Numbers with a fraction are rounded to six decimals. An `encode(to:)` that throws is a bug in the program.
  public init(encoding value: some Encodable) {
    let slot = EncodingSlot()
    do {
      try slot.encode(value)
    } catch {
      preconditionFailure("\(type(of: value)) cannot be written as JSON: \(error)")
    }
    self = slot.json
  }
}

/// The slot of one value that is being written.
private final class EncodingSlot {
  private enum Content {
    case single(JSON)
    case object([(String, EncodingSlot)])
    case array([EncodingSlot])
  }

  private var content = Content.single(.object([]))

  var json: JSON {
    switch content {
    case .single(let value): value
    case .object(let entries): .object(entries.map { ($0.0, $0.1.json) })
    case .array(let elements): .array(elements.map(\.json))
    }
  }

  func set(_ value: JSON) { content = .single(value) }

  func encode(_ value: some Encodable) throws { try value.encode(to: SlotEncoder(slot: self)) }

  func beginObject() {
    if case .object = content { return }
    content = .object([])
  }

  func beginArray() {
    if case .array = content { return }
    content = .array([])
  }

  var count: Int {
    if case .array(let elements) = content { elements.count } else { 0 }
  }

  func entry(_ key: any CodingKey) -> EncodingSlot {
    guard case .object(var entries) = content else { preconditionFailure("an object was begun") }
    let slot = EncodingSlot()
    content = .single(.null)
    entries.append((key.stringValue, slot))
    content = .object(entries)
    return slot
  }

  func element() -> EncodingSlot {
    guard case .array(var elements) = content else { preconditionFailure("an array was begun") }
    let slot = EncodingSlot()
    content = .single(.null)
    elements.append(slot)
    content = .array(elements)
    return slot
  }
}

private struct SlotEncoder: Encoder {
  let slot: EncodingSlot
  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    slot.beginObject()
    return KeyedEncodingContainer(ObjectContainer<Key>(slot: slot))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    slot.beginArray()
    return ArrayContainer(slot: slot)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer { SingleContainer(slot: slot) }
}

private struct SingleContainer: SingleValueEncodingContainer {
  let slot: EncodingSlot
  var codingPath: [any CodingKey] { [] }

  func encodeNil() { slot.set(.null) }
  func encode(_ value: Bool) { slot.set(.bool(value)) }
  func encode(_ value: String) { slot.set(.string(value)) }
  func encode(_ value: Double) { slot.set(.number(value)) }
  func encode(_ value: Float) { slot.set(.number(Double(value))) }
  func encode(_ value: Int) { slot.set(.integer(Int64(value))) }
  func encode(_ value: Int8) { slot.set(.integer(Int64(value))) }
  func encode(_ value: Int16) { slot.set(.integer(Int64(value))) }
  func encode(_ value: Int32) { slot.set(.integer(Int64(value))) }
  func encode(_ value: Int64) { slot.set(.integer(value)) }
  func encode(_ value: UInt) { slot.set(.unsigned(UInt64(value))) }
  func encode(_ value: UInt8) { slot.set(.integer(Int64(value))) }
  func encode(_ value: UInt16) { slot.set(.integer(Int64(value))) }
  func encode(_ value: UInt32) { slot.set(.integer(Int64(value))) }
  func encode(_ value: UInt64) { slot.set(.unsigned(value)) }
  func encode(_ value: some Encodable) throws { try slot.encode(value) }
}

private struct ArrayContainer: UnkeyedEncodingContainer {
  let slot: EncodingSlot
  var codingPath: [any CodingKey] { [] }
  var count: Int { slot.count }

  func encodeNil() { slot.element().set(.null) }
  func encode(_ value: some Encodable) throws { try slot.element().encode(value) }

  func nestedContainer<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> { SlotEncoder(slot: slot.element()).container(keyedBy: type) }
  func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { SlotEncoder(slot: slot.element()).unkeyedContainer() }
  func superEncoder() -> any Encoder { SlotEncoder(slot: slot.element()) }
}

private struct ObjectContainer<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let slot: EncodingSlot
  var codingPath: [any CodingKey] { [] }

  func encodeNil(forKey key: Key) { slot.entry(key).set(.null) }
  func encode(_ value: some Encodable, forKey key: Key) throws { try slot.entry(key).encode(value) }

  // By default the standard library omits keys whose value is nil, with one requirement for each type.
  func encodeIfPresent(_ value: Bool?, forKey key: Key) throws { try encodeOptional(value, key) }
  func encodeIfPresent(_ value: String?, forKey key: Key) throws { try encodeOptional(value, key) }
  func encodeIfPresent(_ value: Double?, forKey key: Key) throws { try encodeOptional(value, key) }
  func encodeIfPresent(_ value: Float?, forKey key: Key) throws { try encodeOptional(value, key) }
  func encodeIfPresent(_ value: Int?, forKey key: Key) throws { try encodeOptional(value, key) }
  func encodeIfPresent(_ value: Int8?, forKey key: Key) throws { try encodeOptional(value, key) }
  func encodeIfPresent(_ value: Int16?, forKey key: Key) throws { try encodeOptional(value, key) }
  func encodeIfPresent(_ value: Int32?, forKey key: Key) throws { try encodeOptional(value, key) }
  func encodeIfPresent(_ value: Int64?, forKey key: Key) throws { try encodeOptional(value, key) }
  func encodeIfPresent(_ value: UInt?, forKey key: Key) throws { try encodeOptional(value, key) }
  func encodeIfPresent(_ value: UInt8?, forKey key: Key) throws { try encodeOptional(value, key) }
  func encodeIfPresent(_ value: UInt16?, forKey key: Key) throws { try encodeOptional(value, key) }
  func encodeIfPresent(_ value: UInt32?, forKey key: Key) throws { try encodeOptional(value, key) }
  func encodeIfPresent(_ value: UInt64?, forKey key: Key) throws { try encodeOptional(value, key) }
  func encodeIfPresent(_ value: (some Encodable)?, forKey key: Key) throws { try encodeOptional(value, key) }

  private func encodeOptional(_ value: (some Encodable)?, _ key: Key) throws {
    if let value { try encode(value, forKey: key) } else { encodeNil(forKey: key) }
  }

  func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key) -> KeyedEncodingContainer<Nested> {
    SlotEncoder(slot: slot.entry(key)).container(keyedBy: type)
  }

  func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer { SlotEncoder(slot: slot.entry(key)).unkeyedContainer() }
  func superEncoder() -> any Encoder { SlotEncoder(slot: slot.entry(SuperKey())) }
  func superEncoder(forKey key: Key) -> any Encoder { SlotEncoder(slot: slot.entry(key)) }
}

private struct SuperKey: CodingKey {
  let stringValue = "super"
  let intValue: Int? = nil

  init() {}
  init?(stringValue: String) {}
  init?(intValue: Int) {}
}
