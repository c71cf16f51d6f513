import Scenarios
import Trials

/// A source of published figures, and the scenarios that represent its cases.
struct PublishedSource: Sendable {
  let name: String
  let title: String
  let about: String
  let scenario: @Sendable (String) throws -> Scenario

  static let all = [kafka43, kreps, bartholomew, codecs]

  /// `acks=1 linger.ms=5` as values by name.
  static func settings(_ name: String) -> [String: String] {
    var settings: [String: String] = [:]
    for pair in name.split(separator: " ") {
      let parts = pair.split(separator: "=", maxSplits: 1)
      settings[String(parts[0])] = String(parts[1])
    }
    return settings
  }

  private static let kafka43 = PublishedSource(
    name: "kafka-4.3", title: "Apache Kafka 4.3 on two cores",
    about: """
      Apache Kafka 4.3.0 and its Java producer, one broker, one partition, records of 1,024 random bytes as fast as they go, both on the same two cores. Whole runs of a \
      million records, the warming up of the virtual machines included. Predicted with `kafka-4.3-jvm-2core`. Its costs are fitted to processor time and throughput \
      of the runs with linger.ms=0; everything else, all latencies included, is predicted. Runs that were repeated differ by 3 to 18 %.
      """
  ) { name in
    let config = settings(name).sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", ")
    return try ScenarioLibrary.scenario(
      text: """
        name: kafka-4.3
        about: One saturating producer.
        cluster: { brokers: 1, machine: kafka-4.3-jvm-2core }
        topics: [ { name: t, partitions: 1, replicas: 1 } ]
        workload: [ { produce: { topic: t, load: saturating, value: 1KiB, config: { \(config) } } } ]
        duration: 3s
        measure: { warmup: 1s, window: 500ms }
        """, file: "kafka-4.3.yaml")
  }

  private static let kreps = PublishedSource(
    name: "Kreps2014", title: "Kreps 2014, two million writes a second",
    about: """
      Three brokers and up to three clients on machines of 2014, Kafka 0.8.1, 100-byte records, six partitions, 1 GbE: `scenarios/benchmarks/kreps-2014.yaml` with its variants. \
      Predicted with `kreps-2014`, in which two costs were fitted.
      """
  ) { try ScenarioLibrary.scenario(at: "benchmarks/kreps-2014", variant: $0) }

  private static let bartholomew = PublishedSource(
    name: "Bartholomew2019", title: "Bartholomew 2019, an fsync for every message",
    about: """
      OpenMessaging Benchmark, 50,000 records of 100 bytes a second, replication 3, with flush.messages=1 and without. The machines had two NVMe disks and 16 cores \
      (i3.4xlarge); predicted with `i3en-2xlarge`, which comes nearest. The time of a flush is fitted to the median with 16 partitions; all else is predicted. The clients of that year dealt \
      records out to partitions in turn.
      """
  ) { name in
    let settings = settings(name)
    let config = settings["fsync"] == "yes" ? ", config: { flush.messages: 1, flush.ms: 0 }" : ""
    return try ScenarioLibrary.scenario(
      text: """
        name: bartholomew-2019
        about: A steady load.
        cluster: { brokers: 3, machine: i3en-2xlarge }
        topics: [ { name: t, partitions: \(settings["partitions"] ?? "1"), replicas: 3\(config) } ]
        workload:
          - produce: { topic: t, rate: 50k/s, value: 100B, config: { acks: all, enable.idempotence: false, linger.ms: 1, batch.size: 131072, partitioner.class: org.apache.kafka.clients.producer.RoundRobinPartitioner } }
          - consume: { topic: t }
        duration: 3s
        measure: { warmup: 1s, window: 500ms }
        """, file: "bartholomew-2019.yaml")
  }

  private static let codecs = PublishedSource(
    name: "KAFKA-3565", title: "KAFKA-3565, codecs of Kafka 0.9",
    about: """
      One producer, replication 3, acks=1, linger.ms=0, 100-byte records that compress very well (the tool sent the same letters again and again). The machines are not told; predicted with `kreps-2014`. \
      Nothing is fitted. The producer of that time dealt records out to partitions in turn.
      """
  ) { name in
    try ScenarioLibrary.scenario(
      text: """
        name: kafka-3565
        about: One saturating producer with a codec.
        cluster: { brokers: 3, machine: kreps-2014 }
        topics: [ { name: t, partitions: 6, replicas: 3 } ]
        workload:
          - produce: { topic: t, load: saturating, value: { size: 100B, content: { compressible: 0.8 } }, config: { acks: 1, linger.ms: 0, compression.type: \(settings(name)["compression.type"] ?? "none"), partitioner.class: org.apache.kafka.clients.producer.RoundRobinPartitioner } }
        duration: 1s
        measure: { warmup: 400ms, window: 100ms }
        """, file: "kafka-3565.yaml")
  }
}
