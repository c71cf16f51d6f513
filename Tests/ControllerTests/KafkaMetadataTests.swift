import Foundation
import Host
import Primitives
import Raft
import Sim
import Testing
import Transport
import Wire

@testable import Controller

/// Metadata directories as Apache Kafka 4.3.0 left them: of a lone combined node after SIGTERM (`clean`) and a moment earlier after SIGKILL (`dirty`), and of
/// the three voters of a dynamic quorum (kraft.version 1), of which the third was killed and came back.
///
/// In the fixture each line is a file, compressed, and the nodes that have it so.
@Suite struct KafkaMetadataTests {
  private struct File: Decodable {
    let nodes: [String]
    let file: String
    let gzip: String
  }

  static let nodes = ["clean", "dirty", "node-1", "node-2", "node-3"]

  private static let files: [File] = {
    let url = Bundle.module.url(forResource: "kafka-4.3.0-metadata", withExtension: "jsonl", subdirectory: "Fixtures")!
    return try! String(contentsOf: url, encoding: .utf8).split(separator: "\n").map { try! JSONDecoder().decode(File.self, from: Foundation.Data($0.utf8)) }
  }()

  private func files(of node: String) throws -> [(name: String, content: Primitives.Bytes)] {
    let compressor = Compressor()
    return try Self.files.filter { $0.nodes.contains(node) }.map { file in
      let bytes = Primitives.Bytes(hexadecimal: file.gzip)
      return (file.file, try compressor.decompress(try #require(bytes), .gzip, limit: 1 << 20))
    }
  }

  /// Those with metadata in them; the first voters of a dynamic quorum stand in one without.
  private func snapshots(of node: String) throws -> [String] {
    try files(of: node).map(\.name).filter { $0.hasSuffix(".checkpoint") && $0 != Self.bootstrap }
  }

  private static let bootstrap = "00000000000000000000-0000000000.checkpoint"

  /// What a controller makes of some of its files: a lone voter by itself, one of three together with the others, which have all of theirs.
  private func replica(of node: String, keeping isKept: (String) -> Bool) throws -> MetadataReader {
    let readers = try readers(of: node, keeping: isKept)
    return withExtendedLifetime(readers.world) { readers.first }
  }

  private func readers(of node: String, keeping isKept: (String) -> Bool) throws -> (world: World, first: MetadataReader, others: [MetadataReader]) {
    let world = World(seed: 1), members = Self.trio.contains(node) ? [node] + Self.trio.filter { $0 != node } : [node]
    var indices: [NodeIndex] = []
    for member in members {
      let files = try files(of: member).filter { member != node || isKept($0.name) }
      let configuration = Self.configuration(of: member), address = configuration.address!
      indices.append(world.addNode(name: address.host, id: configuration.nodeID, port: address.port) { MetadataReader($0, configuration, files) })
    }
    for index in indices { world.start(index) }
    world.run(for: .seconds(8))
    let readers = try indices.map { try #require(world.object(of: $0) as? MetadataReader) }
    #expect(readers.allSatisfy { $0.failure == nil } && readers.count(where: \.isLeader) == 1)
    return (world, readers[0], Array(readers.dropFirst()))
  }

  private static let trio = ["node-1", "node-2", "node-3"]

  /// As in the `meta.properties` of the three.
  private static let directories = ["J8aAPcfLQt2bqs1JT_rMgQ", "qdJ4XBvuTOOn12DNTKgbvw", "wFrLtH9kT7yZVyfNQkUvlA"]

  private static func configuration(of node: String) -> QuorumConfiguration {
    guard let index = trio.firstIndex(of: node) else {
      return QuorumConfiguration(nodeID: 1, clusterID: "test", voters: [Voter(id: 1, address: Address(host: "controller-1", port: 9093))])
    }
    var configuration = QuorumConfiguration(nodeID: NodeID(Int32(index) + 1), clusterID: "test", voters: [])
    // Where they listened stands in the record of the voters.
    let addresses = ports.map { Address(host: "127.0.0.1", port: $0) }
    configuration.bootstrapServers = addresses
    configuration.advertisedAddress = addresses[index]
    configuration.directoryID = Uuid(directories[index])!
    return configuration
  }

  private static let ports: [Int32] = [27201, 27202, 27203]

  /// Records that are in one and not in the other. Topics stand in no order in Kafka's snapshots.
  private func difference(_ one: some Sequence<MetadataRecord>, _ other: some Sequence<MetadataRecord>) -> [String] {
    Set(one.map(\.text)).symmetricDifference(other.map(\.text)).sorted()
  }

  @Test(arguments: nodes) func `Every snapshot and the tail behind it make the image of the whole log`(node: String) throws {
    let whole = try replica(of: node) { !$0.hasSuffix(".checkpoint") }
    #expect(whole.loaded == [] && !whole.image.topics.isEmpty)
    let names = try snapshots(of: node)
    #expect(names.count == ["clean": 12, "dirty": 10, "node-1": 10, "node-2": 10, "node-3": 7][node])
    for name in names {
      let read = try replica(of: node) { !$0.hasSuffix(".checkpoint") || $0 == name || $0 == Self.bootstrap }
      #expect(read.loaded.map(\.fileName) == [name])
      #expect(difference(read.image.records, whole.image.records) == [], "\(name)")
      #expect(read.image.lastOffset == whole.image.lastOffset)
    }
    let all = try replica(of: node) { _ in true }
    #expect(all.loaded.map(\.fileName) == [names.max()!] && difference(all.image.records, whole.image.records) == [])
  }

  @Test(arguments: nodes) func `The image of a snapshot of Kafka's is written as the same records`(node: String) throws {
    for name in try snapshots(of: node) {
      let read = try replica(of: node) { !$0.hasSuffix(".checkpoint") || $0 == name }
      #expect(difference(read.imageOfSnapshot.records, read.recordsOfSnapshot) == [], "\(name)")
      // Of kinds, the order is Kafka's.
      #expect(kinds(read.imageOfSnapshot.records) == kinds(read.recordsOfSnapshot))
    }
  }

  private func kinds(_ records: some Sequence<MetadataRecord>) -> [Int16] {
    records.reduce(into: []) { kinds, record in
      let kind = type(of: record.content).recordType
      // Topics alternate with their partitions.
      if kinds.last != kind, kind != PartitionRecord.recordType { kinds.append(kind) }
    }
  }

  @Test func `The voters of a dynamic quorum go on as one quorum, from any snapshot and from the log alone`() throws {
    for node in Self.trio {
      for name in try snapshots(of: node) + [Self.bootstrap] {
        let (world, first, others) = try readers(of: node) { !$0.hasSuffix(".checkpoint") || $0 == name }
        for reader in [first] + others {
          #expect(Set(reader.image.topics.values.map { "\($0.name) \($0.partitions.count)" }) == ["before-one 2", "before-two 3", "after-failover 3"])
          #expect(reader.image.brokers.map(\.id) == [1, 2, 3])
          #expect(reader.voters.map(\.id) == [1, 2, 3] && reader.voters.map { $0.directory?.description } == Self.directories)
          #expect(difference(reader.image.records, first.image.records) == [])
        }
        // What one of them writes now all of them have.
        let leader = try #require(([first] + others).first { $0.isLeader })
        leader.append(topic: "later")
        world.run(for: .seconds(2))
        #expect(([first] + others).allSatisfy { $0.image.topics.values.contains { $0.name == "later" } })
      }
    }
  }
}

/// A voter on files that somebody else wrote, and the metadata in them.
private final class MetadataReader: Node, QuorumListener {
  private let reactor: Reactor
  private let files: [(name: String, content: Primitives.Bytes)]
  private let configuration: QuorumConfiguration
  private var quorum: QuorumReplica?
  private var server: RequestServer?
  private(set) var image = MetadataImage(clusterID: "test")
  private(set) var imageOfSnapshot = MetadataImage(clusterID: "test")
  private(set) var recordsOfSnapshot: [MetadataRecord] = []
  private(set) var loaded: [SnapshotID] = []
  private(set) var failure: String?

  init(_ host: any NodeHost, _ configuration: QuorumConfiguration, _ files: [(name: String, content: Primitives.Bytes)]) {
    reactor = Reactor(host: host)
    self.configuration = configuration
    self.files = files
  }

  var isLeader: Bool { quorum?.isActive == true }
  var voters: VoterSet { quorum?.voters ?? [] }

  func append(topic name: String) {
    var topic = TopicRecord()
    (topic.name, topic.topicId) = (name, Uuid(high: 4, low: 4))
    quorum?.append([.topic(topic)]) { _ in }
  }

  func start() {
    do {
      let disk = reactor.disk
      try disk.makeDirectory("__cluster_metadata-0")
      for (name, content) in files {
        let file = try disk.open("__cluster_metadata-0/\(name)", creating: true)
        try disk.append(content, to: file)
        disk.close(file)
      }
      let quorum = try QuorumReplica(configuration: configuration, reactor: reactor)
      self.quorum = quorum
      server = RequestServer(reactor: reactor, apis: QuorumReplica.apis.map { OfferedApi($0, advertised: $0.validVersions) }) { request in
        if !quorum.handle(request) { request.closeConnection() }
      }
      quorum.listener = self
      quorum.start()
    } catch {
      failure = "\(error)"
    }
  }

  func handle(_ event: Event) { reactor.dispatch(event) }
  func shutdown() {}

  func committed(_ batch: CommittedBatch) {
    var delta = MetadataDelta()
    let misfits = image.apply(batch.records, recording: &delta)
    if let misfit = misfits.first { failure = "\(misfit)" }
    image.advance(to: batch.lastOffset, epoch: batch.epoch)
  }

  func load(_ snapshot: CommittedSnapshot) throws {
    loaded.append(snapshot.id)
    try snapshot.forEachBatch { recordsOfSnapshot += $0.map(\.inOrder) }
    image = try MetadataImage(snapshot, clusterID: "test")
    imageOfSnapshot = image
  }

  func leaderChanged(to leader: NodeID?, epoch: LeaderEpoch) {}
  func becameLeader(epoch: LeaderEpoch) {}
  func resigned(epoch: LeaderEpoch) {}
  func failed(_ failure: QuorumFailure) { self.failure = failure.description }
}

extension MetadataRecord {
  /// With the features of a node by their names: Kafka writes them in the order of a hash table. That no directory is cordoned (KIP-1066) is not written here.
  fileprivate var inOrder: MetadataRecord {
    switch self {
    case .registerBroker(var record):
      record.features.sort { $0.name < $1.name }
      if record.cordonedLogDirs == [] { record.cordonedLogDirs = nil }
      return .registerBroker(record)
    case .registerController(var record):
      record.features.sort { $0.name < $1.name }
      return .registerController(record)
    default: return self
    }
  }
}
