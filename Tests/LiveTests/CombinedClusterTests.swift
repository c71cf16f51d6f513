import Controller
import Foundation
import Host
import Log
import NIOConcurrencyHelpers
import Primitives
import Raft
import Testing

@testable import Live

/// Clusters whose brokers are controllers too, in one process and in several, on real files.
@Suite(.serialized) struct CombinedClusterTests {
  private final class Heard: Sendable {
    private let texts = NIOLockedValueBox<[String]>([])
    func append(_ occurrence: Occurrence) {
      switch occurrence {
      case .warning(let text), .note(let text): texts.withLockedValue { $0.append(text) }
      default: break
      }
    }
    var all: [String] { texts.withLockedValue { $0 } }
  }

  // So that nothing takes longer than it must.
  private static let values = [
    ("controller.quorum.fetch.timeout.ms", "500"), ("controller.quorum.election.timeout.ms", "250"), ("broker.session.timeout.ms", "2000"), ("broker.heartbeat.interval.ms", "200"),
  ]

  private func exists(_ path: String, in directory: TemporaryDirectory) -> Bool { FileManager.default.fileExists(atPath: "\(directory.path)/\(path)") }

  private func properties(_ path: String, in directory: TemporaryDirectory) throws -> MetaProperties {
    try #require(MetaProperties(decoding: Bytes(try Data(contentsOf: URL(fileURLWithPath: "\(directory.path)/\(path)/meta.properties")))))
  }

  @Test func `Combined nodes in one process end in good order together, and start again with what they wrote`() throws {
    let directory = TemporaryDirectory(), heard = Heard()
    for _ in 1...2 {
      let cluster = try LiveCluster(LiveClusterSettings(brokerCount: 3, controllers: .combined, firstPort: 0, values: Self.values), directory: directory.path) { heard.append($1) }
      do {
        try cluster.waitUntilReady(within: .seconds(60))
      } catch {
        cluster.kill()
        try cluster.waitUntilEnded()
        throw error
      }
      #expect(try cluster.usage().map(\.node) == ["broker-1", "broker-2", "broker-3"])
      cluster.shutDown()
      try cluster.waitUntilEnded()
    }
    // The last of them still had a majority of controllers to ask.
    #expect(heard.all.isEmpty, "\(heard.all)")
    for number in 1...3 {
      for name in ["__cluster_metadata-0/quorum-state", "bootstrap.checkpoint", ".kafka_cleanshutdown"] { #expect(exists("broker-\(number)/\(name)", in: directory)) }
      #expect(try properties("broker-\(number)", in: directory).nodeID.value == Int32(number))
    }
  }

  @Test func `Data of combined nodes is refused to separate ones, and the other way round`() throws {
    let directory = TemporaryDirectory()
    func refusal(_ brokers: Int, _ controllers: LiveClusterSettings.Controllers) throws -> String {
      let error = #expect(throws: LiveError.self) {
        let cluster = try LiveCluster(LiveClusterSettings(brokerCount: brokers, controllers: controllers, firstPort: 0), directory: directory.path)
        cluster.kill()
        try cluster.waitUntilEnded()
      }
      return error?.description ?? ""
    }
    for name in ["broker-1", "broker-2"] {
      try FileManager.default.createDirectory(atPath: "\(directory.path)/\(name)/__cluster_metadata-0", withIntermediateDirectories: true)
      try Data("version=1\n".utf8).write(to: URL(fileURLWithPath: "\(directory.path)/\(name)/meta.properties"))
    }
    #expect(try refusal(2, .separate(1)).contains("start with --controllers combined"))
    #expect(try refusal(3, .combined).contains("start with --brokers 2"))
    for name in ["broker-1", "broker-2"] { try FileManager.default.removeItem(atPath: "\(directory.path)/\(name)") }
    try FileManager.default.createDirectory(atPath: "\(directory.path)/controller-1/__cluster_metadata-0", withIntermediateDirectories: true)
    #expect(try refusal(1, .combined).contains("start with --controllers 1"))
  }

