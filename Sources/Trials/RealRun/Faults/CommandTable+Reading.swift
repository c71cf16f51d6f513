import Scenarios

extension CommandTable {
  /// Reads a deeds file strictly. Throws a `ScenarioError` with everything that is wrong.
  public init(fileAt path: String) throws {
    let value = try Value.parse(ScenarioLibrary.text(at: path), source: path)
    try FileKind.expect(.deeds, value)
    try self.init(value, file: path)
  }
}
