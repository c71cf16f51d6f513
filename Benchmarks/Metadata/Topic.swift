import BenchmarkSupport
import Broker
import Primitives
import Replication
import Sim
import Wire

/// The bound for a topic of a thousand partitions, in seconds.
private let bound = 0.3

/// Creates topics with three replicas until each broker leads its third of the partitions.
func benchmarkTopic(partitions sizes: [Int]) throws {
  for size in sizes {
    let cluster = try BenchmarkCluster()
    var response = CreateTopicsResponse()
    var cpu = measured { response = cluster.ask(CreateTopicsRequest(topic: "t", partitions: Int32(size))) }
    guard response.topics.first?.errorCode == ErrorCode.none else { fatalError("the topic is not created") }
    // Who leads is looked at outside of what is measured.
    for _ in 0..<6_000 where cluster.leaders < size { cpu += measured { cluster.world.run(for: .milliseconds(10)) } }
    guard cluster.leaders == size else { fatalError("\(cluster.leaders) partitions of \(size) are led") }
    print("a topic of \(size) partitions is created and led: \(figures(cpu, of: size, bound: bound * Double(size) / 1_000))")
  }
}

extension BenchmarkCluster {
  /// The partitions that have a leader, as far as the leaders themselves know.
  fileprivate var leaders: Int {
    world.nodes.reduce(0) { sum, node in
      guard let broker = world.object(of: node) as? BrokerNode, let replicas = broker.replicaManager else { return sum }
      return sum + replicas.partitions.count { $0.leaderID == replicas.localID }
    }
  }
}

/// Processor time, for each partition, and in relation to a bound.
func figures(_ cpu: Double, of partitions: Int, bound: Double) -> String {
  "\(fixed(cpu, 3)) s, \(fixed(cpu * 1e6 / Double(partitions), 2)) µs a partition; ratio to the bound of \(fixed(bound, 2)) s \(fixed(cpu / bound, 2))"
}
