import Bench
import Trials

/// Runs a scenario on real sockets and judges it, as `BenchRun` does in the simulation, and with the same files beside its result.
///
/// Throws a `ScenarioError` where the scenario, or the cluster that it shall run on, is not fit for that, and a `LiveError` where this machine does not
/// allow it.
public func runLive(
  _ scenario: Scenario, seed: UInt64, target: RealRun.Target, reusingTopics: Bool = false, formats: [ResultFormat] = [], driver: String = ""
) throws -> BenchOutput {
  var options = LiveRun.Options()
  options.reusesTopics = reusingTopics
  options.formats = formats
  options.driver = driver
  return try LiveRun(scenario, seed: seed, target: target, options: options).output()
}
