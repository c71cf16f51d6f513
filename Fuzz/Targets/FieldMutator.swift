import Primitives
import Scenarios
import Wire

/// Walks a message as readers and writers do, and changes fields: first, if `fills` is set, all of them to plausible values, then some to
/// odd ones. The result can be encoded at its version, so it reaches the handler instead of failing in the decoder.
struct FieldMutator: Codec {
  let version: Int16
  let isFlexible: Bool
  let facts: Facts
  let fills: Bool
  /// One field in this many is changed to something odd; 0 for none.
  let rarity: Int64
  var random: RandomStream
  private var elementsMade = 0

  /// The size to which an array of one element may grow: enough to reveal quadratic behaviour.
  private static let manyElements: Int64 = 3_000

  init(_ type: any Message.Type, version: Int16, _ facts: Facts, fills: Bool, rarity: Int64, random: RandomStream) {
    self.version = version
    isFlexible = type.flexibleVersions.contains(version)
    (self.facts, self.fills, self.rarity, self.random) = (facts, fills, rarity, random)
  }

  mutating func change<M: Message>(_ message: inout M) { try! M.walk("", &message, &self) }

  private mutating func isOdd() -> Bool { rarity > 0 && random.chance(1, in: rarity) }

  mutating func beginField(_ name: StaticString) {}
  mutating func absentField(_ name: StaticString, isDefault: @autoclosure () -> Bool) {}
  mutating func beginStructure() {}
  mutating func endStructure() {}

  mutating func integer<Value: FixedWidthInteger & BitwiseCopyable>(_ name: StaticString, _ value: inout Value) {
    if fills { value = Value(truncatingIfNeeded: facts.number(name.description, &random)) }
    guard isOdd() else { return }
    switch random.below(8) {
    case 0: value = .max
    case 1: value = .min
    case 2: value = Value(truncatingIfNeeded: -1)
    case 3: value = 0
    case 4: value &+= 1
    case 5: value &-= 1
    case 6: value = Value(truncatingIfNeeded: random.next())
    default: value = Value(truncatingIfNeeded: random.below(300))
    }
  }

  mutating func floating(_ name: StaticString, _ value: inout Double) {
    if isOdd() { value = random.pick([.nan, .infinity, -.infinity, -0.0, 1e300, -1e300]) }
  }

  mutating func boolean(_ name: StaticString, _ value: inout Bool) {
    if isOdd() { value.toggle() }
  }

  mutating func identifier(_ name: StaticString, _ value: inout Uuid) {
    if fills { value = name.description.contains("irector") ? Uuid(high: 0, low: 0) : random.pick(facts.topicIDs) }
    if isOdd() { value = random.pick(facts.topicIDs + [.zero, .metadataTopic, Uuid(high: .max, low: .max), Uuid(high: random.next(), low: random.next())]) }
  }

  mutating func text(_ name: StaticString, _ value: inout String, isCompact: Bool) {
    if fills { value = facts.text(name.description, &random) }
    if !facts.host.isEmpty, name.description == "Host" { value = facts.host }
    if isOdd() { value = random.pick(Facts.strangeTexts + facts.topics + Facts.values) }
  }

  mutating func optionalText(_ name: StaticString, _ value: inout String?, isCompact: Bool, isNullable: Bool) {
    var present = value ?? ""
    text(name, &present, isCompact: isCompact)
    if fills || value != nil { value = present }
    if isNullable, isOdd() { value = nil }
  }

  mutating func blob(_ name: StaticString, _ value: inout Bytes) {
    if fills { value = random.pick(facts.batches) }
    if isOdd() { value = random.changed(value) }
  }

  mutating func optionalBlob(_ name: StaticString, _ value: inout Bytes?, isRecords: Bool, isNullable: Bool) {
    if fills { value = random.pick(facts.batches) }
    // Most of a request is about its records, so these are changed more often.
    if rarity > 0, random.chance(1, in: isRecords ? max(1, rarity / 3) : rarity) {
      value = isRecords ? random.changedBatch(value ?? .empty) : random.changed(value ?? .empty)
    }
    if isNullable, isOdd() { value = nil }
  }

