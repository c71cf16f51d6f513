import Primitives

/// The fields of a message of any kind, by the names of Kafka's schemas with a lower-case first letter.
public indirect enum FieldTree: Sendable, Equatable {
  /// A number, a word, a Boolean or an identifier, as Kafka's tools write them; bytes in hexadecimal.
  case scalar(String)
  case absent
  /// Record batches, whose contents are not read.
  case records(bytes: Int)
  case list([FieldTree])
  case structure([Field])

  public struct Field: Sendable, Equatable {
    public var name: String
    public var value: FieldTree
  }

  /// The fields that a message has in a version. Throws if the message cannot be walked.
  public init(_ message: some Message, version: Int16) throws(WireError) {
    var message = message
    var planter = TreePlanter(version: version, isFlexible: type(of: message).flexibleVersions.contains(version))
    try type(of: message).walk("", &message, &planter)
    self = planter.root
  }

  /// The names of all fields that a kind of message has in any version, at any depth.
  public static func names(of message: any Message.Type) -> [String] {
    func walk<Kind: Message>(_ type: Kind.Type) -> [String] {
      var collector = NameCollector()
      for version in type.validVersions {
        var message = Kind()
        collector.version = version
        collector.isFlexible = type.flexibleVersions.contains(version)
        // The walk throws nothing with this collector.
        try? Kind.walk("", &message, &collector)
      }
      return collector.names
    }
    return walk(message)
  }

  /// Lower-cases the first letter, as users write it: `TransactionalId` becomes `transactionalId`.
  fileprivate static func name(_ name: StaticString) -> String {
    let name = "\(name)"
    return name.prefix(1).lowercased() + name.dropFirst()
  }
}

/// Builds the tree of a message.
private struct TreePlanter: Codec {
  let version: Int16
  let isFlexible: Bool
  /// The structures and lists that are still open, with their fields or elements so far.
  private var open: [[FieldTree.Field]] = [[]]
  private var names: [String] = []
  private var name = ""

  init(version: Int16, isFlexible: Bool) {
    self.version = version
    self.isFlexible = isFlexible
  }

  var root: FieldTree { open[0].first?.value ?? .absent }

  private mutating func put(_ value: FieldTree) { open[open.count - 1].append(FieldTree.Field(name: name, value: value)) }

  private mutating func begin() {
    names.append(name)
    open.append([])
  }

  private mutating func end() -> [FieldTree.Field] {
    name = names.removeLast()
    return open.removeLast()
  }

  mutating func beginField(_ name: StaticString) { self.name = FieldTree.name(name) }

  mutating func absentField(_ name: StaticString, isDefault: @autoclosure () -> Bool) {}

  mutating func integer<Value: FixedWidthInteger & BitwiseCopyable>(_ name: StaticString, _ value: inout Value) { put(.scalar("\(value)")) }
  mutating func floating(_ name: StaticString, _ value: inout Double) { put(.scalar("\(value)")) }
  mutating func boolean(_ name: StaticString, _ value: inout Bool) { put(.scalar(value ? "true" : "false")) }
  mutating func identifier(_ name: StaticString, _ value: inout Uuid) { put(.scalar("\(value)")) }
  mutating func text(_ name: StaticString, _ value: inout String, isCompact: Bool) { put(.scalar(value)) }
  mutating func optionalText(_ name: StaticString, _ value: inout String?, isCompact: Bool, isNullable: Bool) { put(value.map(FieldTree.scalar) ?? .absent) }
  mutating func blob(_ name: StaticString, _ value: inout Bytes) { put(.scalar(value.hexadecimal)) }

  mutating func optionalBlob(_ name: StaticString, _ value: inout Bytes?, isRecords: Bool, isNullable: Bool) {
    put(isRecords ? .records(bytes: value?.count ?? 0) : value.map { .scalar($0.hexadecimal) } ?? .absent)
  }

  mutating func elements<Element: WireValue>(_ name: StaticString, _ value: inout [Element]) throws(WireError) {
    begin()
    for var element in value { try Element.walk(name, &element, &self) }
    let elements = end()
    put(.list(elements.map(\.value)))
  }

  mutating func optionalElements<Element: WireValue>(_ name: StaticString, _ value: inout [Element]?, isNullable: Bool) throws(WireError) {
    if var present = value { try elements(name, &present) } else { put(.absent) }
  }

  mutating func presence(_ name: StaticString, _ isPresent: Bool, isTagged: Bool) -> Bool {
    if !isPresent { put(.absent) }
    return isPresent
  }

  mutating func beginStructure() { begin() }

  mutating func tag<Value: WireValue & Equatable>(_ tag: Int, _ name: StaticString, _ value: inout Value, default: Value) throws(WireError) {
    beginField(name)
    try Value.walk(name, &value, &self)
  }

  mutating func endStructure() {
    let fields = end()
    put(.structure(fields))
  }
}

/// Walks a message of defaults, and one element of every field that can hold elements.
private struct NameCollector: Codec {
  var version: Int16 = 0
  var isFlexible = false
  private(set) var names: [String] = []

  mutating func beginField(_ name: StaticString) {
    let name = FieldTree.name(name)
    if !names.contains(name) { names.append(name) }
  }

  mutating func absentField(_ name: StaticString, isDefault: @autoclosure () -> Bool) {}

  mutating func integer<Value: FixedWidthInteger & BitwiseCopyable>(_ name: StaticString, _ value: inout Value) {}
  mutating func floating(_ name: StaticString, _ value: inout Double) {}
  mutating func boolean(_ name: StaticString, _ value: inout Bool) {}
  mutating func identifier(_ name: StaticString, _ value: inout Uuid) {}
  mutating func text(_ name: StaticString, _ value: inout String, isCompact: Bool) {}
  mutating func optionalText(_ name: StaticString, _ value: inout String?, isCompact: Bool, isNullable: Bool) {}
  mutating func blob(_ name: StaticString, _ value: inout Bytes) {}
  mutating func optionalBlob(_ name: StaticString, _ value: inout Bytes?, isRecords: Bool, isNullable: Bool) {}

  mutating func elements<Element: WireValue>(_ name: StaticString, _ value: inout [Element]) throws(WireError) {
    var element = Element.wireDefault
    try Element.walk(name, &element, &self)
  }

  mutating func optionalElements<Element: WireValue>(_ name: StaticString, _ value: inout [Element]?, isNullable: Bool) throws(WireError) {
    var elements: [Element] = []
    try self.elements(name, &elements)
  }

  mutating func presence(_ name: StaticString, _ isPresent: Bool, isTagged: Bool) -> Bool { true }

  mutating func beginStructure() {}

  mutating func tag<Value: WireValue & Equatable>(_ tag: Int, _ name: StaticString, _ value: inout Value, default: Value) throws(WireError) {
    beginField(name)
    try Value.walk(name, &value, &self)
  }

  mutating func endStructure() {}
}
