import Client
import Host
import OrderedCollections
import Primitives
import Scenarios
import Synchronization
import Workloads

/// A scenario prepared for real machines: the same topics, clients and measurements, without the world that a trial simulates.
///
/// The code that carries it out creates or knows a cluster, creates the topics, gives every client process its own host, lets the load run, waits for
/// what is still under way, reads everything with the auditor, and asks for the result.
public struct RealRun {
  /// Where the brokers are.
  public enum Target: Sendable, Equatable {
    /// Brokers in this process, on the loopback interface and real files.
    case loopback
    /// Brokers that are separate processes, on the loopback interface and real files, so that each can be killed individually.
    case processes
    /// Any Kafka cluster.
    case bootstrap([Address])
  }

  public let target: Target
  public let duration: Duration
  public let warmup: Duration
  /// Whether the run, and its measurement, ends when the last record is answered.
  public let measuresAllRecords: Bool
  public let brokerCount: Int
  public let controllerCount: Int
  /// Whether the brokers are the controllers.
  public let isCombined: Bool
  /// Settings of brokers and controllers by Kafka's names, for a cluster that is made for the run.
  public let clusterSettings: [(String, String)]
  public let topics: [NewTopic]
  /// Every partition of the topics, in their order.
  public let partitions: [TopicPartition]
  public let clients: [RealClient]
  /// What in the scenario has no effect on real machines, one line each.
  public let notes: [String]

  package let scenario: Scenario
  /// The faults.
  package let schedule: RealSchedule
  var settings: ClusterSettings { scenario.settings }
  package let seed: UInt64
  /// The number of records acknowledged so far, for all producers together.
  package let acknowledged: AcknowledgedRecordCount

  /// Throws a `ScenarioError` if the scenario names an unknown setting, or asks for something that is impossible outside of the simulation.
  ///
  /// - Parameter hands: how the faults of the scenario are carried out.
  public init(_ scenario: Scenario, seed: UInt64, target: Target, hands: RealHands = .none) throws {
    let settings = scenario.settings
    schedule = try RealSchedule(scenario, hands)
    self.target = target
    self.scenario = scenario
    self.seed = seed
    duration = scenario.duration
    warmup = scenario.warmup
    measuresAllRecords = scenario.measuresAllRecords
    brokerCount = scenario.cluster.brokers
    controllerCount = scenario.cluster.controllers
    isCombined = scenario.cluster.isCombined
    clusterSettings = scenario.cluster.config.map { ($0.name, $0.plainValue) }
    topics = settings.topics.map(NewTopic.init)
    partitions = scenario.topics.flatMap { topic in (0..<Int32(topic.partitionCount)).map { TopicPartition(topic.name, $0) } }
    acknowledged = AcknowledgedRecordCount()
    clients = RealClient.all(of: scenario, seed: seed, counting: acknowledged)
    notes = Self.notes(on: scenario.cluster, target) + scenario.warnings
  }

  private static func notes(on cluster: ClusterPlan, _ target: Target) -> [String] {
    var notes: [String] = []
    func ignore(_ settings: [WrittenSetting], _ path: String, _ reason: String) {
      guard !settings.isEmpty else { return }
      notes.append("\(path) has no effect (\(settings.map(\.name).joined(separator: ", "))): \(reason)")
    }
    ignore(
      cluster.switches.filter { !ConsumerSwitches.table.contains($0.name) && !ProducerSwitches.table.contains($0.name) }, "cluster.switches", "historic behaviour needs the simulation")
    ignore(cluster.features, "cluster.features", "a cluster on real sockets has the latest ones")
    if !cluster.racks.isEmpty {
      let reason = target.isOwn ? "brokers on real sockets are in none" : "the cluster is not ours to configure"
      notes.append("cluster.racks has no effect (\(cluster.racks.joined(separator: ", "))): \(reason)")
    }
    for broker in cluster.brokerConfig {
      ignore(broker.settings, "cluster.broker-config.\(broker.broker)", target.isOwn ? "brokers on real sockets are all set alike" : "the cluster is not ours to configure")
    }
    if !target.isOwn { ignore(cluster.config, "cluster.config", "the cluster is not ours to configure") }
    return notes
  }

  /// Consumer groups, with the partitions that they divide.
  package var groups: [RealGroup] { scenario.groups.map { RealGroup(plan: $0, all: partitions) } }