  mutating func elements<Element: WireValue>(_ name: StaticString, _ value: inout [Element]) throws(WireError) {
    if fills, value.isEmpty { value = Array(repeating: Element.wireDefault, count: Int(1 + random.below(2))) }
    let madeBefore = elementsMade
    for index in value.indices { try Element.walk(name, &value[index], &self) }
    guard isOdd() else { return }
    switch random.below(6) {
    case 0: value = []
    case 1: if !value.isEmpty { value.append(random.pick(value)) }
    case 2: if !value.isEmpty { value.removeFirst() }
    case 3: value.append(Element.wireDefault)
    case 4: value.reverse()
    default:
      let count = Int(random.below(Self.manyElements))
      // Do not repeat elements that have grown already: that would give millions.
      if elementsMade == madeBefore, elementsMade + count < 2 * Int(Self.manyElements), let first = value.first {
        elementsMade += count
        value += Array(repeating: first, count: count)
        for index in value.indices.suffix(count) { try Element.walk(name, &value[index], &self) }
      }
    }
  }

  mutating func optionalElements<Element: WireValue>(_ name: StaticString, _ value: inout [Element]?, isNullable: Bool) throws(WireError) {
    var present = value ?? []
    try elements(name, &present)
    if fills || value != nil { value = present }
    if isNullable, isOdd() { value = nil }
  }

  mutating func presence(_ name: StaticString, _ isPresent: Bool, isTagged: Bool) -> Bool { isOdd() ? !isPresent : isPresent || fills }

  mutating func tag<Value: WireValue & Equatable>(_ tag: Int, _ name: StaticString, _ value: inout Value, default: Value) throws(WireError) {
    if isOdd() || value != `default` { try Value.walk(name, &value, &self) }
  }
}

extension RandomStream {
  /// The bytes with some changed, cut off or inserted.
  mutating func changed(_ bytes: Bytes) -> Bytes {
    var content = bytes.array
    for _ in 0...below(3) { change(&content) }
    return Bytes(content)
  }

  private mutating func change(_ content: inout [UInt8]) {
    guard !content.isEmpty else { return content = (0..<below(20)).map { _ in UInt8(truncatingIfNeeded: next()) } }
    let place = Int(below(Int64(content.count)))
    switch below(6) {
    case 0: content[place] ^= 1 << UInt8(below(8))
    case 1: content[place] = UInt8(truncatingIfNeeded: next())
    case 2: content.removeSubrange(place...)
    case 3: content.insert(contentsOf: content[..<place], at: place)
    case 4: for index in content.indices[place...].prefix(8) { content[index] = 0xff }
    default: for index in content.indices[place...].prefix(4) { content[index] = index == place ? 0x7f : 0xff }
    }
  }

  /// Sets a field of a batch's header to an odd value, mostly with a corrected checksum; or changes its records.
  mutating func changedBatch(_ batch: Bytes) -> Bytes {
    guard batch.count >= 61, below(8) > 0 else { return changed(batch) }
    var writer = ByteWriter(capacity: batch.count)
    writer.append(batch)
    func odd<Integer: FixedWidthInteger & BitwiseCopyable>(_ type: Integer.Type, _ random: inout RandomStream) -> Integer {
      random.pick([.max, .min, 0, 1, Integer(truncatingIfNeeded: -1), .max - 1, Integer(truncatingIfNeeded: random.next())])
    }
    for _ in 0...below(2) {
      switch below(12) {
      case 0: writer.replace(at: 0, with: odd(Int64.self, &self))
      case 1: writer.replace(at: 8, with: odd(Int32.self, &self))
      case 2: writer.replace(at: 12, with: odd(Int32.self, &self))
      case 3: writer.replace(at: 16, with: odd(Int8.self, &self))
      case 4: writer.replace(at: 21, with: Int16(truncatingIfNeeded: below(128)))
      case 5: writer.replace(at: 23, with: odd(Int32.self, &self))
      case 6: writer.replace(at: 27, with: odd(Int64.self, &self))
      case 7: writer.replace(at: 35, with: odd(Int64.self, &self))
      case 8: writer.replace(at: 43, with: odd(Int64.self, &self))
      case 9: writer.replace(at: 51, with: odd(Int16.self, &self))
      case 10: writer.replace(at: 53, with: odd(Int32.self, &self))
      default: writer.replace(at: 57, with: odd(Int32.self, &self))
      }
    }
    return below(10) == 0 ? writer.bytes : writer.bytes.withChecksum
  }
}
