import ArgumentParser
import Foundation
import Report
import Trials

struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "The scenarios that ship, a line each.")

  @Argument(help: "Only this theme, such as hazards.")
  var theme: String?

  @Flag(help: "One JSON object on standard output.")
  var json = false

  func run() throws {
    let entries = try ScenarioLibrary.entries(theme: theme)
    guard !entries.isEmpty else {
      standardError("error: no scenarios\(theme.map { " of the theme '\($0)'" } ?? "") below \(ScenarioLibrary.folder); themes: \(try ScenarioLibrary.themes().joined(separator: ", "))")
      throw ArgumentParser.ExitCode(.wrongUsage)
    }
    if json {
      print(
        JSON.object([
          (
            "scenarios",
            .array(
              entries.map {
                .object([
                  ("theme", .string($0.theme)), ("name", .string($0.name)), ("file", .string($0.file)), ("about", .string($0.about)),
                  ("variants", .array($0.variants.map(JSON.string))),
                ])
              })
          )
        ]).text, terminator: "")
      return
    }
    let width = entries.map(\.file.count).max() ?? 0
    for entry in entries {
      let variants = entry.variants.isEmpty ? "" : " [\(entry.variants.joined(separator: ", "))]"
      print("\(entry.file)\(String(repeating: " ", count: width - entry.file.count))  \(entry.about.firstSentence)\(variants)")
    }
  }
}

extension String {
  /// Up to the first full stop that ends a sentence.
  fileprivate var firstSentence: String {
    guard let end = range(of: ". ") else { return self }
    return String(self[..<end.lowerBound]) + "."
  }
}
