import ArgumentParser
import Foundation
import Primitives
import Results
import Scenarios
import Trials

struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    ofTrial: "list", abstract: "The scenarios that ship, a line each.",
    discussion: """
      They are part of the program: replay, verify, bench and check take their names in any folder, as long as nothing on disk has that path. A name \
      without its theme does where it is the only one.

        trial list hazards
        trial list --text hazards/kip-101-truncation-loss > mine.yaml
      """)

  @Argument(help: "Only this theme, such as hazards.")
  var theme: String?

  @Option(help: ArgumentHelp("Print the file of a scenario, as a starting point for your own.", valueName: "name"))
  var text: String?

  @Flag(help: "The machine profiles that ship, instead of the scenarios.")
  var machines = false

  @Flag(help: "The marks of rare places that trials are counted to pass, instead of the scenarios: name, module, whether it is rare, and when it is passed.")
  var marks = false

  @Flag(help: "One JSON object on standard output.")
  var json = false

  @Flag(help: "With the variants, and no line cut off, however narrow the terminal is.")
  var wide = false

  func validate() throws {
    if text != nil, machines || marks || theme != nil || json { throw ValidationError("--text prints one file, and cannot be combined with anything else") }
    if machines && marks { throw ValidationError("--machines and --marks are two lists: leave out one of them") }
    if marks && theme != nil { throw ValidationError("marks have no themes: leave out '\(theme!)' or --marks") }
    if machines && theme != nil { throw ValidationError("machine profiles have no themes: leave out '\(theme!)' or --machines") }
  }

  func run() throws {
    if let text { return try printText(of: text) }
    if machines { return try listMachines() }
    if marks { return listMarks() }
    if let theme, !ScenarioLibrary.themes.contains(theme) {
      throw fail("there is no theme '\(theme)'\n  \(suggestion(for: theme, among: ScenarioLibrary.themes))", .wrongUsage)
    }
    let entries = try ScenarioLibrary.entries(theme: theme)
    if json {
      print(
        JSON.object([
          ("from", .string("program")),
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
    printLines(
      entries.map { entry in
        let variants = entry.variants.isEmpty || !wide ? "" : " [\(entry.variants.joined(separator: ", "))]"
        return (entry.file, entry.about.firstSentence + variants)
      })
    print("\n\(entries.count) scenarios in this program (trial \(Trial.build)); their names work in any folder:\n  trial replay \(entries[0].file)")
  }
}

extension ListCommand {
  private func printText(of name: String) throws {
    do {
      print(try ScenarioLibrary.shippedText(of: name), terminator: "")
    } catch let error as ScenarioError {
      throw fail(error, .wrongUsage)
    }
  }

  private func listMachines() throws {
    let profiles = try MachineLibrary.profiles()
    if json {
      let entries = profiles.map { JSON.object([("name", .string($0.name)), ("about", .string($0.about))]) }
      print(JSON.object([("machines", .array(entries))]).text, terminator: "")
      return
    }
    printLines(profiles.map { ($0.name, $0.about.firstSentence) })
  }

  private func listMarks() {
    let marks = Mark.allCases
    if json {
      let entries = marks.map { mark in
        JSON.object([("name", .string(mark.name)), ("module", .string(mark.module.rawValue)), ("isRare", .bool(mark.isRare)), ("about", .string(mark.words))])
      }
      print(JSON.object([("marks", .array(entries))]).text, terminator: "")
      return
    }
    let modules = Mark.Module.allCases.map(\.rawValue.count).max() ?? 0
    printLines(
      marks.map { mark in
        let module = mark.module.rawValue
        return (mark.name, "\(module)\(String(repeating: " ", count: modules - module.count))  \(mark.isRare ? "rare  " : "common")  \(mark.words)")
      })
    print("\n\(marks.count) marks, \(marks.filter { !$0.isRare }.count) of them common: verify --require-marks asks for these")
  }

  /// A line each, cut off where the terminal ends.
  private func printLines(_ entries: [(name: String, about: String)]) {
    let names = entries.map(\.name.count).max() ?? 0
    for (name, about) in entries {
      let line = "\(name)\(String(repeating: " ", count: names - name.count))  \(about)"
      print(wide ? line : line.cut(to: TerminalWidth.ofTables))
    }
  }
}

extension String {
  /// At most this many letters: whole words, and a mark if some are left out.
  fileprivate func cut(to width: Int) -> String {
    guard count > width else { return self }
    let kept = prefix(width - 1), end = kept.lastIndex(of: " ") ?? kept.endIndex
    return kept[..<end] + "…"
  }

  /// Up to the first full stop that ends a sentence.
  fileprivate var firstSentence: String {
    guard let end = range(of: ". ") else { return self }
    return String(self[..<end.lowerBound]) + "."
  }
}
