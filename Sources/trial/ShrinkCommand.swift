import ArgumentParser
import Foundation
import Results
import Scenarios
import Trials

struct ShrinkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    ofTrial: "shrink", abstract: "Make a failing trial as small as it gets while it fails in the same way.",
    discussion: """
      Writes the trial without chance, and takes away faults, clients, topics, settings, records and time as long as the same guarantee is violated with the same kind of evidence:

        trial shrink swarm/replication --seed 4711 -o small.yaml
        trial replay small.yaml --seed 4711

      What is written was seen to fail, also after Ctrl-C: the smallest so far is kept.

      Exit codes: 0 written, 3 the trial does not fail, 64 wrong usage, 65 a bad input file.
      """)

  @Argument(help: "A scenario file, or the name of one that ships.", completion: .file(extensions: ["yaml"]))
  var scenario: String

  @Option(help: "The seed of the trial that fails.", transform: wholeNumber(in: 0...UInt64.max))
  var seed: UInt64

  @Option(name: [.customShort("o"), .customLong("out")], help: ArgumentHelp("The file to write. [default: NAME-seed-N.yaml]", valueName: "file"), completion: .file(extensions: ["yaml"]))
  var out: String?

  @Option(help: "Run no further trial after this many minutes.", transform: decimalNumber(in: 0...VerifyCommand.mostMinutes))
  var minutes = 1.0

  @Option(help: "How many processes run at a time. [default: one for each core]", transform: wholeNumber(in: 1...Int(Int32.max)))
  var jobs: Int?

  @Flag(help: "Print nothing but errors.")
  var quiet = false

  @OptionGroup var scenarioOptions: ScenarioOptions

  func run() throws {
    let scenario = try scenarioOptions.drawn(scenarioOptions.scenario(at: scenario), seed: seed)
    let out = out ?? "\(scenario.name)-seed-\(seed).yaml"
    var options = Trial.Options(seed: seed)
    options.tellsDetails = false
    options.keepsPictures = false
    let trial = Trial(scenario, options: options), result = trial.run()
    guard let failing = Shrinker.Failing(result) else { throw noFailure(in: result) }
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("trial-shrink-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let jobs = jobs ?? ProcessInfo.processInfo.activeProcessorCount
    let workers = ScenarioWorkers(folder: folder, jobs: jobs), deadline = Date(timeIntervalSinceNow: minutes * 60)
    let signals = EndingSignals(first: {}, again: { _exit(EndingSignals.exitCode) }, atLast: { _exit(EndingSignals.exitCode) })
    let shrinker = try Shrinker(
      trial.scenarioWithoutChance(for: out), of: failing, width: jobs, isOver: { Date() >= deadline || signals.haveCome }
    ) { texts, seeds in try workers.run(texts, seeds).map { $0?.failureKinds } }
    if !quiet { print("keeping: \(failing.kind.guarantee): \(failing.evidence)") }
    let line = TerminalLine(isShown: !quiet && isatty(STDERR_FILENO) == 1, delay: 0, interval: 0.2)
    let before = shrinker.faultCount
    do {
      try shrinker.shrink { progress in
        line.show { _ in "faults left: \(progress.faults), after \(progress.runs) trials; \(progress.words)" }
        try? write(shrinker.text(otherFailures: nil), to: out)
      }
    } catch ShrinkError.notRepeated {
      throw fail("the trial, written down without chance, does not fail as it did. That is an error of this program: please report \(failing.replay)", .internalError)
    }
    let others = signals.haveCome ? nil : try shrinker.failuresOfOtherSeeds()
    line.clear()
    do {
      try write(shrinker.text(otherFailures: others), to: out)
    } catch let error as CocoaError {
      throw fail("\(out): the scenario cannot be written there: \(error.localizedDescription)", .wrongUsage)
    }
    guard !quiet else { return }
    print("\(out): faults left: \(shrinker.faultCount) of \(before), after \(shrinker.runs) trials\(others.map { "; \($0) of \(Shrinker.otherSeeds) other seeds fail too" } ?? "")")
    print("again: trial replay \(out) --seed \(seed)")
  }
}