  @Test func `A controller's directory is formatted as Kafka formats it, and keeps its ids`() throws {
    let directory = TemporaryDirectory()
    var ids: [Uuid] = []
    for _ in 1...2 {
      let cluster = try LiveCluster(LiveClusterSettings(brokerCount: 1, firstPort: 0), directory: directory.path)
      let clusterID = cluster.clusterID
      cluster.kill()
      try cluster.waitUntilEnded()
      let properties = try properties("controller-1", in: directory)
      #expect(properties.clusterID == clusterID && properties.nodeID == 3_001)
      ids.append(properties.directoryID)
    }
    #expect(ids[0] == ids[1] && exists("controller-1/bootstrap.checkpoint", in: directory))

    // Of a run before controllers had these files.
    for name in ["meta.properties", "bootstrap.checkpoint"] { try FileManager.default.removeItem(atPath: "\(directory.path)/controller-1/\(name)") }
    let cluster = try LiveCluster(LiveClusterSettings(brokerCount: 1, firstPort: 0), directory: directory.path)
    defer {
      cluster.kill()
      try? cluster.waitUntilEnded()
    }
    try cluster.waitUntilReady(within: .seconds(60))
    #expect(try properties("controller-1", in: directory).clusterID == cluster.clusterID)
    #expect(!exists("controller-1/bootstrap.checkpoint", in: directory), "there is metadata")
  }

  // MARK: Separate processes

  /// Nodes as their processes would run them, with a directory each.
  private func node(_ id: NodeID, of settings: LiveClusterSettings, clusterID: String, in directory: TemporaryDirectory, _ heard: Heard) throws -> LiveNode {
    try LiveNode(id, of: settings, clusterID: clusterID, directory: "\(directory.path)/\(id)") { heard.append($1) }
  }

  /// Three combined nodes on free ports.
  private func settings() throws -> LiveClusterSettings {
    var ports: [Address] = [], hosts: [LiveHost] = []
    let directory = TemporaryDirectory()
    for number in 0..<6 {
      let host = try LiveHost(name: "port", directory: "\(directory.path)/\(number)")
      ports.append(try host.listen(on: Address(host: "127.0.0.1", port: 0)))
      hosts.append(host)
    }
    for host in hosts {
      host.kill()
      try host.waitUntilEnded()
    }
    return try LiveClusterSettings(
      nodes: (0..<3).map { NodePlan(id: NodeID(Int32($0 + 1)), broker: ports[2 * $0], controller: ports[2 * $0 + 1]) }, values: Self.values)
  }

  @Test func `Nodes that are started one by one find each other, and one that was killed comes back`() throws {
    let directory = TemporaryDirectory(), heard = Heard(), settings = try settings(), clusterID = ClusterIdentity.new()
    var nodes: [LiveNode] = []
    defer {
      for node in nodes {
        node.kill()
        try? node.waitUntilEnded()
      }
    }
    for id in 1...3 { nodes.append(try node(NodeID(Int32(id)), of: settings, clusterID: clusterID, in: directory, heard)) }
    for node in nodes { try node.waitUntilReady() }
    let active = try #require(try nodes.firstIndex { try $0.host.ask { $0.controllerRole?.isActive == true } == true })
    nodes[active].kill()
    try nodes[active].waitUntilEnded()
    nodes[active] = try node(nodes[active].plan.id, of: settings, clusterID: clusterID, in: directory, heard)
    for node in nodes { try node.waitUntilReady() }
    nodes[active].shutDown()
    try nodes[active].waitUntilEnded()
    #expect(!heard.all.contains { $0.contains("without having moved its leaderships") }, "\(heard.all)")
  }

  @Test func `What one process wrote, a process for each node serves`() throws {
    let directory = TemporaryDirectory(), heard = Heard(), settings = try settings()
    let cluster = try LiveCluster(LiveClusterSettings(brokerCount: 1, firstPort: 0), directory: directory.path)
    try cluster.waitUntilReady(within: .seconds(60))
    cluster.shutDown()
    try cluster.waitUntilEnded()
    let plans = [
      NodePlan(id: 1, broker: settings.nodes[0].broker, controller: nil), NodePlan(id: 3_001, broker: nil, controller: settings.nodes[0].controller),
    ]
    let apart = try LiveClusterSettings(nodes: plans, values: Self.values)
    var nodes: [LiveNode] = []
    defer {
      for node in nodes {
        node.kill()
        try? node.waitUntilEnded()
      }
    }
    for (id, name) in [(NodeID(1), "broker-1"), (3_001, "controller-1")] {
      nodes.append(try LiveNode(id, of: apart, clusterID: cluster.clusterID, directory: "\(directory.path)/\(name)") { heard.append($1) })
    }
    for node in nodes { try node.waitUntilReady() }
    #expect(!exists("broker-1/meta.properties", in: directory) && exists("broker-1/kafka-logs/meta.properties", in: directory))
    #expect(heard.all.isEmpty, "\(heard.all)")
  }

