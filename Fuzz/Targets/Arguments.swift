import Bench
import Broker
import Client
import Compare
import Primitives
import Report
import Results
import Scenarios
import Trials

/// Option values: a byte that selects the option, and a text with one line for each time that the option is given.
@Sendable func fuzzArguments(_ input: Bytes) -> Int {
  guard !input.isEmpty else { return 0 }
  let lines = input[1...].anyText.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  switch input[0] % 7 {
  case 0: fuzzGates(lines)
  case 1:
    _ = try? ScenarioLibrary.scenario(at: UserFiles.stored(Bytes(smallScenario), "small.yaml"), overrides: lines)
    planned { $0.overrides = lines }
  case 2: fuzzVaried(lines)
  case 3: planned { $0.objectives = lines }
  case 4:
    planned { $0.duration = lines[0] }
    _ = try? BenchWorld.cluster(bootstrap: lines[0]).target()
  case 5: planned { $0.variant = lines[0] }
  default: fuzzSettings(lines.map { line in line.firstIndex(of: "=").map { (String(line[..<$0]), String(line[line.index(after: $0)...])) } ?? (line, "") })
  }
  return 1
}

/// A gate must parse to the same gate again, and is checked on a result compared with itself.
private func fuzzGates(_ lines: [String]) {
  let gates = lines.compactMap { try? Gate(parsing: $0) }
  for gate in gates where (try? Gate(parsing: gate.text)) != gate { finding("another gate is read from \(gate.text)") }
  let sample = [StoredResult(file: "result.json", BenchReport.sample)]
  guard !gates.isEmpty, let comparison = try? Comparison(baseline: sample, candidate: sample, gates: gates) else { return }
  _ = comparison.text(isStrict: true) + comparison.json(isStrict: false).text
  for format in ComparisonFormat.allCases { _ = format.files(of: comparison) }
}

/// A setting must parse to the same setting again. Large products are not planned, because that takes long.
private func fuzzVaried(_ lines: [String]) {
  let varied = lines.compactMap { try? VariedSetting(option: $0) }
  for setting in varied {
    let option = "\(setting.key)=\(setting.values.joined(separator: ","))"
    if (try? VariedSetting(option: option)) != setting { finding("other settings are read from --vary \(option)") }
  }
  guard let count = VariedSetting.combinations(of: varied), count <= 100 else { return }
  planned { $0.varied = varied }
}

/// Plans a small benchmark. If it can be planned, it must be able to give the command that repeats it.
private func planned(_ change: (inout BenchRequest) -> Void) {
  var request = BenchRequest(file: UserFiles.stored(Bytes(smallScenario), "small.yaml"))
  change(&request)
  guard let plan = try? BenchPlan(request) else { return }
  for run in 0..<plan.runCount { _ = plan.runName(run) }
  _ = request.command
}

/// `serve --config`, and the settings of clients.
private func fuzzSettings(_ settings: [(String, String)]) {
  let broker = [("node.id", "1"), ("listeners", "PLAINTEXT://broker-1:9092"), ("controller.quorum.voters", "100@controller-100:9093")]
  _ = try? BrokerConfiguration(broker + settings)
  let bootstrap = [("bootstrap.servers", "broker-1:9092")]
  _ = try? ProducerConfiguration(bootstrap + settings)
  _ = try? ConsumerConfiguration(bootstrap + settings)
  _ = try? AdminConfiguration(bootstrap + settings)
}
