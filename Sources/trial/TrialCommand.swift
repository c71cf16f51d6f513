import ArgumentParser
import Foundation
import Measurement
import Primitives
import Results
import Trials

/// The command line, which users and scripts rely on.
@main
struct TrialCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trial",
    abstract: "A deterministic simulation of Kafka: replay failures, judge what clients saw, measure and compare settings.",
    discussion: """
      Start with a failure that made history, and its repair. Scenarios that ship are part of the program, and their names work in any folder:

        trial list hazards
        trial replay hazards/kip-101-truncation-loss
        trial replay hazards/kip-101-truncation-loss --variant fixed

      Exit codes: 0 as expected, 1 a guarantee violated, 2 a gate broken, 3 not exercised, 4 only improvements, 64 wrong usage, 65 a bad input file, 70 an internal error.
      """,
    version: Trial.build,
    subcommands: [
      ReplayCommand.self, VerifyCommand.self, MergeCommand.self, ShrinkCommand.self, ExplainCommand.self, DiffCommand.self, OddsCommand.self, CheckCommand.self, JudgeCommand.self, BenchCommand.self, CompareCommand.self, BaselinesCommand.self, ReportCommand.self,
      ServeCommand.self, CalibrateCommand.self, FidelityCommand.self, ListCommand.self, VersionCommand.self, NodeCommand.self, WorkerCommand.self, BenchWorkerCommand.self, DiffWorkerCommand.self,
    ])

  static func main() {
    watchStandardOutput()
    let arguments = CommandWords.readable(Array(CommandLine.arguments.dropFirst()))
    do {
      var command = try namedCommand(arguments[...]) ?? readWhole(arguments)
      try command.run()
    } catch let code as ArgumentParser.ExitCode {
      // Exit directly, because the parser would print a usage text first.
      Foundation.exit(code.rawValue)
    } catch {
      end(with: error)
    }
  }

  private static func readWhole(_ arguments: [String]) throws -> any ParsableCommand {
    try CommandWords.check(arguments, among: configuration.subcommands)
    return try parseAsRoot(arguments)
  }

  /// The command named by the first argument, parsed without this root command, which saves half of the work. nil if anything other than a run is requested, or if there is a
  /// mistake: the full parser handles that.
  private static func namedCommand(_ arguments: ArraySlice<String>) -> (any ParsableCommand)? {
    guard let name = arguments.first, let named = configuration.subcommands.first(where: { $0.configuration.commandName == name }),
      let command = try? named.parseAsRoot(Array(arguments.dropFirst())), type(of: command) == named
    else { return nil }
    return command
  }

  /// Ends the process with an error's text and exit code. An error without a text for users is a bug.
  private static func end(with error: any Error) -> Never {
    if error is CleanExit { exit(withError: error) }
    let code = exitCode(for: error)
    switch code {
    case .success: exit(withError: error)
    case .validationFailure: standardError(CommandWords.inOneStyle(fullMessage(for: error)))
    default: standardError("error: \(error)")
    }
    Foundation.exit((code == .validationFailure ? Results.ExitCode.wrongUsage : .internalError).rawValue)
  }
}

struct VersionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(ofTrial: "version", abstract: "The version of this program.")

  func run() { print(Trial.build) }
}

extension ArgumentParser.ExitCode {
  init(_ code: Results.ExitCode) { self.init(code.rawValue) }
}

extension CommandConfiguration {
  /// Configures a subcommand of `trial`. It names its root command, so that the parser does not search its arguments for a completion request when they are parsed
  /// without the rest of `trial`.
  init(ofTrial name: String, abstract: String, discussion: String = "", shouldDisplay: Bool = true) {
    self.init(commandName: name, _superCommandName: "trial", abstract: abstract, discussion: discussion, shouldDisplay: shouldDisplay)
  }
}
