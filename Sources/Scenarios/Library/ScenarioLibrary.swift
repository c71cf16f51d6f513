import Foundation
import Primitives

/// Scenario files: those on disk, and those that ship with the program.
public enum ScenarioLibrary {
  /// Resolves what a user names: a path that exists on disk, or else the full name of a scenario in the program. Throws a `ScenarioError`
  /// if neither exists.
  public static func located(_ given: String) throws -> String {
    if FileManager.default.fileExists(atPath: given) { return given }
    let place = Place(source: given), meant = ShippedScenarios.meant(by: given)
    if meant.isEmpty, let first = ShippedScenarios.names(below: given).first {
      throw ScenarioError(
        at: place, "this is a folder of scenarios, and one is wanted", remedy: "Name one of them, such as \(first); trial verify and trial check take folders.")
    }
    guard let name = meant.first else {
      throw ScenarioError(
        at: place, "there is no such file, and no scenario of this name in the program",
        remedy: ShippedScenarios.suggestion(for: given, or: "trial list shows the scenarios in the program; their names work in any folder."))
    }
    guard meant.count == 1 else {
      throw ScenarioError(at: place, "there are \(meant.count) files of this name in the program", remedy: "Write \(meant.joined(separator: " or ")).")
    }
    return name
  }

  /// The text of a file named by a user. Throws a `ScenarioError`.
  package static func text(at path: String) throws -> String {
    let path = try located(path), place = Place(source: path)
    if let shipped = ShippedScenarios.text(of: path), !FileManager.default.fileExists(atPath: path) { return shipped }
    guard !isFolder(path) else {
      throw ScenarioError(at: place, "this is a folder, and one file is wanted", remedy: "Name a file in it; trial verify and trial check take folders.")
    }
    guard let data = contents(ofFileAt: path, upTo: Value.textLimit) else {
      throw ScenarioError(at: place, "the file cannot be read", remedy: "Look at its permissions.")
    }
    guard data.count <= Value.textLimit else {
      throw ScenarioError(at: place, "the file has more than 4MiB", remedy: "Scenarios are short YAML files.")
    }
    guard let text = String(data: data, encoding: .utf8) else {
      throw ScenarioError(at: placeOfForeignByte(in: data, of: path), "the file is not UTF-8 text", remedy: "Scenarios are YAML files; save it as UTF-8.")
    }
    return text
  }

  /// The end of the longest prefix that is valid UTF-8.
  private static func placeOfForeignByte(in data: Data, of path: String) -> Place {
    var decoder = UTF8(), bytes = data.makeIterator(), line = 1, column = 1
    while case .scalarValue(let scalar) = decoder.decode(&bytes) {
      (line, column) = scalar == "\n" ? (line + 1, 1) : (line, column + 1)
    }
    return Place(source: path, line: line, column: column)
  }

  /// Parses the duration of a command-line option.
  public static func duration(_ text: String, option: String) throws -> Duration {
    try Value(content: .scalar(text), place: Place(source: "\(option) \(text)"), path: "").duration()
  }

  /// All scenario files below a path or a name: the file itself, or every `.yaml` in a folder, in the order of their names. Folders named `omb` hold files of
  /// the OpenMessaging Benchmark, those named `deeds` commands for real clusters, and those named `gates` what comparisons must meet: none of them is a scenario.
  public static func files(below path: String) throws -> [String] { try files(below: path, withForeign: false) }

  private static let foreignFolders = ["/omb/", "/deeds/", "/gates/"]

  private static func isForeign(_ name: String) -> Bool { foreignFolders.contains(where: ("/" + name).contains) }

  private static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
  }

  package static func files(below path: String, withForeign: Bool) throws -> [String] {
    guard FileManager.default.fileExists(atPath: path) else {
      let shipped = ShippedScenarios.names(below: path)
      // The reader of the file reports what is wrong with it.
      guard !shipped.isEmpty else { return [(try? located(path)) ?? path] }
      return shipped.filter { withForeign || !isForeign($0) }
    }
    guard isFolder(path) else { return [path] }
    let names = try FileManager.default.subpathsOfDirectory(atPath: path).filter { $0.hasSuffix(".yaml") && (withForeign || !isForeign($0)) }.sorted()
    guard !names.isEmpty else {
      throw ScenarioError(at: Place(source: path), "no scenario files here", remedy: "Scenario files end in .yaml; trial list shows those in the program.")
    }
    return names.map { path.hasSuffix("/") ? path + $0 : path + "/" + $0 }
  }

  /// The folders of the scenarios that ship.
  public static var themes: [String] {
    var themes: [String] = []
    for name in shippedScenarios { if let theme = theme(of: name), themes.last != theme { themes.append(theme) } }
    return themes
  }

  /// The names of the scenarios that ship, for one theme or for all.
  package static func shipped(theme: String?) -> [(theme: String, name: String)] {
    shippedScenarios.compactMap { name in self.theme(of: name).flatMap { theme == nil || $0 == theme ? ($0, name) : nil } }
  }

  private static var shippedScenarios: [String] { ShippedScenarios.names.filter { !isForeign($0) } }

  private static func theme(of name: String) -> String? { name.split(separator: "/").first.map(String.init) }
}
