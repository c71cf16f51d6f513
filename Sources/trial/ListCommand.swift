import ArgumentParser
import Foundation
import Results
import Scenarios
import Trials

struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(ofTrial: "list", abstract: "The scenarios that ship, a line each.")

  @Argument(help: "Only this theme, such as hazards.")
  var theme: String?

  @Flag(help: "The machine profiles that ship, instead of the scenarios.")
  var machines = false

  @Flag(help: "One JSON object on standard output.")
  var json = false

  func validate() throws {
    if machines && theme != nil { throw ValidationError("machine profiles have no themes: leave out '\(theme!)' or --machines") }
  }

  func run() throws {
    if machines { return try listMachines() }
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

extension ListCommand {
  private func listMachines() throws {
    let profiles = try MachineLibrary.profiles()
    if json {
      let entries = profiles.map { JSON.object([("name", .string($0.name)), ("about", .string($0.about))]) }
      print(JSON.object([("machines", .array(entries))]).text, terminator: "")
      return
    }
    let width = profiles.map(\.name.count).max() ?? 0
    for profile in profiles { print("\(profile.name)\(String(repeating: " ", count: width - profile.name.count))  \(profile.about.firstSentence)") }
  }
}

extension String {
  /// Up to the first full stop that ends a sentence.
  fileprivate var firstSentence: String {
    guard let end = range(of: ". ") else { return self }
    return String(self[..<end.lowerBound]) + "."
  }
}
