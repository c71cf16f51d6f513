import ArgumentParser
import Bench
import LiveBench
import Results
import Scenarios
import Trials

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    ofTrial: "check", abstract: "Read files, and report everything that is wrong with them, without running anything.",
    discussion: """
      Takes scenarios, machine profiles, deeds files, cluster files, and workload and driver files of the OpenMessaging Benchmark, or folders of them. Of a scenario every variant \
      and everything that it varies is read as well.

        trial check mine.yaml
        trial check my-scenarios machine.yaml

      Exit codes: 0 nothing is wrong, 64 wrong usage, 65 something is.
      """)

  @Argument(help: "Files or folders.", completion: .file(extensions: ["yaml"]))
  var files: [String]

  @Flag(help: "One JSON object on standard output; everything else on standard error.")
  var json = false

  @Flag(help: "Only what is wrong.")
  var quiet = false

  func run() throws {
    let checks = try files.flatMap { path in
      do {
        return try FileCheck.files(below: path).map { FileCheck($0) { _ = try ClusterFile($0) } }
      } catch let error as ScenarioError {
        throw fail(error, .badInput)
      }
    }
    let wrong = checks.filter { !$0.mistakes.isEmpty }
    for check in wrong { standardError("error: \(ScenarioError(check.mistakes))") }
    if json { print(object(of: checks).text, terminator: "") }
    if !quiet {
      let mistakes = wrong.reduce(0) { $0 + $1.mistakes.count }
      let summary =
        wrong.isEmpty
        ? "\(counted(checks.count, "file")): nothing wrong" : "\(counted(checks.count, "file")): \(counted(mistakes, "mistake")) in \(counted(wrong.count, "file"))"
      if json { standardError(summary) } else { print(summary) }
    }
    if !wrong.isEmpty { throw ArgumentParser.ExitCode(.badInput) }
  }

  private func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

  private func object(of checks: [FileCheck]) -> JSON {
    .object([
      (
        "files",
        .array(
          checks.map { check in
            .object([
              ("file", .string(check.file)), ("kind", check.kind.map { .string($0.rawValue) } ?? .null),
              ("mistakes", .array(check.mistakes.map(object))),
            ])
          })
      )
    ])
  }

  private func object(of mistake: ScenarioError) -> JSON {
    .object([
      ("file", .string(mistake.place.source)), ("line", .integer(Int64(mistake.place.line))), ("column", .integer(Int64(mistake.place.column))),
      ("problem", .string(mistake.problem)), ("remedy", .string(mistake.remedy)),
    ])
  }
}
