import Broker
import Controller
import Host
import Log
import Primitives
import Raft
import Sim
import Testing
import Wire

/// A cluster whose voters stand in the metadata log (KIP-853), as brokers and their clients see it.
@Suite struct DynamicQuorumTests {
  private static let addresses = [Address(host: "controller-100", port: 9093), Address(host: "controller-101", port: 9093)]
  private static let directories = [Uuid(high: 7, low: 100), Uuid(high: 7, low: 101)]

  private static func configure(_ quorum: inout QuorumConfiguration, as address: Address) {
    quorum.voters = []
    quorum.bootstrapServers = addresses
    quorum.advertisedAddress = address
  }

  /// Controller 100 is formatted as the only voter, controller 101 without voters.
  private func cluster() throws -> (cluster: TestCluster, other: NodeIndex) {
    let cluster = try TestCluster(brokers: 2) {
      Self.configure(&$0.quorum, as: Self.addresses[0])
    } configureBrokers: {
      $0.quorumVoters = []
      $0.quorumServers = Self.addresses
    }
    let other = cluster.world.addNode(name: "controller-101", id: 101, port: 9093) { host in
      var configuration = ControllerConfiguration(nodeID: 101, clusterID: TestCluster.clusterID, voters: [])
      Self.configure(&configuration.quorum, as: Self.addresses[1])
      return ControllerNode(host: host, configuration: configuration)
    }
    let voters: VoterSet = [Voter(id: 100, address: Self.addresses[0], directory: Self.directories[0])]
    for (index, node) in [cluster.controller, other].enumerated() {
      let files = ControllerDirectory.files(
        ofNode: NodeID(100 + Int32(index)), clusterID: TestCluster.clusterID, directoryID: Self.directories[index], initialVoters: voters, at: Timestamp(milliseconds: 0))
      #expect(files.map(\.path) == ["meta.properties"] + (index == 0 ? ["__cluster_metadata-0/00000000000000000000-0000000000.checkpoint"] : []))
      for file in files { cluster.world.place(file.content, at: file.path, on: node) }
    }
    try cluster.start()
    return (cluster, other)
  }

  private var addition: AddRaftVoterRequest {
    var listener = AddRaftVoterRequest.Listener()
    (listener.name, listener.host, listener.port) = ("CONTROLLER", Self.addresses[1].host, UInt16(Self.addresses[1].port))
    var request = AddRaftVoterRequest()
    (request.clusterId, request.timeoutMs, request.voterId, request.voterDirectoryId, request.listeners) = (nil, 1000, 101, Self.directories[1], [listener])
    return request
  }

  private func removal(of voter: Int32) -> RemoveRaftVoterRequest {
    var request = RemoveRaftVoterRequest()
    (request.clusterId, request.voterId, request.voterDirectoryId) = (nil, voter, Self.directories[Int(voter) - 100])
    return request
  }

  private func voters(_ cluster: TestCluster) throws -> (voters: [Int32], observers: [Int32], directories: [Uuid]) {
    var topic = DescribeQuorumRequest.TopicData()
    (topic.topicName, topic.partitions) = ("__cluster_metadata", [DescribeQuorumRequest.PartitionData()])
    var request = DescribeQuorumRequest()
    request.topics = [topic]
    let answer = try cluster.ask(cluster.node(1), request).topics[0].partitions[0]
    return (answer.currentVoters.map(\.replicaId), answer.observers.map(\.replicaId).sorted(), answer.currentVoters.map(\.replicaDirectoryId))
  }

  @Test func `A broker passes changes of the voters on, and finds the next controller`() throws {
    let (cluster, _) = try cluster()
    cluster.world.run(for: .seconds(2))
    #expect(try voters(cluster) == ([100], [1, 2, 101], [Self.directories[0]]))
    #expect(try cluster.ask(cluster.node(1), addition).errorCode == .none)
    #expect(try voters(cluster) == ([100, 101], [1, 2], Self.directories))
    #expect(try cluster.ask(cluster.node(1), addition).errorCode == .duplicateVoter)
    // The active controller itself goes: it answers when that is committed, and the other one takes over.
    #expect(try cluster.ask(cluster.node(2), removal(of: 100)).errorCode == .none)
    cluster.world.run(for: .seconds(5))
    #expect(try voters(cluster) == ([101], [1, 2, 100], [Self.directories[1]]))
    var topic = CreateTopicsRequest.CreatableTopic()
    (topic.name, topic.numPartitions, topic.replicationFactor) = ("later", 1, 2)
    var creation = CreateTopicsRequest()
    creation.topics = [topic]
    #expect(try cluster.ask(cluster.node(1), creation).topics[0].errorCode == .none)
    #expect(try cluster.ask(cluster.node(1), removal(of: 101)).errorCode == .voterNotFound)
  }

  @Test func `Brokers tell clients the level of kraft.version, and offer what changes voters where they can be changed`() throws {
    let (cluster, _) = try cluster()
    var request = ApiVersionsRequest()
    (request.clientSoftwareName, request.clientSoftwareVersion) = ("test", "1")
    let answer = try cluster.ask(cluster.node(1), request)
    #expect(answer.finalizedFeatures.first { $0.name == "kraft.version" }?.maxVersionLevel == 1)
    #expect(answer.apiKeys.contains { $0.apiKey == ApiKey.addRaftVoter.rawValue } && answer.apiKeys.contains { $0.apiKey == ApiKey.removeRaftVoter.rawValue })
    let still = try TestCluster(brokers: 1)
    try still.start()
    let other = try still.ask(still.node(1), request)
    #expect(!other.finalizedFeatures.contains { $0.name == "kraft.version" } && !other.apiKeys.contains { $0.apiKey == ApiKey.addRaftVoter.rawValue })
  }

  @Test func `A controller whose disk was replaced gets a directory of its own and is no voter`() throws {
    let (cluster, other) = try cluster()
    cluster.world.run(for: .seconds(2))
    #expect(try cluster.ask(cluster.node(1), addition).errorCode == .none)
    cluster.world.replaceDisk(other)
    cluster.world.start(other)
    cluster.world.run(for: .seconds(5))
    let replaced = try #require(cluster.world.object(of: other) as? ControllerNode)
    let directory = try #require(replaced.replicaKey.directory)
    #expect(directory != Self.directories[1] && !replaced.isVoter)
    // It keeps that directory.
    cluster.world.restart(other)
    cluster.world.run(for: .seconds(1))
    #expect((cluster.world.object(of: other) as? ControllerNode)?.replicaKey.directory == directory)
  }

  @Test func `A directory of another node or cluster, or one with a damaged meta.properties, is refused`() throws {
    for content in ["node.id=5\ndirectory.id=\(Self.directories[0])\ncluster.id=\(TestCluster.clusterID)\nversion=1\n", "node.id=100\n"] {
      let (cluster, _) = try cluster()
      cluster.world.kill(cluster.controller)
      cluster.world.replaceDisk(cluster.controller)
      cluster.world.place(Bytes(content), at: "meta.properties", on: cluster.controller)
      cluster.world.start(cluster.controller)
      cluster.world.run(for: .seconds(1))
      #expect(!cluster.world.isRunning(cluster.controller))
      #expect(cluster.notes.contains { $0.contains("the metadata log cannot be opened") && $0.contains("meta.properties") })
    }
  }
}
