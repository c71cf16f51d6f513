import ArgumentParser
import Foundation
import Report
import Results
import Scenarios
import Trials

struct OddsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    ofTrial: "odds", abstract: "Find out when the failure of a trial became inevitable.",
    discussion: """
      Runs the trial up to an instant, and on from there with other random numbers, several times, and counts how many of these futures violate the same guarantee. Where the share rises, it looks closer.

        trial odds swarm/replication --seed 4711
        trial odds swarm/replication --seed 4711 --out out && trial report out -o page

      Exit codes: 0 told, 3 the trial does not fail, 64 wrong usage, 65 a bad input file.
      """)

  @Argument(help: "A scenario file, or the name of one that ships.", completion: .file(extensions: ["yaml"]))
  var scenario: String

  @Option(help: "The seed of the trial that fails.", transform: wholeNumber(in: 0...UInt64.max))
  var seed: UInt64

  @Option(help: "How many futures are run from each instant.", transform: wholeNumber(in: 1...100_000))
  var futures = 10

  @Option(help: "Look at no further instant after this many minutes.", transform: decimalNumber(in: 0...VerifyCommand.mostMinutes))
  var minutes = 5.0

  @Option(help: "How many processes run at a time. [default: one for each core]", transform: wholeNumber(in: 1...Int(Int32.max)))
  var jobs: Int?

  @OptionGroup var scenarioOptions: ScenarioOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let file = scenario
    let scenario = try scenarioOptions.drawn(scenarioOptions.scenario(at: file), seed: seed)
    var options = Trial.Options(seed: seed)
    options.tellsDetails = false
    var result = Trial(scenario, options: options).run()
    guard let failing = result.failureKinds.first else { throw noFailure(in: result) }
    let pool = WorkerPool(arguments: ["worker"] + scenarioOptions.arguments, jobs: jobs ?? ProcessInfo.processInfo.activeProcessorCount)
    let deadline = Date(timeIntervalSinceNow: minutes * 60)
    let signals = EndingSignals(first: {}, again: { _exit(EndingSignals.exitCode) }, atLast: { _exit(EndingSignals.exitCode) })
    let search = OddsSearch(failing.guarantee, until: scenario.duration, futures: futures, isOver: { Date() >= deadline || signals.haveCome }) { futures in
      try pool.results(of: futures.map { PlannedTrial(file: file, seed: seed, reseeding: $0) }).map { $0?.failureKinds.contains { $0.guarantee == failing.guarantee } }
    }
    let line = TerminalLine(isShown: !output.quiet && isatty(STDERR_FILENO) == 1, delay: 0, interval: 0.2)
    try search.search { instants in line.show { _ in "instants: \(instants)" } }
    line.clear()
    result.odds = search.odds
    if let out = output.out { try write(result.json.text, to: "result.json", in: out) }
    if output.json { return print(result.json.text, terminator: "") }
    print(search.odds.table(of: result.story))
  }
}
