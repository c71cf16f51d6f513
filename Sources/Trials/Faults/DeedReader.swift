import Scenarios

/// What the arguments of a word may refer to.
struct DeedReader {
  let names: DeclaredNames
  /// The names of earlier entries.
  let entries: [String]
  /// The topics that earlier entries create.
  let createdTopics: Set<String>

  func node(_ value: Value) throws -> NodeSelector { try NodeSelector(value, names) }

  /// Reads one node, or a list of different ones.
  func nodes(_ value: Value) throws -> [NodeSelector] {
    let nodes = try value.oneOrMore(node)
    guard !nodes.isEmpty else { throw value.error("an empty list names no node", remedy: "Write a node, such as 1, or several, such as [1, 2].") }
    for (index, node) in nodes.enumerated() where nodes[..<index].contains(where: { $0.overlaps(node, names) }) {
      throw (value.elements?[index] ?? value).error("\(node) is in the list twice", remedy: "Write each node once, such as [1, 2].")
    }
    return nodes
  }

  /// Reads a mapping of arguments to its end.
  func fields<Result>(_ value: Value, _ read: (inout MapReader) throws -> Result) throws -> Result {
    var map = try MapReader(value)
    let result = try read(&map)
    try map.finish()
    return result
  }
}
