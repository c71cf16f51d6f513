import Primitives
import Scenarios
import Sim

/// The action of a schedule entry: a fault, the end of faults, or an operator's request.
///
/// A family of words is one type, which has all knowledge about them: how they are read, what they do and how the story reports it, where their hits are counted,
/// how they are undone, and what ends them. A new word is a case of its family's `Word`, and the compiler finds what is missing.
protocol Deed: Equatable {
  /// The words that begin entries of this family.
  associatedtype Word: RawRepresentable, CaseIterable where Word.RawValue == String

  /// Reads the value of a word, and keys beside it if they belong to it. Throws a `ScenarioError`.
  init(_ word: Word, _ argument: Value, beside entry: inout MapReader, _ reader: DeedReader) throws

  /// The YAML form: the word with its argument, and the keys beside it. Reading it gives the same deed again.
  var written: [Value.Entry] { get }

  /// The same deed with other nodes; `other` is called for the nodes in the order in which an entry names them.
  func mapNodes(_ other: (NodeSelector) -> NodeSelector) -> Self

  /// Carries the deed out once, and reports it in the story. Faults of the world count their hits themselves; other effects are counted where they happen.
  /// Returns whether there was anything to act on.
  func carryOut(on stage: any Stage) -> Bool

  /// Whether it has a lasting effect that can be undone.
  var lasts: Bool { get }

  /// Undoes its lasting effect, and reports that, unless the world reports it anyway.
  func takeBack(on stage: any Stage)

  /// How it is done outside of the simulation; nil if that is impossible.
  var real: RealAction? { get }

  /// Whether it ends what an earlier entry of its family did.
  ///
  /// - Parameters:
  ///   - entry: the name of the earlier entry.
  ///   - struck: the nodes that the earlier entry hit.
  func ends(_ earlier: Self, of entry: String, at struck: [NodeIndex], on stage: any Stage) -> Bool

  /// Whether it only undoes what others did, and disturbs nothing.
  var isRemedy: Bool { get }

  /// Whether it depends on a random stream of its entry.
  var drawsFromItsKey: Bool { get }
}

extension Deed {
  // A closure, because a key path of a generic type is built at run time, which is slow.
  static var words: [String] { Word.allCases.map { $0.rawValue } }

  /// Reads an entry; nil if its word belongs to another family.
  static func read(_ word: String, _ argument: Value, beside entry: inout MapReader, _ reader: DeedReader) throws -> Self? {
    try Word(rawValue: word).map { try Self($0, argument, beside: &entry, reader) }
  }
}
