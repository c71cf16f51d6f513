import ArgumentParser
import Foundation
import Results
import Scenarios
import Trials

/// Runs the trials from standard input, one per line, and answers each with one line. `verify` starts one of these for each core.
struct WorkerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(ofTrial: "worker", abstract: "Run trials for verify.", shouldDisplay: false)

  @OptionGroup var scenarioOptions: ScenarioOptions
  @Flag(help: "Check invariants.")
  var check = false
  @OptionGroup var historyOptions: HistoryOptions

  func run() throws {
    WorkerProcess.endWithItsParent()
    var scenarios: [String: Scenario] = [:]
    let encoder = JSONEncoder()
    while let line = readLine(), let planned = PlannedTrial(line: line) {
      let file = try scenarios[planned.file] ?? scenarioOptions.scenario(at: planned.file, wasChecked: true)
      scenarios[planned.file] = file
      let scenario = try scenarioOptions.drawn(file, seed: planned.seed)
      let measurement = HostMeasurement()
      var options = Trial.Options(seed: planned.seed)
      options.tellsDetails = false
      options.keepsPictures = false
      options.countsMarks = true
      options.reseeding = planned.reseeding
      options.invariants = .inSweep(seed: planned.seed, isAsked: check, draws: scenario.isDrawn)
      let historyFile = try historyOptions.open()
      let trial = Trial(scenario, options: options)
      let result = trial.run()
      try historyFile?.write(trial.judgedHistory)
      let host = measurement.facts(events: result.events, simulatedSeconds: result.simulated.seconds)
      WorkerProcess.answer(try encoder.encode(SweptTrial(result, cpuSeconds: host.cpuSeconds)))
    }
  }
}