  @Test func `A directory of another node or another cluster is refused`() throws {
    let directory = TemporaryDirectory(), settings = try settings(), clusterID = ClusterIdentity.new()
    let first = try node(1, of: settings, clusterID: clusterID, in: directory, Heard())
    first.kill()
    try first.waitUntilEnded()
    let before = try properties("1", in: directory)
    for (id, cluster) in [(NodeID(2), clusterID), (1, ClusterIdentity.new())] {
      let error = #expect(throws: LiveError.self) { try LiveNode(id, of: settings, clusterID: cluster, directory: "\(directory.path)/1") }
      #expect(error?.description.contains("meta.properties") == true && error?.description.contains("not of node \(id) in \(cluster)") == true, "\(String(describing: error))")
    }
    #expect(try properties("1", in: directory) == before)
  }

  @Test func `The bootstrap file says with which features a cluster begins, and is refused where it cannot be read or asks for others`() throws {
    let directory = TemporaryDirectory(), any = Address(host: "127.0.0.1", port: 0)
    let plan = NodePlan(id: 1, broker: any, controller: any), host = try LiveHost(name: "node", directory: directory.path)
    defer {
      host.kill()
      try? host.waitUntilEnded()
    }
    func features(_ content: Bytes) throws -> FeatureLevels? {
      try host.write(BootstrapCheckpoint.fileName, content)
      return try NodeFormat(plan, clusterID: "").bootstrapFeatures(on: host)
    }
    #expect(try NodeFormat(plan, clusterID: "").bootstrapFeatures(on: host) == nil)
    #expect(try features(Self.kafkas) == .bootstrap)
    let older = FeatureLevels([FeatureName.metadataVersion: 27, FeatureName.groupVersion: 1])
    #expect(try features(BootstrapCheckpoint.content(older.records, at: host.wallClock)) == older)
    let unknown = try BootstrapCheckpoint.content(FeatureLevels([FeatureName.metadataVersion: 99]).records, at: host.wallClock)
    let error = #expect(throws: LiveError.self) { try features(unknown) }
    #expect(error?.description.contains("begin with metadata.version 99, which this build does not have") == true)
    for damaged in [Bytes("nonsense"), unknown[..<(unknown.count - 10)], .empty] { #expect(throws: LiveError.self) { try features(damaged) } }
  }

  /// `bootstrap.checkpoint` as `kafka-storage format` of Apache Kafka 4.3.0 writes it.
  private static let kafkas = Bytes(
    """
      0000000000000000000000470000000002d8802ef0002000000000000001a221897b15000001a221897b15ffffffffffffffffffffffffffff000000012a000000080000000316000000000000000000
      0000000000000000000001000000b900000000026825e406000000000003000001a221897b2d000001a221897b2dffffffffffffffffffffffffffff000000043a000000012e010c00116d6574616461
      74612e76657273696f6e001e00005a000002014e010c0021656c696769626c652e6c65616465722e7265706c696361732e76657273696f6e00010000340000040128010c000e67726f75702e76657273
      696f6e00010000400000060134010c00147472616e73616374696f6e2e76657273696f6e0002000000000000000000050000003f000000000219a4c5f1002000000000000001a221897b2e000001a221
      897b2effffffffffffffffffffffffffff000000011a00000008000000040600000000
    """.hexadecimal)
}

extension String {
  fileprivate var hexadecimal: [UInt8] {
    let digits = compactMap(\.hexDigitValue)
    return stride(from: 0, to: digits.count, by: 2).map { UInt8(16 * digits[$0] + digits[$0 + 1]) }
  }
}
