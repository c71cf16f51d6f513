import ArgumentParser
import Measurement
import Results
import Trials

/// The command line: what users and scripts hold on to.
@main
struct TrialCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trial",
    abstract: "A deterministic simulation of Kafka: replay failures, judge what clients saw, measure and compare settings.",
    discussion: """
      Start with a failure that made history, and its repair:

        trial replay scenarios/hazards/kip-101-truncation-loss.yaml
        trial replay scenarios/hazards/kip-101-truncation-loss.yaml --variant fixed

      Exit codes: 0 as expected, 1 a guarantee violated, 2 a gate broken, 3 not exercised, 4 only improvements, 64 wrong usage, 65 a bad input file, 70 an internal error.
      """,
    version: Trial.build,
    subcommands: [
      ReplayCommand.self, VerifyCommand.self, CheckCommand.self, JudgeCommand.self, BenchCommand.self, CompareCommand.self, ReportCommand.self, ServeCommand.self, CalibrateCommand.self,
      FidelityCommand.self, ListCommand.self, NodeCommand.self, WorkerCommand.self, BenchWorkerCommand.self,
    ])

  static func main() {
    watchStandardOutput()
    main(nil)
  }
}

extension ArgumentParser.ExitCode {
  init(_ code: Results.ExitCode) { self.init(code.rawValue) }
}
