import Foundation
import Host
import NIOConcurrencyHelpers
import Primitives
import Raft
import Testing

@testable import Live

/// A cluster on real files, killed and started again.
@Suite(.serialized) struct ClusterTests {
  private final class Heard: Sendable {
    private let occurrences = NIOLockedValueBox<[(String, Occurrence)]>([])
    func append(_ node: String, _ occurrence: Occurrence) { occurrences.withLockedValue { $0.append((node, occurrence)) } }
    var warnings: [String] { occurrences.withLockedValue { $0.compactMap { if case .warning(let text) = $0.1 { text } else { nil } } } }
    /// Nodes that loaded a snapshot.
    var loaded: [String] { occurrences.withLockedValue { $0.compactMap { if case .metadataSnapshotLoaded = $0.1 { $0.0 } else { nil } } } }
    var notes: [String] {
      occurrences.withLockedValue {
        $0.compactMap {
          if case .note(let text) = $0.1 { return text }
          return nil
        }
      }
    }
  }

  /// Runs a cluster until it is ready, and ends it as the end of its process would.
  private func runAndKill(in directory: TemporaryDirectory, brokers: Int = 1, _ heard: Heard = Heard()) throws {
    let settings = try LiveClusterSettings(brokerCount: brokers, firstPort: 0)
    let cluster = try LiveCluster(settings, directory: directory.path) { heard.append($0, $1) }
    defer {
      cluster.kill()
      try? cluster.waitUntilEnded()
    }
    try cluster.waitUntilReady(within: .seconds(60))
  }

  private func log(of node: String, in directory: TemporaryDirectory) -> String { "\(directory.path)/\(node)/__cluster_metadata-0" }

  private func reason(in directory: TemporaryDirectory) throws -> String {
    do {
      try runAndKill(in: directory)
      return "it became ready"
    } catch let error as LiveError {
      guard case .metadataLost = error else { return "\(error)" }
      return error.description
    }
  }

  @Test func `The sessions of a killed run are not waited for`() throws {
    let directory = TemporaryDirectory(), heard = Heard()
    try runAndKill(in: directory, brokers: 3)
    try runAndKill(in: directory, brokers: 3, heard)
    #expect(heard.notes.contains { $0.contains("sessions of its brokers (1, 2, 3) end without a wait") })
    #expect(!heard.notes.contains { $0.contains("waits for the session") })
  }

  @Test func `Data is refused to a different number of brokers than wrote it, unless it was never used`() throws {
    let directory = TemporaryDirectory()
    try runAndKill(in: directory, brokers: 2)
    try runAndKill(in: directory, brokers: 1)
    try FileManager.default.createDirectory(atPath: "\(directory.path)/broker-2/kafka-logs/orders-0", withIntermediateDirectories: true)
    for brokers in [1, 3] {
      let error = try #require(throws: LiveError.self) { try runAndKill(in: directory, brokers: brokers) }
      #expect(error.description.contains("was written by 2 brokers"))
      #expect(error.description.contains("start with --brokers 2, or choose another directory with --data"))
    }
    #expect(!FileManager.default.fileExists(atPath: "\(directory.path)/broker-3"))
  }