  /// The configuration of the admin client, for a cluster at these addresses.
  public func adminConfiguration(_ bootstrap: [Address]) -> AdminConfiguration {
    var configuration = settings.adminConfiguration
    configuration.connection.bootstrapServers = bootstrap
    return configuration
  }

  /// The measured window of a run with its origin at `origin`, on the clock of the hosts. Call after the clients have ended.
  ///
  /// - Parameter isAnswered: whether all records were sent and answered early, if that ends the measurement.
  public func window(from origin: Instant, isAnswered: Bool) -> Range<Instant> {
    let lastAnswer = isAnswered ? clients.compactMap(\.records.log.lastAnswer).max() : nil
    return scenario.window(from: origin, until: duration, answered: lastAnswer ?? origin + duration)
  }

  /// Creates a process that reads every partition from the earliest offset on until it is ended.
  ///
  /// - Parameter isolation: whether it reads only committed records.
  public func auditor(_ bootstrap: [Address], _ records: ClientRecords, reading isolation: IsolationLevel = .readUncommitted) -> @Sendable (any NodeHost) -> any Node {
    var configuration = settings.auditConfiguration
    configuration.isolationLevel = isolation
    configuration.connection.bootstrapServers = bootstrap
    return { [configuration, partitions] host in
      ConsumeApplication(
        host: host, configuration: configuration, partitions: partitions, pause: .zero, start: .zero, stop: .distantFuture, recorder: records.recorder)
    }
  }
}

/// A consumer group of a scenario.
package struct RealGroup {
  fileprivate let plan: GroupPlan
  fileprivate let all: [TopicPartition]

  package var id: String { plan.id }
  package var partitions: [TopicPartition] { all.filter { plan.topics.contains($0.topic) } }

  /// Those that it divides while only these entries have members.
  package func partitions(whereMembersAreOf entries: Set<String>) -> [TopicPartition] {
    let topics = plan.topics(ofEntriesWhere: entries.contains)
    return all.filter { topics.contains($0.topic) }
  }
}

/// One client process of a scenario.
public struct RealClient: Sendable {
  /// Its records, to be merged later.
  public let records: ClientRecords

  private let process: ClientProcess

  static func all(of scenario: Scenario, seed: UInt64, counting acknowledged: AcknowledgedRecordCount) -> [RealClient] {
    let senders = scenario.workload.reduce(0) { $0 + ($1.sends ? $1.processCount : 0) }
    var sender = 0
    return scenario.clientProcesses(within: scenario.duration, seed: seed).flatMap(\.self).map { process in
      defer { if process.plan.sends { sender += 1 } }
      let records = process.plan.sends ? ClientRecords(sender: sender, of: senders) : ClientRecords()
      records.recorder.compactedTopics = Set(scenario.settings.compactionLags.keys)
      records.recorder.onAcknowledged = { records, _ in acknowledged.add(records.tokens.count) }
      return RealClient(records: records, process: process)
    }
  }

  public var name: String { process.name }

  package var role: RealClientRole { RealClientRole(name: process.name, entry: process.plan.name, group: process.plan.application.group) }

  /// The acks setting of a producer; nil for a client that only reads.
  public var acks: Int16? { process.plan.application.producer?.acks.rawValue }

  /// The process as a node, with its own records, because it runs on its own thread.
  ///
  /// - Parameter origin: the origin of the scenario's clock, on the host's clock.
  public func node(_ host: any NodeHost, _ bootstrap: [Address], origin: Instant) -> any Node {
    let pool = process.plan.recordPool(seed: process.seed)
    pool?.fill()
    return process.application(
      in: ClientSurroundings(
        host: host, origin: origin, bootstrap: bootstrap, pool: pool, capacity: records.capacity, recorder: records.recorder, log: records.log))
  }
}

extension RealRun.Target {
  /// Whether the brokers are created for the run.
  var isOwn: Bool {
    switch self {
    case .loopback, .processes: true
    case .bootstrap: false
    }
  }
}

/// Counts the acknowledgements of producers on several threads.
package final class AcknowledgedRecordCount: Sendable {
  private let value = Atomic(0)

  func add(_ count: Int) { value.wrappingAdd(count, ordering: .relaxed) }

  package var count: Int { value.load(ordering: .relaxed) }
}
