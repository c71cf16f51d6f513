import ArgumentParser
import Foundation
import Results
import Scenarios
import Trials

/// What all commands share that take scenarios.
struct ScenarioOptions: ParsableArguments {
  @Option(help: "Which of the scenario's variants to run.")
  var variant: String?

  @Option(name: .customLong("set"), help: ArgumentHelp("Change a value of the scenario, such as cluster.brokers=5. May stand several times.", valueName: "path=value"))
  var overrides: [String] = []

  /// As a command line says them.
  var arguments: [String] { (variant.map { ["--variant", $0] } ?? []) + overrides.flatMap { ["--set", $0] } }

  /// Reads a scenario file. Ends the process with 65 and the place of the mistake where it is not a good one.
  func scenario(at path: String) throws -> Scenario {
    do {
      return try ScenarioLibrary.scenario(at: path, variant: variant, overrides: overrides)
    } catch let error as ScenarioError {
      standardError("error: \(error)")
      throw ArgumentParser.ExitCode(.badInput)
    }
  }
}

/// How results leave the process.
struct OutputOptions: ParsableArguments {
  @Flag(help: "One JSON object on standard output; everything else on standard error.")
  var json = false

  @Flag(help: "No story and no progress, only the result.")
  var quiet = false

  @Option(help: ArgumentHelp("A folder that gets the result as files.", valueName: "dir"))
  var out: String?
}
