import ArgumentParser
import Foundation
import Primitives
import Results

struct BaselinesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    ofTrial: "baselines", abstract: "The results that are kept under names, a line each.",
    discussion: """
      They are the files of results/ in this folder. trial bench --save NAME writes one; compare, report and bench --compare take its name.

        trial bench benchmarks/acks --save main
        trial bench benchmarks/acks --compare main
        trial baselines --delete main

      Exit codes: 0 done, 64 there is no such name, or the file cannot be deleted.
      """)

  @Option(help: ArgumentHelp("Delete this one. May stand several times.", valueName: "name"))
  var delete: [String] = []

  @Flag(help: "One JSON object on standard output.")
  var json = false

  private var baselines: Baselines { Baselines() }

  func run() throws {
    guard delete.isEmpty else { return try deleteAll() }
    let names = baselines.names
    let kept = names.map { (name: $0, result: try? ResultReader.contents(of: baselines.path(of: $0)).results.first) }
    if json {
      let entries = kept.map { name, result in
        JSON.object([
          ("name", .string(name)), ("file", .string(baselines.path(of: name))), ("scenario", result.map { .string($0.scenario) } ?? .null),
          ("rows", result.map { .integer(Int64($0.rows.count)) } ?? .null), ("replay", result?.command.map(JSON.string) ?? .null),
        ])
      }
      return print(JSON.object([("baselines", .array(entries))]).text, terminator: "")
    }
    guard !kept.isEmpty else { return print("no results in \(baselines.folder)/: trial bench SCENARIO --save NAME keeps one") }
    let width = names.map(\.count).max() ?? 0
    for (name, result) in kept {
      print("\(name)\(String(repeating: " ", count: width - name.count))  \(result.map { $0.command ?? $0.scenario } ?? "not a result of this version")")
    }
  }

  private func deleteAll() throws {
    let names = baselines.names
    for name in delete where !names.contains(name) { throw fail(unknown(name, among: names), .wrongUsage) }
    for name in delete {
      let path = baselines.path(of: name)
      guard unlink(path) == 0 else { throw fail("\(path) cannot be deleted: \(String(cString: strerror(errno)))", .wrongUsage) }
      if !json { print("\(path) is deleted") }
    }
    if json { print(JSON.object([("deleted", .array(delete.map(JSON.string)))]).text, terminator: "") }
  }

  private func unknown(_ name: String, among names: [String]) -> String {
    "there is no result '\(name)' in \(baselines.folder)/\n  \(suggestion(for: name, among: names, or: "trial baselines lists them."))"
  }
}

extension StoredResult {
  /// What makes it anew.
  fileprivate var command: String? { report?.replay ?? trial?.replay }
}
