import Testing
import Workloads

@testable import Sim
@testable import Scenarios
@testable import Trials

/// Many trials run in one process: what one leaves behind would add up.
@Suite struct TrialMemoryTests {
  private final class Part {
    let name: String
    let wasThere: Bool
    weak var object: AnyObject?

    init(_ name: String, _ object: AnyObject?) {
      self.name = name
      self.object = object
      wasThere = object != nil
    }
  }

  @Test func `A trial that is over leaves nothing behind`() throws {
    let parts = try partsOfATrial()
    #expect(parts.count == 28)
    let wereThere = parts.allSatisfy { $0.wasThere }
    #expect(wereThere)
    let left = parts.filter { $0.object != nil }.map { $0.name }
    #expect(left == [])
  }

  private func partsOfATrial() throws -> [Part] {
    let scenario = try ScenarioLibrary.scenario(
      text: """
        name: small
        about: A little of everything.
        cluster: { brokers: 2 }
        topics: [ { name: t, partitions: 2, replicas: 2 } ]
        workload:
          - produce: { topic: t, load: saturating, config: { acks: all } }
          - consume: { topic: t }
        duration: 100ms
        """, file: "small.yaml")
    var options = Trial.Options(seed: 1)
    options.measures = true
    let trial = Trial(scenario, options: options)
    _ = trial.run()
    let cluster = trial.cluster, world = cluster.world
    var parts = [
      Part("world", world), Part("recorder", cluster.recorder), Part("log", cluster.log), Part("observer", cluster.observer), Part("runner", cluster.runner),
      Part("driver", trial.outcome?.rested?.played.driver), Part("availability", trial.outcome?.rested?.played.availability),
    ]
    for index in world.nodes {
      let name = world.name(of: index)
      let machine = world.machines[Int(index.value)]
      parts.append(Part(name, machine.node))
      parts.append(Part("machine of \(name)", machine))
      parts.append(Part("disk of \(name)", machine.disk))
    }
    return parts
  }
}
