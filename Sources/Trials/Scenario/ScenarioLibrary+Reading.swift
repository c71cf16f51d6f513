import Scenarios

extension ScenarioLibrary {
  /// A scenario in the program.
  public struct Entry: Sendable {
    public var theme: String
    public var name: String
    /// The name for commands, in any folder.
    public var file: String
    public var about: String
    public var variants: [String]
  }

  /// Reads one scenario strictly: a file, or one in the program by its name. Throws a `ScenarioError`.
  ///
  /// - Parameter wasChecked: whether it was read before, here or by the process that started this one: its other variants and values are not checked again.
  public static func scenario(at path: String, variant: String? = nil, overrides: [String] = [], wasChecked: Bool = false) throws -> Scenario {
    let file = try located(path)
    return try ScenarioReader.read(text: text(at: file), file: file, variant: variant, overrides: overrides, wasChecked: wasChecked)
  }

  /// Reads the text of a scenario as if it were in a file with this name. Throws a `ScenarioError`.
  public static func scenario(text: String, file: String, overrides: [String] = []) throws -> Scenario {
    try ScenarioReader.read(text: text, file: file, overrides: overrides)
  }

  /// The scenarios of a theme, or all of them.
  public static func entries(theme: String?) throws -> [Entry] {
    try shipped(theme: theme).map { theme, file in
      let scenario = try scenario(text: ShippedScenarios.text(of: file) ?? "", file: file)
      return Entry(theme: theme, name: scenario.name, file: file, about: scenario.about, variants: scenario.variants)
    }
  }

  /// The text of a scenario in the program, as a starting point for one's own. Throws a `ScenarioError`.
  public static func shippedText(of name: String) throws -> String {
    let names = ShippedScenarios.meant(by: name)
    guard names.count == 1, let text = ShippedScenarios.text(of: names[0]) else {
      throw ScenarioError(
        at: Place(source: name), "there \(names.isEmpty ? "is no file" : "are \(names.count) files") of this name in the program",
        remedy: names.isEmpty ? ShippedScenarios.suggestion(for: name, or: "trial list shows the scenarios in the program.") : "Write \(names.joined(separator: " or ")).")
    }
    return text
  }
}
