import Scenarios

/// What the arguments of a word may refer to.
struct DeedReader {
  let names: DeclaredNames
  /// Names of the entries before this one.
  let entries: [String]
  /// Topics that they create.
  let createdTopics: Set<String>

  func node(_ value: Value) throws -> NodeSelector { try NodeSelector(value, names) }

  /// One node, or a list of several in which none stands twice.
  func nodes(_ value: Value) throws -> [NodeSelector] {
    let nodes = try value.oneOrMore(node)
    guard !nodes.isEmpty else { throw value.error("an empty list names no node", remedy: "Write a node, such as 1, or several, such as [1, 2].") }
    for (index, node) in nodes.enumerated() where nodes[..<index].contains(where: { $0.overlaps(node, names) }) {
      throw (value.elements?[index] ?? value).error("\(node) stands in the list twice", remedy: "Write each node once, such as [1, 2].")
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
