extension ScenarioDocument {
  /// Whether the document leaves something to the seed.
  package var hasChoices: Bool { value[DocumentDraw.key] != nil || value.hasChoices }

  /// The document of one seed. Throws a `ScenarioError`.
  ///
  /// - Parameter seed: nil takes the first of all values everywhere.
  package func drawn(seed: UInt64?) throws -> ScenarioDocument {
    guard hasChoices, choices == nil else { return self }
    return try drawn(by: seed.map { DocumentDraw(seed: $0) } ?? DocumentDraw { _, _ in 0 })
  }

  private func drawn(by draw: DocumentDraw) throws -> ScenarioDocument {
    var draw = draw, document = self
    document.value = try draw.document(from: value)
    document.choices = draw.choices
    return document
  }

  /// The number of seeds that a check of a file draws by, beside each value by itself.
  private static let checkedSeeds: UInt64 = 64
  /// The most documents that are looked at.
  private static let mostChecked = 2_000

  /// Hands over the document with each value of each choice by itself, all others being the first, and then the documents of some seeds. Throws a `ScenarioError` with
  /// the mistakes of all.
  ///
  /// - Parameter check: throws what is wrong with a document.
  package func checkChoices(_ check: (ScenarioDocument) throws -> Void) throws {
    guard hasChoices, choices == nil else { return }
    var mistakes = Mistakes()
    func look(_ words: String, _ draw: DocumentDraw) throws {
      try mistakes.collect {
        do { try check(drawn(by: draw)) } catch let error as ScenarioError { throw ScenarioError(error.all.map { $0.prefixed(words) }) }
      }
    }
    // A value may hold choices of its own, which come to light when it is chosen: the list grows while it is walked over.
    final class Found {
      var choices: [(path: String, count: Int, reachedBy: [String: Int])] = []
      var isFull: Bool { choices.reduce(0) { $0 + $1.count } > ScenarioDocument.mostChecked }
    }
    let found = Found()
    func draw(_ chosen: [String: Int]) -> DocumentDraw {
      DocumentDraw { path, count in
        if !found.choices.contains(where: { $0.path == path }), !found.isFull { found.choices.append((path, count, chosen)) }
        return min(chosen[path] ?? 0, count - 1)
      }
    }
    try look("with the first of all values", draw([:]))
    // One mistake of the file itself would come with every value.
    try mistakes.settle()
    var next = 0
    while next < found.choices.count {
      let choice = found.choices[next]
      for index in 1..<max(1, choice.count) {
        var chosen = choice.reachedBy
        chosen[choice.path] = index
        try look("\(choice.path), value \(index + 1) of \(choice.count)", draw(chosen))
      }
      next += 1
    }
    try mistakes.settle()
    for seed in 1...Self.checkedSeeds { try look("as seed \(seed) draws it", DocumentDraw(seed: seed)) }
    try mistakes.settle()
  }
}

extension Value {
  /// Whether a value in it is left to the seed.
  fileprivate var hasChoices: Bool {
    switch content {
    case .scalar: false
    case .list(let elements): elements.contains(where: \.hasChoices)
    case .map(let entries): entries.count == 1 && entries[0].key == DocumentDraw.key || entries.contains { $0.value.hasChoices }
    }
  }
}
