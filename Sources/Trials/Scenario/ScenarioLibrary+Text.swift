extension ScenarioLibrary {
  /// Reads the text of a scenario as if it stood in a file of this name. Throws a `ScenarioError`.
  public static func scenario(text: String, file: String, overrides: [String] = []) throws -> Scenario {
    try ScenarioReader.read(text: text, file: file, overrides: overrides)
  }
}
