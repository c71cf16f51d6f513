import Primitives
import Scenarios
import Sim

/// What an entry of the schedule does when its moment comes: a fault, what takes faults back, or what an operator asks for.
///
/// A family of words is one type, and knows all there is to know of them: how they are read, what they do and how that is told, where its hits are counted,
/// how it is taken back, and what ends it. A new word is a case of its family's `Word`, and the compiler finds what is missing.
protocol Deed: Equatable {
  /// The words that entries of this family begin with.
  associatedtype Word: RawRepresentable, CaseIterable where Word.RawValue == String

  /// Reads what stands behind a word, and beside it where that belongs to it. Throws a `ScenarioError`.
  init(_ word: Word, _ argument: Value, beside entry: inout MapReader, _ reader: DeedReader) throws

  /// As an entry says it: the word with its argument, and what stands beside it. Reading gives the same deed again.
  var written: [Value.Entry] { get }

  /// The same with other nodes, asked for in the order in which an entry names them.
  func mapNodes(_ other: (NodeSelector) -> NodeSelector) -> Self

  /// Does it, once, and tells it. Faults of the world that it applies count their hits themselves; what else it does counts as hit where it says so.
  /// Returns whether there was something to do it to.
  func carryOut(on stage: any Stage) -> Bool

  /// Whether something of it lasts that can be taken back.
  var lasts: Bool { get }

  /// Takes back what lasts of what it did, and tells what happens then, unless that is told otherwise.
  func takeBack(on stage: any Stage)

  /// How it is done outside of the simulation; nil where that is not possible.
  var real: RealAction? { get }

  /// Whether it ends what an entry of its family did before.
  ///
  /// - Parameters:
  ///   - entry: the name of that entry.
  ///   - struck: the nodes that it struck.
  func ends(_ earlier: Self, of entry: String, at struck: [NodeIndex], on stage: any Stage) -> Bool

  /// Whether it only takes back what others did, and disturbs nobody.
  var isRemedy: Bool { get }

  /// Whether what it does follows from a random stream of its entry.
  var drawsFromItsKey: Bool { get }
}

extension Deed {
  // A closure, since a key path of a generic type is put together at run time, and slowly.
  static var words: [String] { Word.allCases.map { $0.rawValue } }

  /// Reads an entry; nil where its word is of another family.
  static func read(_ word: String, _ argument: Value, beside entry: inout MapReader, _ reader: DeedReader) throws -> Self? {
    try Word(rawValue: word).map { try Self($0, argument, beside: &entry, reader) }
  }
}
