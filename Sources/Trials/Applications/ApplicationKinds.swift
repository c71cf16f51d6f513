/// All kinds of clients.
enum ApplicationKinds {
  static var all: [any ApplicationKind.Type] { [ProduceEntry.self, ConsumeEntry.self, TransformEntry.self, TransactEntry.self] }
  static var words: [String] { all.map { $0.word } }
}
