/// A key that is a name, such as that of a setting or a station, rather than a property.
public struct NameKey: CodingKey {
  public let stringValue: String
  public let intValue: Int? = nil

  public init(stringValue: String) { self.stringValue = stringValue }
  public init?(intValue: Int) { nil }
}

extension KeyedEncodingContainer {
  /// Writes counts as an object, in their order: `{ "acks=1": 39 }`.
  public mutating func encode(counts: [(name: String, count: Int)], forKey key: Key) throws {
    var object = nestedContainer(keyedBy: NameKey.self, forKey: key)
    for (name, count) in counts { try object.encode(count, forKey: NameKey(stringValue: name)) }
  }
}

extension KeyedDecodingContainer {
  /// The counts of an object, sorted by name: a decoder does not give the order of the file.
  public func decodeCounts(forKey key: Key) throws -> [(name: String, count: Int)] {
    let object = try nestedContainer(keyedBy: NameKey.self, forKey: key)
    let keys = object.allKeys.sorted { $0.stringValue.utf8.lexicographicallyPrecedes($1.stringValue.utf8) }
    return try keys.map { ($0.stringValue, try object.decode(Int.self, forKey: $0)) }
  }
}
