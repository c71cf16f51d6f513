import Foundation
import Host
import Log
import Primitives
import Raft
import Synchronization
import Testing

@testable import Controller
@testable import Live

/// Clusters whose voters stand in the metadata log (KIP-853), on real files.
@Suite(.serialized) struct DynamicClusterTests {
  // So that nothing takes longer than it must.
  private static let values = [
    ("controller.quorum.fetch.timeout.ms", "500"), ("controller.quorum.election.timeout.ms", "250"), ("broker.session.timeout.ms", "2000"), ("broker.heartbeat.interval.ms", "200"),
  ]
  private static let dynamic: [(name: String, level: Int16)] = [("kraft.version", 1)]
  private static let firstSnapshot = "__cluster_metadata-0/00000000000000000000-0000000000.checkpoint"

  private func exists(_ path: String, in directory: TemporaryDirectory) -> Bool { FileManager.default.fileExists(atPath: "\(directory.path)/\(path)") }

  private func directoryID(_ path: String, in directory: TemporaryDirectory) throws -> Uuid {
    try #require(MetaProperties(decoding: Bytes(try Data(contentsOf: URL(fileURLWithPath: "\(directory.path)/\(path)/meta.properties"))))).directoryID
  }

  private func settings(firstPort: Int32 = 0, features: [(name: String, level: Int16)] = dynamic) throws -> LiveClusterSettings {
    try LiveClusterSettings(brokerCount: 1, controllers: .separate(3), firstPort: firstPort, values: Self.values, features: features)
  }

  /// Runs a cluster until all is ready, and hands over what its controllers know of the voters.
  @discardableResult
  private func run(_ settings: LiveClusterSettings, in directory: TemporaryDirectory, _ body: (LiveCluster) throws -> Void = { _ in }) throws -> VoterSet {
    let cluster = try LiveCluster(settings, directory: directory.path)
    defer {
      cluster.kill()
      try? cluster.waitUntilEnded()
    }
    try cluster.waitUntilReady(within: .seconds(60))
    try body(cluster)
    return try cluster.voters()
  }

  @Test func `New controllers are formatted with the first voters, and know each other by their directories`() throws {
    let directory = TemporaryDirectory()
    let voters = try run(settings(), in: directory)
    #expect(voters.map(\.id) == [3_001, 3_002, 3_003])
    for number in 1...3 {
      #expect(exists("controller-\(number)/\(Self.firstSnapshot)", in: directory) && exists("controller-\(number)/bootstrap.checkpoint", in: directory))
      #expect(try directoryID("controller-\(number)", in: directory) == voters[number - 1].directory)
    }
    #expect(!exists("broker-1/\(Self.firstSnapshot)", in: directory))
    // Ports that are free now are others than those in the log: nobody would find the other voters there.
    let error = #expect(throws: LiveError.self) { try run(settings(), in: directory) }
    #expect(error?.description.contains("start with the --port") == true, "\(String(describing: error))")
  }

  @Test func `A controller that comes back without its directory is no voter`() throws {
    let directory = TemporaryDirectory(), address = try #require(try freePorts(4))
    let before = try run(settings(firstPort: address), in: directory)
    try FileManager.default.removeItem(atPath: "\(directory.path)/controller-2")
    let after = try run(settings(firstPort: address), in: directory)
    #expect(after == before)
    #expect(!exists("controller-2/\(Self.firstSnapshot)", in: directory))
    #expect(try directoryID("controller-2", in: directory) != before[1].directory)
  }

  @Test func `Static voters are not taken for others, and the voters of a log count whatever the settings say`() throws {
    let directory = TemporaryDirectory(), other = TemporaryDirectory(), address = try #require(try freePorts(4))
    try run(settings(firstPort: address, features: []), in: directory)
    let error = #expect(throws: LiveError.self) { try run(settings(firstPort: address), in: directory) }
    #expect(error?.description.contains("kafka-features.sh") == true, "\(String(describing: error))")
    let voters = try run(settings(firstPort: address), in: other)
    #expect(try run(settings(firstPort: address, features: []), in: other) == voters)
  }

