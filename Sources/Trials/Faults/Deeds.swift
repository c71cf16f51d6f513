import Scenarios

/// All families of deeds.
enum Deeds {
  static var families: [any Deed.Type] { [ProcessDeed.self, NetworkDeed.self, MessageDeed.self, DiskDeed.self, ClockDeed.self, OperatorDeed.self] }
  static let words = families.flatMap { $0.words }

  /// Reads the deed of an entry; nil if no family has the word.
  static func read(_ word: String, _ argument: Value, beside entry: inout MapReader, _ reader: DeedReader) throws -> (any Deed)? {
    for family in families {
      if let deed = try family.read(word, argument, beside: &entry, reader) { return deed }
    }
    return nil
  }
}
