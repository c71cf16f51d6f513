import Bench
import Trials

/// Runs a scenario on real sockets and judges it, as `BenchRun` does in the simulation, with the same files besides its result.
///
/// Throws a `ScenarioError` if the scenario or the target cluster is not suitable, and a `LiveError` if this machine does not
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