  @Test func `Static voters become others while they run, and stay so`() throws {
    let directory = TemporaryDirectory(), address = try #require(try freePorts(4)), settings = try settings(firstPort: address, features: [])
    let before = try run(settings, in: directory) { cluster in
      let active = try #require(try cluster.activeController())
      // All voters have told the active one their directories soon.
      let deadline = Instant.ofMachine + .seconds(30)
      while try !cluster.upgradeKRaftVersion(at: active) {
        try #require(Instant.ofMachine < deadline)
        usleep(50_000)
      }
      while try cluster.voters().contains(where: { $0.directory == nil }) {
        try #require(Instant.ofMachine < deadline)
        usleep(50_000)
      }
    }
    for number in 1...3 { #expect(try directoryID("controller-\(number)", in: directory) == before[number - 1].directory) }
    #expect(try run(settings, in: directory) == before)
  }

  @Test func `Levels that no build has are refused, and joining where the voters are static`() throws {
    for (features, words) in [([("kraft.version", Int16(2))], "expected 0 to 1"), ([("share.version", 1)], "there is no such feature")] {
      let error = #expect(throws: ConfigurationError.self) { try LiveClusterSettings(brokerCount: 1, firstPort: 0, features: features.map { (name: $0.0, level: $0.1) }) }
      #expect(error?.description.contains(words) == true)
    }
    let joins = [("controller.quorum.auto.join.enable", "true")]
    #expect(throws: ConfigurationError.self) { try LiveClusterSettings(brokerCount: 1, firstPort: 0, values: joins) }
    #expect(try LiveClusterSettings(brokerCount: 1, firstPort: 0, values: joins, features: Self.dynamic).isDynamic)
  }

  @Test(arguments: [
    // Two of three voters are not there.
    ([], true, "waits for a leader of the metadata log: 2 of the voters must run and reach each other, which are 1 at 127.0.0.1:"),
    // Nobody was to be a first voter.
    (dynamic, false, "no controller of the cluster's file has a directory-id: give one to each that a new cluster begins with"),
    // The others are.
    (dynamic, true, "waits for a quorum that takes it in: its directory names no voters"),
  ])
  func `A node without a quorum says once what it waits for`(features: [(name: String, level: Int16)], othersAreFirst: Bool, expected: String) throws {
    let directory = TemporaryDirectory(), port = try #require(try freePorts(6))
    let plans = (1...3).map { (number: Int32) in
      let first = othersAreFirst && number > 1 && !features.isEmpty
      return NodePlan(
        id: NodeID(number), broker: Address(host: "127.0.0.1", port: port + 2 * number - 2), controller: Address(host: "127.0.0.1", port: port + 2 * number - 1),
        directoryID: first ? Uuid(high: 7, low: UInt64(number)) : nil)
    }
    let notes = Mutex<[String]>([])
    let node = try LiveNode(1, of: try LiveClusterSettings(nodes: plans, values: Self.values, features: features), clusterID: "4L6g3nShT-eMCtK--X86sw", directory: directory.path) { _, occurrence in
      if case .note(let words) = occurrence { notes.withLock { $0.append(words) } }
    }
    let waiter = Thread { try? node.waitUntilReady(patience: .milliseconds(200)) }
    waiter.start()
    let told = { notes.withLock { $0.filter { $0.hasPrefix("waits for") } } }
    for _ in 0..<1_000 where told().isEmpty { Thread.sleep(forTimeInterval: 0.01) }
    Thread.sleep(forTimeInterval: 0.5)
    node.kill()
    try node.waitUntilEnded()
    #expect(told().count == 1)
    #expect(told().first?.contains(expected) == true, "\(told())")
    if othersAreFirst { #expect(told().first?.contains("directory-id") == false) }
  }

  /// The first of so many free ports in a row.
  private func freePorts(_ count: Int32) throws -> Int32? {
    for first in stride(from: Int32(20_000 + getpid() % 5_000), to: 32_000, by: 16) {
      let directory = TemporaryDirectory()
      let host = try LiveHost(name: "port", directory: directory.path)
      defer {
        host.kill()
        try? host.waitUntilEnded()
      }
      if (0..<count).allSatisfy({ (try? host.listen(on: Address(host: "127.0.0.1", port: first + $0))) != nil }) { return first }
    }
    return nil
  }
}

extension LiveCluster {
  /// False where something speaks against it yet.
  fileprivate func upgradeKRaftVersion(at controller: Int) throws -> Bool {
    try controllers[controller - 1].host.ask { node in
      guard let quorum = node.controllerRole?.quorum, quorum.objectionToUpgrade == nil else { return false }
      quorum.upgradeKRaftVersion()
      return true
    } == true
  }
}
