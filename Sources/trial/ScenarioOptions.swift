import ArgumentParser
import Foundation
import Measurement
import Primitives
import Results
import Scenarios
import Trials

/// The options shared by all commands that take scenarios.
struct ScenarioOptions: ParsableArguments {
  @Option(help: "Which variant of the scenario to run.")
  var variant: String?

  @Option(name: .customLong("set"), help: ArgumentHelp("Change a value in the scenario, such as cluster.brokers=5. Can be given several times.", valueName: "path=value"))
  var overrides: [String] = []

  /// The options as command-line arguments.
  var arguments: [String] { (variant.map { ["--variant", $0] } ?? []) + overrides.flatMap { ["--set", $0] } }

  /// Reads a scenario file. If it has a mistake, exits with 65 and the place of the mistake.
  ///
  /// - Parameter wasChecked: whether it was read before, by this process or the one that started it.
  func scenario(at path: String, wasChecked: Bool = false) throws -> Scenario {
    try orBadInput { try ScenarioLibrary.scenario(at: path, variant: variant, overrides: overrides, wasChecked: wasChecked) }
  }

  /// What a scenario is with one seed. If what was drawn does not fit together, exits with 65 and the place.
  func drawn(_ scenario: Scenario, seed: UInt64) throws -> Scenario {
    try orBadInput { try scenario.drawn(seed: seed) }
  }

  private func orBadInput(_ read: () throws -> Scenario) throws -> Scenario {
    do {
      return try read()
    } catch let error as ScenarioError {
      standardError("error: \(error)")
      throw ArgumentParser.ExitCode(.badInput)
    }
  }
}

/// The options for the output of results.
struct OutputOptions: ParsableArguments {
  @Flag(help: "Print one JSON object to standard output, everything else to standard error.")
  var json = false

  @Flag(help: "Print only the result, no story and no progress.")
  var quiet = false

  @Option(help: ArgumentHelp("A folder to write the result to.", valueName: "dir"))
  var out: String?

  @Flag(help: "Show every column in full, however narrow the terminal is.")
  var wide = false

  /// What tables have to fit in; nil where they need not.
  var width: Int? { wide ? nil : TerminalWidth.ofTables }

  /// Text with lines that fit the terminal. In pipes and files sentences stay whole, for whoever looks for them there.
  func fitted(_ text: String) -> String { wrapped(text, to: wide ? nil : TerminalWidth.told) }
}

/// The duration that an option names. Exits with 64 if it is none.
func duration(_ text: String, option: String) throws -> Duration {
  do {
    return try ScenarioLibrary.duration(text, option: option)
  } catch let error as ScenarioError {
    throw fail(error, .wrongUsage)
  }
}
