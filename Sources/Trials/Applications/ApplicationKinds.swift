/// All kinds.
enum ApplicationKinds {
  static var all: [any ApplicationKind.Type] { [ProduceEntry.self, ConsumeEntry.self] }
  static var words: [String] { all.map { $0.word } }
}
