import Primitives
import Sim
import Workloads

@testable import Scenarios
@testable import Trials

/// A trial of six seconds, with one controller and three brokers where nothing else is said, in which things happen to the cluster when everything is healed.
final class StuckTrial {
  private let trial: Trial

  init(
    cluster: String = "{}", topics: String = "[{ name: orders, replicas: [[2, 1, 3]] }]", workload: String, faults: String = "[]",
    expect: String = "{ holds: [durability] }"
  ) throws {
    let text = """
      name: stuck
      about: Something is in the way, and nothing takes it away.
      cluster: \(cluster)
      topics: \(topics)
      workload: \(workload)
      faults: \(faults)
      duration: 6s
      expect: \(expect)
      """
    trial = Trial(try ScenarioReader.read(text: text, file: "stuck.yaml"), options: Trial.Options(seed: 1))
  }

  /// A moment after everything was healed, by the scenario's clock: what clients sent when their time was over has not arrived.
  static let healed = Duration.nanoseconds(6_000_010_000)

  var cluster: TrialCluster { trial.cluster }
  var world: World { trial.cluster.world }
  /// With the clients, once these run.
  var nodes: NodeTable { trial.cluster.observer.nodes ?? trial.cluster.nodes }
  /// What waits for whom now.
  var chain: WaitChain { WaitChain(cluster: cluster, nodes: nodes) }

  func client(_ name: String, _ number: Int = 1) -> NodeIndex { nodes.clients(named: name)[number - 1] }
  func broker(_ number: Int) -> NodeIndex { nodes.brokers[number - 1] }

  /// Does something at an instant of the scenario's clock, four seconds after the beginning of the world at the earliest: by then that clock runs.
  func at(_ time: Duration, _ body: @escaping (StuckTrial) -> Void) {
    world.after(.seconds(4)) { [unowned self] in
      world.at(cluster.observer.origin + time) { [unowned self] in body(self) }
    }
  }

  /// Runs the trial. Returns the cases of each guarantee that is violated.
  func run() -> [Guarantee: [String]] {
    Dictionary(trial.run().verdicts.filter { !$0.cases.isEmpty }.map { ($0.guarantee, $0.cases) }) { first, _ in first }
  }

  /// Runs the trial. Returns what keeps the cluster from coming to rest.
  func liveness() -> [String] { run()[.liveness] ?? [] }
}

extension String {
  /// Whether a chain ends in these links, each a regular expression; of the first its end counts.
  func ends(in links: String...) -> Bool { (try? Regex(links.joined(separator: ": ") + "$")).map { contains($0) } ?? false }
}
