import Foundation
import Primitives

/// Scenario files on disk.
public enum ScenarioLibrary {
  /// The folder of the scenarios that ship: `scenarios` here, or beside the program's package.
  public static var folder: String {
    if FileManager.default.fileExists(atPath: "scenarios") { return "scenarios" }
    let root = ProcessInfo.processInfo.environment["TRIAL_ROOT"] ?? "."
    return root + "/scenarios"
  }

  /// The text of a file that a user names. Throws a `ScenarioError`.
  package static func text(at path: String) throws -> String {
    guard let data = contents(ofFileAt: path, upTo: Value.textLimit) else {
      let names = (try? files(theme: nil).map(\.file)) ?? []
      throw ScenarioError(
        at: Place(source: path), "there is no such file",
        remedy: suggestion(for: path, among: names, or: "trial list shows the scenarios that ship."))
    }
    guard data.count <= Value.textLimit else {
      throw ScenarioError(at: Place(source: path), "the file has more than 4MiB", remedy: "Scenarios are short YAML files.")
    }
    guard let text = String(data: data, encoding: .utf8) else {
      throw ScenarioError(at: Place(source: path), "the file is not UTF-8 text", remedy: "Scenarios are YAML files.")
    }
    return text
  }

  /// A duration as an option of the command line writes it.
  public static func duration(_ text: String, option: String) throws -> Duration {
    try Value(content: .scalar(text), place: Place(source: "\(option) \(text)"), path: "").duration()
  }

  /// All scenario files below a path: the file itself, or every `.yaml` in a folder, in the order of their names. Folders named `omb` hold files of
  /// the OpenMessaging Benchmark, and those named `deeds` commands for real clusters, which are none.
  public static func files(below path: String) throws -> [String] { try files(below: path, withForeign: false) }

  private static let foreignFolders = ["/omb/", "/deeds/"]

  package static func files(below path: String, withForeign: Bool) throws -> [String] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else { return [path] }
    let names = try FileManager.default.subpathsOfDirectory(atPath: path)
      .filter { $0.hasSuffix(".yaml") && (withForeign || !foreignFolders.contains(where: ("/" + $0).contains)) }.sorted()
    guard !names.isEmpty else {
      throw ScenarioError(at: Place(source: path), "no scenario files here", remedy: "Scenario files end in .yaml; trial list shows those that ship.")
    }
    return names.map { path.hasSuffix("/") ? path + $0 : path + "/" + $0 }
  }

  public static func themes() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).filter { !$0.contains(".") && $0 != "deeds" }.sorted()
  }

  /// Those of a theme, or of all.
  package static func files(theme: String?) throws -> [(theme: String, file: String)] {
    try themes().filter { theme == nil || $0 == theme }.flatMap { theme in try files(below: folder + "/" + theme).map { (theme, $0) } }
  }
}
