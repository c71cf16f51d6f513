import Testing
import Workloads

@testable import Sim
@testable import Trials

@Suite struct TrialMemoryTests {
  /// Many trials run in one process: what one leaves behind would add up.
  @Test func `A trial that is over leaves nothing behind`() throws {
    weak var world: World?
    weak var recorder: HistoryRecorder?
    var nodes: [(name: String, node: WeakReference)] = []
    try {
      let scenario = try ScenarioLibrary.scenario(
        text: """
          name: small
          about: A little of everything.
          cluster: { brokers: 2 }
          topics: [ { name: t, partitions: 2, replicas: 2 } ]
          workload:
            - produce: { topic: t, rate: 100/s, config: { acks: all } }
            - consume: { topic: t }
          duration: 2s
          """, file: "small.yaml")
      let trial = try Trial(scenario, options: Trial.Options(seed: 1))
      _ = trial.run()
      world = trial.world
      recorder = trial.recorder
      nodes = trial.world.nodes.map { (trial.world.name(of: $0), WeakReference(trial.world.object(of: $0))) }
    }()
    #expect(world == nil)
    #expect(nodes.filter { $0.node.object != nil }.map(\.name) == [])
    #expect(recorder == nil)
  }

  private final class WeakReference {
    weak var object: AnyObject?
    init(_ object: AnyObject?) { self.object = object }
  }
}