  @Test(arguments: ["meta.properties", "node-1/meta.properties"])
  func `No new cluster begins beside directories of others`(name: String) throws {
    let directory = TemporaryDirectory(), path = "\(directory.path)/\(name)"
    try FileManager.default.createDirectory(atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try Data("version=1\nnode.id=1\n".utf8).write(to: URL(fileURLWithPath: path))
    let before = try FileManager.default.subpathsOfDirectory(atPath: directory.path)
    #expect(try reason(in: directory).contains("is the log directory of a node of another cluster"))
    #expect(try FileManager.default.subpathsOfDirectory(atPath: directory.path) == before)
    // Beside a cluster of ours they may lie.
    try FileManager.default.removeItem(atPath: path)
    try runAndKill(in: directory)
    try FileManager.default.createDirectory(atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try Data("version=1\n".utf8).write(to: URL(fileURLWithPath: path))
    try runAndKill(in: directory)
  }

  @Test func `A controller whose log is damaged, empty or gone does not start if a broker knows more`() throws {
    let directory = TemporaryDirectory()
    try runAndKill(in: directory)
    let controller = log(of: "controller-1", in: directory), file = controller + "/00000000000000000000.log"
    let whole = try Data(contentsOf: URL(fileURLWithPath: file))

    var damaged = whole
    damaged[whole.count / 2] ^= 0x40
    try damaged.write(to: URL(fileURLWithPath: file))
    #expect(try reason(in: directory).contains("\(controller): the metadata log is whole up to offset"))
    #expect(try reason(in: directory).contains("cp -r \(log(of: "broker-1", in: directory)) \(controller)"))
    #expect(try Data(contentsOf: URL(fileURLWithPath: file)) == damaged, "nothing was cut")

    try Data().write(to: URL(fileURLWithPath: file))
    #expect(try reason(in: directory).contains("whole up to offset 0 only, and broker-1 knows it to be committed up to"))

    try FileManager.default.removeItem(atPath: directory.path + "/controller-1")
    #expect(try reason(in: directory).contains("whole up to offset 0 only"))

    try FileManager.default.copyItem(atPath: log(of: "broker-1", in: directory), toPath: controller)
    #expect(try reason(in: directory) == "it became ready")
  }

  @Test func `A controller does not start with less than a Kafka snapshot contains`() throws {
    let directory = TemporaryDirectory()
    try runAndKill(in: directory)
    let controller = log(of: "controller-1", in: directory)
    let older = controller + "/00000000000000000002-0000000001.checkpoint", newer = controller + "/00000000000000005000-0000000003.checkpoint"
    try Data("snapshot".utf8).write(to: URL(fileURLWithPath: older))
    #expect(try reason(in: directory) == "it became ready")
    #expect(FileManager.default.fileExists(atPath: older + ".damaged-1"))
    try Data("snapshot".utf8).write(to: URL(fileURLWithPath: newer))
    #expect(try reason(in: directory).contains("00000000000000005000-0000000003.checkpoint, which is damaged, held what was committed up to 5000"))

    try FileManager.default.removeItem(atPath: newer)
    try FileManager.default.removeItem(atPath: log(of: "broker-1", in: directory))
    let first = controller + "/00000000000000000000.log"
    try FileManager.default.moveItem(atPath: first, toPath: controller + "/00000000000000000001.log")
    #expect(try reason(in: directory).contains("whole up to offset 0 only, and 00000000000000000001.log begins behind that"))
  }

  @Test func `A cluster begins with the snapshots of its controller and its broker`() throws {
    let directory = TemporaryDirectory(), heard = Heard()
    let settings = try LiveClusterSettings(brokerCount: 1, firstPort: 0, values: [("metadata.log.max.snapshot.interval.ms", "100")])
    func run(_ isDone: () throws -> Bool) throws {
      let cluster = try LiveCluster(settings, directory: directory.path) { heard.append($0, $1) }
      defer {
        cluster.kill()
        try? cluster.waitUntilEnded()
      }
      try cluster.waitUntilReady(within: .seconds(60))
      let deadline = Date(timeIntervalSinceNow: 60)
      while try !isDone(), Date() < deadline { usleep(20_000) }
    }
    func snapshots(of node: String) throws -> [String] {
      try FileManager.default.contentsOfDirectory(atPath: log(of: node, in: directory)).filter { $0.hasSuffix("1.checkpoint") || $0.hasSuffix("2.checkpoint") }
    }
    try run { try !snapshots(of: "controller-1").isEmpty && !snapshots(of: "broker-1").isEmpty }
    #expect(heard.loaded.isEmpty)
    try run { Set(heard.loaded) == ["controller-1", "broker-1"] }
    #expect(Set(heard.loaded) == ["controller-1", "broker-1"])
  }

  @Test func `A cluster without an id file keeps the id of its brokers`() throws {
    let directory = TemporaryDirectory()
    try runAndKill(in: directory)
    let file = URL(fileURLWithPath: directory.path + "/cluster-id")
    let id = try Data(contentsOf: file)
    try FileManager.default.removeItem(at: file)
    #expect(try reason(in: directory) == "it became ready")
    #expect(try Data(contentsOf: file) == id)
  }

  @Test func `A torn tail that no broker has is recovered`() throws {
    let directory = TemporaryDirectory()
    try runAndKill(in: directory)
    let file = log(of: "controller-1", in: directory) + "/00000000000000000000.log"
    let handle = try #require(FileHandle(forWritingAtPath: file))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data(repeating: 0, count: 100))
    try handle.close()
    #expect(try reason(in: directory) == "it became ready")
  }

  @Test func `An empty controller does not set the partitions of a broker aside`() throws {
    let directory = TemporaryDirectory()
    try runAndKill(in: directory)
    try FileManager.default.removeItem(atPath: directory.path + "/controller-1")
    try FileManager.default.removeItem(atPath: log(of: "broker-1", in: directory))
    #expect(try reason(in: directory) == "it became ready", "a broker without partitions has nothing to lose")
    try FileManager.default.removeItem(atPath: directory.path + "/controller-1")
    try FileManager.default.removeItem(atPath: log(of: "broker-1", in: directory))
    try FileManager.default.createDirectory(atPath: directory.path + "/broker-1/kafka-logs/t-0", withIntermediateDirectories: true)
    #expect(try reason(in: directory).contains("the metadata log is empty or lacks its beginning, and broker-1 holds partitions"))
    #expect(FileManager.default.fileExists(atPath: directory.path + "/broker-1/kafka-logs/t-0"))
  }

  @Test func `The election of the most complete log can be switched on, and no fixed bug can`() throws {
    let address = Address(host: "127.0.0.1", port: 9093)
    func electsMostComplete(_ values: [(String, String)]) throws -> Bool {
      let settings = try LiveClusterSettings(brokerCount: 1, firstPort: 0, values: values)
      return try settings.controller(settings.controllers[0], of: [Voter(id: 3_001, address: address)], clusterID: "").switches.electMostCompleteLog
    }
    #expect(try !electsMostComplete([]))
    #expect(try electsMostComplete([("cluster.switches.electMostCompleteLog", "true")]))
    let refusals = [("cluster.switches.electMostCompleteLog", "maybe"), ("cluster.switches.checkBrokerEpoch", "false"), ("cluster.switches.nothing", "1")]
    for value in refusals { #expect(throws: ConfigurationError.self) { try electsMostComplete([value]) } }
  }

  enum Obstacle: Sendable { case directory, file, fifo, link }

  @Test(arguments: [
    ("broker-1/kafka-logs/recovery-point-offset-checkpoint", Obstacle.directory, "a directory stands where a file has to be; move it away"),
    ("broker-1/kafka-logs/meta.properties", .fifo, "it is no ordinary file; move it away"),
    ("broker-1/kafka-logs/meta.properties", .link, "it is a link, and links are not followed; put the file itself in its place"),
    ("broker-1/kafka-logs/meta.properties", .file, "not all of them are there; write them anew"),
    ("broker-1/kafka-logs/t-0", .file, "what stands there is no directory, and links are not followed; move it away"),
    ("broker-1/kafka-logs/t-0", .link, "what stands there is no directory, and links are not followed; move it away"),
    ("broker-1/kafka-logs", .file, "what stands there is no directory, and links are not followed; move it away"),
    ("broker-1/__cluster_metadata-0/quorum-state", .directory, "a directory stands where a file has to be; move it away"),
    ("controller-1/__cluster_metadata-0/quorum-state", .directory, "a directory stands where a file has to be; move it away"),
    ("controller-1/__cluster_metadata-0", .file, "what stands there is no directory, and links are not followed; move it away"),
    ("controller-1/__cluster_metadata-0/00000000000000000000.log", .fifo, "it is no ordinary file; move it away"),
    ("cluster-id", .fifo, "it is no ordinary file; move it away"),
    ("cluster-id", .directory, "a directory stands where a file has to be; move it away"),
  ])
  func `An obstacle for a node is reported with its place and a remedy`(name: String, obstacle: Obstacle, words: String) throws {
    let directory = TemporaryDirectory(), elsewhere = TemporaryDirectory()
    try runAndKill(in: directory)
    let path = "\(directory.path)/\(name)"
    try? FileManager.default.removeItem(atPath: path)
    switch obstacle {
    case .directory: try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    case .file: try Data("x".utf8).write(to: URL(fileURLWithPath: path))
    case .fifo: #expect(mkfifo(path, 0o600) == 0)
    case .link: try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: elsewhere.path)
    }
    let reason = try reason(in: directory)
    #expect(reason.contains("/\(name): ") && reason.contains(words), "\(reason)")
  }

  @Test func `Another controller takes over from one that is killed, and brokers go on with it`() throws {
    let directory = TemporaryDirectory()
    // So that nothing takes longer than it must.
    let values = [
      ("controller.quorum.fetch.timeout.ms", "500"), ("controller.quorum.election.timeout.ms", "250"), ("broker.session.timeout.ms", "2000"), ("broker.heartbeat.interval.ms", "200"),
    ]
    let settings = try LiveClusterSettings(brokerCount: 2, controllers: .separate(3), firstPort: 0, values: values), heard = Heard()
    let cluster = try LiveCluster(settings, directory: directory.path) { heard.append($0, $1) }
    var isEnding = false
    defer {
      if !isEnding {
        cluster.kill()
        try? cluster.waitUntilEnded()
      }
    }
    try cluster.waitUntilReady(within: .seconds(60))
    let former = try #require(try cluster.activeController())
    cluster.killController(former)
    let deadline = Instant.ofMachine + .seconds(60)
    var next: Int?
    while next == nil, Instant.ofMachine < deadline {
      next = try cluster.activeController(besides: former)
      usleep(10_000)
    }
    #expect(next != nil && next != former)
    // A controlled shutdown asks the controller that is active now.
    isEnding = true
    cluster.shutDown()
    try cluster.waitUntilEnded()
    #expect(!heard.warnings.contains { $0.contains("without having moved its leaderships") })
  }

  @Test func `Data is refused to another number of controllers than wrote it`() throws {
    let directory = TemporaryDirectory()
    try FileManager.default.createDirectory(atPath: "\(directory.path)/controller-3/__cluster_metadata-0", withIntermediateDirectories: true)
    let error = try #require(throws: LiveError.self) { try runAndKill(in: directory) }
    #expect(error.description.contains("was written by 3 controllers") && error.description.contains("start with --controllers 3"))
  }

  @Test(arguments: ["node.id", "listeners", "controller.quorum.voters", "controller.quorum.bootstrap.servers", "controller.quorum.auto.join.enable"])
  func `A setting that distinguishes nodes cannot be set for all of them, and the refusal says so`(name: String) throws {
    let error = try #require(throws: ConfigurationError.self) { try LiveClusterSettings(brokerCount: 1, firstPort: 0, values: [(name, "7")]) }
    #expect("\(error)".hasPrefix("\(name) cannot be set here"))
  }

  @Test func `If the controller is gone, an end waits no longer than a session`() throws {
    let directory = TemporaryDirectory()
    let settings = try LiveClusterSettings(brokerCount: 1, firstPort: 0, values: [("broker.session.timeout.ms", "1000"), ("broker.heartbeat.interval.ms", "100")])
    let heard = Heard()
    let cluster = try LiveCluster(settings, directory: directory.path) { heard.append($0, $1) }
    try cluster.waitUntilReady(within: .seconds(60))
    cluster.killController()
    cluster.shutDown()
    // Without a bound this does not come back.
    try cluster.waitUntilEnded()
    #expect(heard.warnings.contains { $0.contains("without having moved its leaderships") })
  }
}
