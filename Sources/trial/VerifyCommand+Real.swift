import ArgumentParser
import Bench
import Foundation
import Live
import LiveBench
import Measurement
import Report
import Results
import Scenarios
import Trials

extension VerifyCommand {
  /// Runs one trial after another on real sockets: in parallel they would disturb each other.
  func runOnRealMachines(_ trials: [PlannedTrial]) throws {
    let interruption = Interruption()
    let target: RealRun.Target, hands: RealHands
    do {
      target = try bootstrap.map { try BenchWorld.cluster(bootstrap: $0).target() ?? .processes } ?? .processes
      hands = try live ? .ownProcesses : deeds.map { .commands(try CommandTable(fileAt: $0)) } ?? .clientsAlone
      // Report what cannot be done for every file before the first of them runs.
      for file in Set(trials.map(\.file)).sorted() { _ = try RealRun(scenarioOptions.scenario(at: file), seed: 1, target: target, hands: hands) }
      if case .bootstrap(let addresses) = target { try ClusterProbe.check(addresses) }
    } catch let error as ScenarioError {
      throw fail(error, .badInput)
    } catch let error as ClusterProbe.Silence {
      throw fail(error, .wrongUsage)
    }
    let signals = EndingSignals(
      first: {
        standardError("\nrepairing everything before the end; interrupt again to end immediately")
        interruption.ask()
      },
      again: { interruption.insist() }, atLast: { _exit(EndingSignals.exitCode) })
    let summary = try withExtendedLifetime(signals) { try run(trials, target, hands, interruption, signals) }
    if let out = output.out { try write(summary.json.text, to: "verify.json", in: out) }
    if output.json { print(summary.jsonWithHost.text, terminator: "") }
    let tell: (String) -> Void = output.json ? { standardError($0) } : { print($0) }
    // What one run came to was told.
    if trials.count > 1, !output.json || !output.quiet { tell(output.fitted(summary.text)) }
    throw ArgumentParser.ExitCode(summary.exitCode)
  }

  private func run(_ trials: [PlannedTrial], _ target: RealRun.Target, _ hands: RealHands, _ interruption: Interruption, _ signals: EndingSignals) throws -> VerifySummary {
    var summary = VerifySummary(replay: replay(of: scenarios, seeds: nil))
    let measurement = HostMeasurement()
    let deadline = minutes.map { Date(timeIntervalSinceNow: $0 * 60) }
    var cpuSeconds = HostMeasurement.cpuSeconds
    for planned in trials {
      if let deadline, Date() >= deadline { break }
      let scenario = try scenarioOptions.drawn(scenarioOptions.scenario(at: planned.file, wasChecked: true), seed: planned.seed)
      let line = TerminalLine(isShown: !output.quiet && isatty(STDERR_FILENO) == 1, delay: 0, interval: 0.2)
      let result: RunResult
      do {
        var options = VerifyRun.Options()
        options.reusesTopics = reuseTopics
        options.replay = replay(of: [planned.file], seeds: planned.seed)
        options.interruption = interruption
        options.progress = { phase, acknowledged in line.show { _ in "\(phase), \(grouped(acknowledged)) records acknowledged" } }
        let historyFile = try historyOptions.open()
        let run = try VerifyRun(scenario, seed: planned.seed, target: target, hands: hands, options: options)
        result = try run.result()
        line.clear()
        do throws(OutputError) {
          try historyFile?.write(run.judgedHistory)
        } catch {
          throw fail(error, .internalError)
        }
      } catch let error as ScenarioError {
        line.clear()
        throw fail(error, .badInput)
      } catch let error as LiveError {
        line.clear()
        throw fail(error, .internalError)
      } catch is RunInterrupted {
        line.clear()
        signals.nodesHaveEnded()
        throw ArgumentParser.ExitCode(EndingSignals.exitCode)
      }
      try show(result, scenario, of: trials.count)
      let now = HostMeasurement.cpuSeconds
      summary.add(result, cpuSeconds: now - cpuSeconds)
      cpuSeconds = now
    }
    summary.wallSeconds = measurement.wallSeconds
    return summary
  }

  private func show(_ result: RunResult, _ scenario: Scenario, of count: Int) throws {
    if let out = output.out { try write(result.json.text, to: count == 1 ? "result.json" : "\(scenario.name)-\(result.seed).json", in: out) }
    let tell: (String) -> Void = output.json ? { standardError($0) } : { print($0) }
    if !output.quiet {
      tell("\(scenario.name)\(scenario.variant.map { " (\($0))" } ?? ""), seed \(result.seed), \(live ? "on brokers of its own" : "at \(bootstrap ?? "")")")
      tell(scenario.about)
      tell("")
      tell(StoryPrinter(tellsDetails: false).text(result.story))
      tell("")
    }
    if !output.json || !output.quiet { tell(output.fitted(result.summaryText(width: output.width)) + "\n") }
  }

  /// The command that repeats runs.
  private func replay(of files: [String], seeds seed: UInt64?) -> String {
    let range = seed.map { String($0) } ?? seeds.map { "\($0.range.lowerBound)..\($0.range.upperBound)" } ?? "1"
    let world = (bootstrap.map { ["--bootstrap", $0] } ?? ["--live"]) + (deeds.map { ["--deeds", $0] } ?? []) + (reuseTopics ? ["--reuse-topics"] : [])
    return Self.line(["trial", "verify"] + files + ["--seeds", range] + world + scenarioOptions.arguments)
  }
}
