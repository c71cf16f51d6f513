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

  // MARK: Lives that end within a trial

  /// Lives end in every way while fetches wait, segments are deleted and cleaned, and connections are cut.
  private static let restless = """
    name: restless
    about: Everything begins and ends again and again.
    cluster:
      brokers: 3
      config:
        { min.insync.replicas: 2, broker.session.timeout.ms: 600, broker.heartbeat.interval.ms: 150, replica.lag.time.max.ms: 1500, log.cleaner.backoff.ms: 200 }
    topics:
      - { name: t, replicas: [[1, 2, 3]], config: { internal.segment.bytes: 1024, retention.bytes: 8192, file.delete.delay.ms: 100 } }
      - { name: c, partitions: 2, replicas: 3, config: { cleanup.policy: compact, internal.segment.bytes: 1024, file.delete.delay.ms: 100 } }
    workload:
      - produce: { name: plain, topic: t, rate: 50/s, config: { acks: all, retries: 0, max.in.flight.requests.per.connection: 1 } }
      - produce: { name: keyed, topic: c, rate: 50/s, keys: 5, config: { acks: all, retries: 0, max.in.flight.requests.per.connection: 1 } }
      - consume: { name: reader, topic: t }
      - consume: { name: late, topic: c, from: 1s }
    faults:
      - { at: 700ms, admin: { delete-records: { partition: t-0, before: 5 } } }
      - { from: 500ms, to: 3500ms, random: { profile: { kill: 3, power-loss: 2, shutdown: 2, isolate: 3 }, every: 300ms, keep: one-legal-copy } }
      - { at: 1500ms, restart: reader }
    duration: 4s
    expect: { holds: all }
    """

  /// What there has to be in such a trial, so that the absence of the rest says something.
  private static let kinds: Set<String> = [
    "World", "Machine", "SimulatedHost", "DiskSession", "DiskStorage", "Observer", "HistoryRecorder", "BrokerNode", "RunningBroker", "BrokerLifeCycle",
    "ControllerNode", "QuorumReplica", "ReplicaManager", "Partition", "ReplicaFetcher", "FetcherPartition", "LogManager", "PartitionLog", "LogSegment",
    "CleanerWorker", "RequestServer", "RequestSender", "PeerLink", "Reactor", "ProduceApplication", "ConsumeApplication", "OperatorApplication", "Producer",
    "Consumer", "AssignedPartition", "FetchSource", "Admin", "Cluster", "ClientConnections",
  ]

  /// What was there while trials ran, and is not kept by this.
  private final class Looks {
    /// Of each life of a node: whatever waits in it holds its host, and whatever reads or writes a file in it the session with the disk.
    var lives: [(host: Part, disk: Part)] = []
    var census = ObjectCensus()

    /// Remembers each life as it begins.
    func follow(_ world: World) {
      let former = world.onIncident
      world.onIncident = { [unowned self, unowned world] now, node, incident in
        former?(now, node, incident)
        guard incident == .started, let node, let host = world.machine(node).host else { return }
        lives.append((Part(world.name(of: node), host), Part("disk of \(world.name(of: node))", host.session)))
      }
    }

    /// Looks now and then at all that the machines hold.
    func lookInside(_ world: World) {
      world.after(.seconds(2)) { [unowned self, unowned world] in
        census.add(world.nodes.map { world.machine($0) })
        lookInside(world)
      }
    }
  }

  @Test(arguments: [InvariantChecks.off, .told])
  func `Lives that ended, and trials that are over, leave nothing of any kind`(checks: InvariantChecks) throws {
    let scenario = try ScenarioLibrary.scenario(text: Self.restless, file: "restless.yaml")
    let looks = Looks()
    for seed in 1...4 as ClosedRange<UInt64> {
      run(scenario, seed, checks, looks)
      // `Bytes.empty`, which all share, where a look has met it.
      #expect([[:], ["ByteStorage": 1]].contains(looks.census.left), "seed \(seed)")
      #expect(looks.lives.filter { $0.host.object != nil || $0.disk.object != nil }.map(\.host.name) == [], "seed \(seed)")
    }
    #expect(Self.kinds.subtracting(looks.census.kinds) == [])
    // Each trial has nine nodes.
    #expect(looks.lives.count > 4 * (9 + 3))
  }

  private func run(_ scenario: Scenario, _ seed: UInt64, _ checks: InvariantChecks, _ looks: Looks) {
    var options = Trial.Options(seed: seed)
    options.invariants = checks
    let trial = Trial(scenario, options: options), world = trial.cluster.world
    looks.follow(world)
    // A look at everything takes longer than the trial, and all trials are made of the same.
    if seed <= 5 { looks.lookInside(world) }
    let result = trial.run()
    #expect(result.exitCode == .asExpected, "seed \(seed): \(result.failures)")
    looks.census.add([trial])
    // The last lives last as long as the world.
    let there = looks.lives.count { $0.host.object != nil }
    #expect(there == world.nodes.count { world.isRunning($0) }, "seed \(seed)")
  }
}
