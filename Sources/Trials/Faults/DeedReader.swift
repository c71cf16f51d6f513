import Scenarios

/// What the arguments of a word may refer to.
struct DeedReader {
  let names: DeclaredNames
  /// Names of the entries before this one.
  let entries: [String]
  /// Topics that they create.
  let createdTopics: Set<String>

  func node(_ value: Value) throws -> NodeSelector { try NodeSelector(value, names) }

  func nodes(_ value: Value) throws -> [NodeSelector] { try value.oneOrMore(node) }

  /// Reads a mapping of arguments to its end.
  func fields<Result>(_ value: Value, _ read: (inout MapReader) throws -> Result) throws -> Result {
    var map = try MapReader(value)
    let result = try read(&map)
    try map.finish()
    return result
  }
}
