import ArgumentParser
import Bench
import Compare
import Results
import Scenarios

/// What a comparison must meet.
struct GateOptions: ParsableArguments {
  @Option(
    name: .customLong("gate"),
    help: ArgumentHelp("What must hold, such as 'publish.p99 <= +2%'. Replaces the default gates. Can be given several times.", valueName: "expr"))
  var expressions: [String] = []

  @Option(
    name: .customLong("gates"),
    help: ArgumentHelp("A YAML file of gates, in addition to those of --gate. Can be given several times.", valueName: "file"), completion: .file(extensions: ["yaml"]))
  var files: [String] = []

  var isEmpty: Bool { expressions.isEmpty && files.isEmpty }

  /// All that were asked for, those of files first. Ends the process with 64 or 65 where one cannot be read.
  func gates() throws -> [Gate] {
    do {
      return try files.flatMap { try GateFile(fileAt: $0).gates } + expressions.map { try Gate(parsing: $0) }
    } catch let error as ScenarioError {
      throw fail(error, .badInput)
    } catch let error as GateError {
      throw fail(error, .wrongUsage)
    }
  }
}
