import Broker
import Controller
import Host
import Primitives
import Raft
import Sim
import Wire

/// The brokers of `worldWithThreeBrokers`.
public let brokerAddresses = (1...3).map { Address(host: "broker-\($0)", port: 9092) }

/// A world with a controller and three brokers, which are not started yet.
public func worldWithThreeBrokers() throws -> World {
  let clusterID = "4L6g3nShT-eMCtK--X86sw"
  let world = World(seed: 1)
  let voter = Voter(id: 100, address: Address(host: "controller-100", port: 9093))
  world.addNode(name: "controller-100", id: 100, port: 9093) { host in
    ControllerNode(host: host, configuration: ControllerConfiguration(nodeID: 100, clusterID: clusterID, voters: [voter]), rules: .ofBrokers())
  }
  for number in Int32(1)...3 {
    let configuration = try BrokerConfiguration([
      ("node.id", "\(number)"), ("listeners", "PLAINTEXT://broker-\(number):9092"), ("controller.quorum.voters", "100@controller-100:9093"),
    ])
    world.addNode(name: "broker-\(number)", id: NodeID(number)) { BrokerNode(host: $0, configuration: configuration, clusterID: clusterID) }
  }
  return world
}

extension CreateTopicsRequest {
  /// A topic on three brokers, whose partitions are led by the brokers in rotation.
  public init(topic name: String, partitions: Int32) {
    self.init()
    var topic = CreatableTopic()
    topic.name = name
    topic.numPartitions = -1
    topic.replicationFactor = -1
    topic.assignments = (0..<partitions).map { index in
      var assignment = CreatableReplicaAssignment()
      assignment.partitionIndex = index
      assignment.brokerIds = (0..<3).map { (index + $0) % 3 + 1 }
      return assignment
    }
    topics = [topic]
  }
}

extension ProduceRequest {
  /// A produce request with one batch, which all in-sync replicas must have.
  public init(_ records: Bytes, to partition: Int32, of topicID: Uuid) {
    self.init()
    var data = PartitionProduceData()
    data.index = partition
    data.records = records
    var topic = TopicProduceData()
    topic.topicId = topicID
    topic.partitionData = [data]
    acks = -1
    timeoutMs = 30_000
    topicData = [topic]
  }
}
