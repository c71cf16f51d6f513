import ArgumentParser
import Report
import Trials

/// The command line: what users and scripts hold on to.
@main
struct TrialCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trial",
    abstract: "A deterministic simulation of Kafka: replay failures, and judge what clients saw.",
    discussion: """
      Start with a failure that made history, and its repair:

        trial replay scenarios/hazards/kip-101-truncation-loss.yaml
        trial replay scenarios/hazards/kip-101-truncation-loss.yaml --variant fixed

      Exit codes: 0 as expected, 1 a guarantee violated, 3 not exercised, 64 wrong usage, 65 a bad input file, 70 an internal error.
      """,
    version: Trial.build,
    subcommands: [ReplayCommand.self, VerifyCommand.self, BenchCommand.self, CalibrateCommand.self, FidelityCommand.self, ServeCommand.self, ListCommand.self, WorkerCommand.self, BenchWorkerCommand.self])
}

extension ArgumentParser.ExitCode {
  init(_ code: Report.ExitCode) { self.init(code.rawValue) }
}
