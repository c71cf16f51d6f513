import Broker
import Controller
import Host
import Primitives
import Testing
import Wire

@Suite struct ConfigurationTests {
  static let required = [("node.id", "1"), ("listeners", "PLAINTEXT://broker-1:9092"), ("controller.quorum.voters", "100@controller-100:9093")]

  @Test func `Settings are read by Kafka's names`() throws {
    let configuration = try BrokerConfiguration(Self.required + [
      ("broker.rack", "a"), ("log.retention.hours", "2"), ("min.insync.replicas", "2"), ("replica.lag.time.max.ms", "10000"),
      ("advertised.listeners", "PLAINTEXT://elsewhere:19092"),
    ])
    #expect(configuration.nodeID == 1 && configuration.rack == "a")
    #expect(configuration.listener?.address == Address(host: "broker-1", port: 9092))
    #expect(configuration.advertisedListener?.address == Address(host: "elsewhere", port: 19092))
    #expect(configuration.quorumVoters.map(\.id) == [100])
    #expect(configuration.log.retention == .seconds(7200) && configuration.log.minInsyncReplicas == 2)
    #expect(configuration.replication.replicaLagTimeMax == .seconds(10))
    #expect(configuration.heartbeatInterval == .seconds(2))
  }

  @Test func `A misspelt name is refused with the nearest one`() {
    #expect(throws: ConfigurationError.unknownName("min.insync.replica", nearest: "min.insync.replicas")) {
      try BrokerConfiguration(Self.required + [("min.insync.replica", "2")])
    }
  }

  @Test func `A Kafka setting without any effect is refused as such`() {
    let error = #expect(throws: ConfigurationError.self) { try BrokerConfiguration(Self.required + [("num.io.threads", "8")]) }
    guard case .notModelled("num.io.threads", _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test(arguments: ["node.id", "listeners", "controller.quorum.voters"]) func `A setting without a default must be given`(name: String) {
    let error = #expect(throws: ConfigurationError.self) { try BrokerConfiguration(Self.required.filter { $0.0 != name }) }
    guard case .missing(name, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test(arguments: [
    ("listeners", "broker-1:9092"), ("listeners", "PLAINTEXT://:9092"), ("controller.quorum.voters", "1@a"), ("controller.quorum.bootstrap.servers", "a"),
    ("node.id", "-1"),
  ])
  func `A text that is not a value is refused`(name: String, value: String) {
    let error = #expect(throws: ConfigurationError.self) {
      try BrokerConfiguration(Self.required.filter { $0.0 != name } + [(name, value)])
    }
    guard case .invalidValue(name, value, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func `Brokers of a dynamic quorum know servers instead of voters`() throws {
    let needed = Self.required.filter { $0.0 != "controller.quorum.voters" }
    let servers = ("controller.quorum.bootstrap.servers", "controller-1:9093,controller-2:9094")
    let configuration = try BrokerConfiguration(needed + [servers])
    #expect(configuration.quorumServers == [Address(host: "controller-1", port: 9093), Address(host: "controller-2", port: 9094)])
    let error = #expect(throws: ConfigurationError.self) { try BrokerConfiguration(Self.required + [servers]) }
    guard case .contradiction(["controller.quorum.voters", "controller.quorum.bootstrap.servers"], _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test(arguments: [("log.cleaner.threads", "0"), ("log.cleaner.threads", "128"), ("log.cleaner.dedupe.buffer.size", "1048576")])
  func `A cleaner that could not work is refused`(name: String, value: String) throws {
    let error = #expect(throws: ConfigurationError.self) { try BrokerConfiguration(Self.required + [(name, value)]) }
    #expect(error?.description.contains(name) == true)
    #expect(try BrokerConfiguration(Self.required + [("log.cleaner.threads", "127")]).logManager.cleaner.threads == 127)
  }

  @Test func `The source of every value is reported`() throws {
    let cluster = try TestCluster(brokers: 2, settings: [("log.retention.hours", "3"), ("log.segment.bytes", "2097152")])
    try cluster.start()
    try cluster.createTopic("t", [[1, 2]], configs: [("max.message.bytes", "5000")])
    #expect(try cluster.alter(.broker, "", "log.segment.bytes", "3145728") == .none)
    #expect(try cluster.alter(.broker, "1", "log.segment.bytes", "4194304") == .none)
    cluster.world.run(for: .seconds(1))

    let topic = try cluster.describe(.topic, "t")
    #expect(topic["max.message.bytes"] == Described("5000", source: 1, synonyms: ["max.message.bytes=5000", "message.max.bytes=1048588"]))
    #expect(topic["retention.ms"] == Described("10800000", source: 4, synonyms: ["log.retention.hours=3", "log.retention.hours=168"]))
    #expect(topic["segment.bytes"] == Described("4194304", source: 2, synonyms: [
      "log.segment.bytes=4194304", "log.segment.bytes=3145728", "log.segment.bytes=2097152", "log.segment.bytes=1073741824",
    ]))
    #expect(topic["segment.ms"]?.source == 5)
    #expect(topic["internal.segment.bytes"] == nil)
    let broker = try cluster.describe(.broker, "1")
    #expect(broker["log.segment.bytes"]?.value == "4194304" && broker["log.segment.bytes"]?.isReadOnly == false)
    #expect(broker["node.id"] == Described("1", source: 4, synonyms: ["node.id=1", "node.id=-1"], isReadOnly: true))
    let clusterWide = try cluster.describe(.broker, "")
    #expect(clusterWide["log.segment.bytes"] == Described("3145728", source: 3, synonyms: ["log.segment.bytes=3145728"]))
    #expect(clusterWide["node.id"] == nil)
    // The logs obey.
    #expect(cluster.replica(1, "t")?.log?.configuration.segmentBytes == 4_194_304)
    #expect(cluster.replica(2, "t")?.log?.configuration.segmentBytes == 3_145_728)
  }

  @Test func `Brokers refuse settings before the controller is asked`() throws {
    let cluster = try TestCluster(brokers: 2)
    try cluster.start()
    try cluster.createTopic("t", [[1]])
    #expect(try cluster.alter(.broker, "2", "log.segment.bytes", "4194304") == .invalidRequest)
    #expect(try cluster.alter(.broker, "", "node.id", "3") == .invalidRequest)
    #expect(try cluster.alter(.broker, "", "log.segment.bytes", "many") == .invalidRequest)
    #expect(try cluster.alter(.broker, "", "log.segment.byte", "4194304") == .invalidConfig)
    #expect(try cluster.alter(.brokerLogger, "1", "root", "DEBUG") == .invalidRequest)
    #expect(try cluster.alter(.topic, "t", "retention.ms", nil) == .invalidRequest)
    #expect(try cluster.alter(.topic, "t", "retention.ms", "soon") == .invalidConfig)
    #expect(try cluster.alter(.topic, "t", "retention.mss", "1") == .invalidConfig)
    #expect(try cluster.alter(.topic, "nobody", "retention.ms", "1") == .unknownTopicOrPartition)
    #expect(try cluster.alter(.topic, "t", "retention.ms", "1000") == .none)
    cluster.world.run(for: .seconds(1))
    #expect(cluster.replica(1, "t")?.log?.configuration.retention == .seconds(1))
  }
}

struct Described: Equatable {
  var value: String?
  var source: Int8
  var synonyms: [String]
  var isReadOnly: Bool

  init(_ value: String?, source: Int8, synonyms: [String], isReadOnly: Bool = false) {
    self.value = value
    self.source = source
    self.synonyms = synonyms
    self.isReadOnly = isReadOnly
  }
}

extension TestCluster {
  func alter(_ kind: ConfigResource.Kind, _ name: String, _ key: String, _ value: String?) throws -> ErrorCode {
    var config = IncrementalAlterConfigsRequest.AlterableConfig()
    config.name = key
    config.value = value
    var resource = IncrementalAlterConfigsRequest.AlterConfigsResource()
    resource.resourceType = kind.rawValue
    resource.resourceName = name
    resource.configs = [config]
    var request = IncrementalAlterConfigsRequest()
    request.resources = [resource]
    return try ask(node(1), request).responses[0].errorCode
  }

  func describe(_ kind: ConfigResource.Kind, _ name: String) throws -> [String: Described] {
    var resource = DescribeConfigsRequest.DescribeConfigsResource()
    resource.resourceType = kind.rawValue
    resource.resourceName = name
    resource.configurationKeys = nil
    var request = DescribeConfigsRequest()
    request.resources = [resource]
    request.includeSynonyms = true
    let result = try ask(node(1), request).results[0]
    let entries = result.configs.map { config in
      (config.name, Described(
        config.value, source: config.configSource, synonyms: config.synonyms.map { "\($0.name)=\($0.value ?? "")" }, isReadOnly: config.readOnly))
    }
    return Dictionary(uniqueKeysWithValues: entries)
  }
}
