import ArgumentParser
import Foundation
import Trials

/// Runs a trial and tells what `diff` compares: checkpoints, or events from one on.
struct DiffWorkerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(ofTrial: "diff-worker", abstract: "Run a trial for diff.", shouldDisplay: false)

  @Argument(help: "The scenario.")
  var scenario: String

  @Option(help: "The seed.", transform: wholeNumber(in: 0...UInt64.max))
  var seed: UInt64

  @Option(help: "When the scenario ends.")
  var until: String?

  @Option(help: "The first event to tell; without it, checkpoints are told.", transform: wholeNumber(in: 0...UInt64.max))
  var from: UInt64?

  @OptionGroup var scenarioOptions: ScenarioOptions

  func run() throws {
    // Nobody reads any more: the place is found.
    signal(SIGPIPE, SIG_DFL)
    var buffer = ""
    func flush() {
      try? writeAll(buffer, to: STDOUT_FILENO)
      buffer = ""
    }
    let reporter = TraceReporter(from: from) { [isOfEvents = from != nil] line in
      buffer += line + "\n"
      if !isOfEvents || buffer.utf8.count > 1 << 16 { flush() }
    }
    reporter.greet()
    var options = Trial.Options(seed: seed)
    options.tellsDetails = false
    options.keepsPictures = false
    if let until { options.until = try duration(until, option: "--until") }
    reporter.follow(&options)
    let trial = try Trial(scenarioOptions.drawn(scenarioOptions.scenario(at: scenario), seed: seed), options: options)
    _ = trial.run()
    reporter.finish(trial)
    flush()
    withExtendedLifetime(trial) { Foundation.exit(0) }
  }
}
