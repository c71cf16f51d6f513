import Scenarios

extension ScenarioLibrary {
  /// A scenario that ships.
  public struct Entry: Sendable {
    public var theme: String
    public var name: String
    public var file: String
    public var about: String
    public var variants: [String]
  }

  /// Reads one scenario file strictly. Throws a `ScenarioError`.
  public static func scenario(at path: String, variant: String? = nil, overrides: [String] = []) throws -> Scenario {
    try ScenarioReader.read(text: text(at: path), file: path, variant: variant, overrides: overrides)
  }

  /// Reads the text of a scenario as if it stood in a file of this name. Throws a `ScenarioError`.
  public static func scenario(text: String, file: String, overrides: [String] = []) throws -> Scenario {
    try ScenarioReader.read(text: text, file: file, overrides: overrides)
  }

  /// The scenarios of a theme, or of all.
  public static func entries(theme: String?) throws -> [Entry] {
    try files(theme: theme).map { theme, file in
      let scenario = try scenario(at: file)
      return Entry(theme: theme, name: scenario.name, file: file, about: scenario.about, variants: scenario.variants)
    }
  }
}
