import Client
import Host
import Primitives
import Scenarios
import Workloads

/// One client process of a workload entry: what it does, wherever it runs.
struct ClientProcess: Sendable {
  let plan: WorkloadPlan
  /// Among those of its entry, from 0.
  let number: Int
  /// Of consumers: the number of their group among those that read the topic.
  let group: Int
  /// What it reads; empty of a producer.
  let partitions: [TopicPartition]
  /// Of the whole scenario: nothing is sent later.
  let duration: Duration
  let settings: ClusterSettings
  let seed: UInt64

  var name: String { plan.processName(number) }

  /// The process as a node.
  ///
  /// - Parameters:
  ///   - origin: zero of the scenario's clock, on that of the host.
  ///   - bootstrap: where the cluster is found; nil for where the settings have it.
  ///   - pool: what it sends where it shares it with others of its thread.
  ///   - capacity: how many records it may send at most; nil for as many as the plan says.
  func node(
    _ host: any NodeHost, origin: Instant, bootstrap: [Address]? = nil, pool: RecordPool? = nil, capacity: Int? = nil, recorder: HistoryRecorder, log: LoadLog?
  ) -> any Node {
    let start = origin + plan.start, end = origin + duration
    let stop = plan.stop.map { min(origin + $0, end) }
    switch plan.role {
    case .produce(let produce):
      var configuration = settings.producerConfiguration(of: plan)
      if let bootstrap { configuration.connection.bootstrapServers = bootstrap }
      let records = capacity.map { min(produce.records ?? .max, $0) } ?? produce.records
      return ProduceApplication(
        host: host, configuration: configuration,
        plan: ProduceApplication.Plan(
          topics: plan.topics, partition: produce.partition, load: produce.load, client: number, of: plan.clients, records: records, start: start,
          stop: stop ?? end),
        pool: pool ?? RecordPool(values: produce.value, keys: produce.keys, seed: seed), recorder: recorder, log: log)
    case .consume(let consume):
      var configuration = settings.consumerConfiguration(of: plan)
      if let bootstrap { configuration.connection.bootstrapServers = bootstrap }
      return ConsumeApplication(
        host: host, configuration: configuration, partitions: partitions, pause: consume.pollInterval, start: start, stop: stop ?? .distantFuture,
        recorder: recorder, group: Int32(group), log: log)
    }
  }
}

extension Scenario {
  /// The client processes of each workload entry, in the order of the file.
  ///
  /// - Parameter duration: where the scenario ends early, until then.
  func clientProcesses(within duration: Duration, seed: UInt64) -> [[ClientProcess]] {
    let settings = self.settings
    return zip(workload, firstGroups).map { plan, firstGroup in
      let partitions = plan.sends ? [] : self.partitions(of: plan)
      return (0..<plan.processCount).map { number in
        ClientProcess(
          plan: plan, number: number, group: firstGroup + number / plan.clients,
          partitions: stride(from: number % plan.clients, to: partitions.count, by: plan.clients).map { partitions[$0] }, duration: duration,
          settings: settings, seed: seed)
      }
    }
  }
}
