import Controller
import Host
import Primitives
import Testing
import Wire

/// Settings over the wire are judged as in files, for every type of resource.
@Suite struct SettingValidationTests {
  static let impossible = [
    ("no.such.setting", "1"), ("min.insync.replica", "2"), ("retention.ms", "soon"), ("segment.bytes", "1"), ("segment.ms", "0"),
    ("cleanup.policy", "shred"), ("compression.type", "rar"), ("max.message.bytes", "-1"), ("message.timestamp.type", "Whenever"),
    ("message.timestamp.difference.max.ms", "5"), ("flush.messages", "0"), ("min.cleanable.dirty.ratio", "2"), ("min.insync.replicas", "0"),
    ("unclean.leader.election.enable", "perhaps"), ("preallocate", "true"), ("max.compaction.lag.ms", "0"),
  ]

  @Test func `A topic with invalid settings is not created, and the setting is named`() throws {
    let cluster = try TestCluster(brokers: 1)
    try cluster.start()
    for validateOnly in [true, false] {
      for (name, value) in Self.impossible {
        let answer = try cluster.create("t", [(name, value)], validateOnly: validateOnly)
        #expect(answer.errorCode == .invalidConfig && answer.errorMessage?.contains(name) == true, "\(name)=\(value): \(answer)")
      }
    }
    #expect(try cluster.create("t", [("min.compaction.lag.ms", "2"), ("max.compaction.lag.ms", "1")], validateOnly: true).errorCode == .invalidConfig)
    #expect(try cluster.create("t", [("retention.ms", nil)], validateOnly: true).errorCode == .invalidConfig)
    #expect(try cluster.create("t", [("retention.ms", "1000")], validateOnly: true).errorCode == .none)
    cluster.world.run(for: .seconds(1))
    #expect(cluster.broker(cluster.node(1))?.metadataImage?.topic(named: "t") == nil)
  }

  @Test func `A topic's settings are unchanged if one of the new ones is invalid`() throws {
    let cluster = try TestCluster(brokers: 1)
    try cluster.start()
    try cluster.createTopic("t", [[1]], configs: [("retention.ms", "5000")])
    for (name, value) in Self.impossible {
      #expect(try cluster.change(.topic, "t", [("file.delete.delay.ms", 0, "1"), (name, 0, value)]).errorCode == .invalidConfig, "\(name)=\(value)")
      let replaced = try cluster.replace(.topic, "t", [(name, value)])
      #expect(replaced.errorCode == .invalidConfig && replaced.errorMessage?.contains(name) == true, "\(name)=\(value)")
    }
    cluster.world.run(for: .seconds(1))
    #expect(cluster.broker(cluster.node(1))?.metadataImage?.config(of: .topic("t")) == ["retention.ms": "5000"])
  }

  @Test func `A list grows from its current value, which may be the default, and only lists can grow`() throws {
    let cluster = try TestCluster(brokers: 1)
    try cluster.start()
    try cluster.createTopic("t", [[1]])
    #expect(try cluster.change(.topic, "t", [("cleanup.policy", 2, "compact")]).errorCode == .none)
    cluster.world.run(for: .seconds(1))
    #expect(try cluster.describe(.topic, "t")["cleanup.policy"]?.value == "compact,delete")
    #expect(try cluster.change(.topic, "t", [("cleanup.policy", 3, "delete")]).errorCode == .none)
    cluster.world.run(for: .seconds(1))
    #expect(try cluster.describe(.topic, "t")["cleanup.policy"]?.value == "compact")
    #expect(try cluster.change(.topic, "t", [("cleanup.policy", 2, "shred")]).errorCode == .invalidConfig)
    #expect(try cluster.change(.topic, "t", [("retention.ms", 2, "1")]).errorCode == .invalidConfig)
    #expect(try cluster.change(.topic, "t", [("no.such.setting", 3, "1")]).errorCode == .invalidConfig)
    #expect(try cluster.change(.topic, "t", [("cleanup.policy", 9, "delete")]).errorCode == .invalidRequest)

    #expect(try cluster.change(.broker, "", [("log.cleanup.policy", 2, "compact")]).errorCode == .none)
    #expect(try cluster.change(.broker, "", [("log.retention.ms", 2, "1")]).errorCode == .invalidConfig)
    #expect(try cluster.change(.broker, "1", [("log.cleanup.policy", 2, "shred")]).errorCode == .invalidRequest)
    #expect(try cluster.change(.broker, "1", [("log.cleanup.policy", 9, "delete")]).errorCode == .invalidRequest)
    cluster.world.run(for: .seconds(1))
    #expect(cluster.broker(cluster.node(1))?.metadataImage?.config(of: .clusterDefault)["log.cleanup.policy"] == "delete,compact")
  }

  @Test func `Brokers, groups, client metrics and loggers have their own rules`() throws {
    let cluster = try TestCluster(brokers: 1)
    try cluster.start()
    let cases: [(ConfigResource.Kind, String, String, String?, ErrorCode)] = [
      (.broker, "1", "log.retention.ms", "soon", .invalidRequest), (.broker, "1", "no.such.setting", "1", .invalidConfig),
      (.broker, "", "no.such.setting", "1", .invalidConfig), (.broker, "1", "num.io.threads", "1", .invalidConfig),
      (.broker, "1", "broker.rack", "a", .invalidRequest), (.broker, "", "advertised.listeners", "PLAINTEXT://a:1", .invalidRequest),
      (.broker, "one", "log.retention.ms", "1", .invalidRequest), (.broker, "-1", "log.retention.ms", "1", .invalidRequest),
      (.broker, "1", "log.retention.ms", "1000", .none),
      (.broker, "", "log.cleaner.enable", "false", .invalidRequest), (.broker, "", "log.cleaner.threads", "9", .invalidRequest),
      (.broker, "", "log.cleaner.dedupe.buffer.size", "1000", .invalidRequest), (.broker, "", "log.cleaner.backoff.ms", "-1", .invalidRequest),
      (.broker, "", "log.cleaner.threads", "2", .none), (.broker, "", "log.cleaner.io.max.bytes.per.second", "1e6", .none),
      (.group, "g", "consumer.session.timeout.ms", "50000", .none), (.group, "g", "consumer.session.timeout.ms", "1", .invalidConfig),
      (.group, "g", "consumer.heartbeat.interval.ms", "often", .invalidConfig), (.group, "g", "session.timeout.ms", "50000", .invalidConfig),
      (.group, "g", "share.auto.offset.reset", "by_duration:PT1H", .none), (.group, "g", "share.auto.offset.reset", "by_duration:1h", .invalidConfig),
      (.group, "g", "share.isolation.level", "serializable", .invalidConfig), (.group, "", "consumer.session.timeout.ms", "50000", .invalidRequest),
      (.clientMetrics, "m", "interval.ms", "1000", .none), (.clientMetrics, "m", "interval.ms", "99", .invalidRequest),
      (.clientMetrics, "m", "interval.ms", "often", .invalidConfig), (.clientMetrics, "m", "no.such.setting", "1", .invalidRequest),
      (.clientMetrics, "m", "match", "client_id=app.*", .none), (.clientMetrics, "m", "match", "client=app", .invalidConfig),
      (.clientMetrics, "", "interval.ms", "1000", .invalidRequest), (.brokerLogger, "1", "kafka", "DEBUG", .invalidRequest),
      (.topic, "", "retention.ms", "1", .invalidRequest), (.topic, "a b", "retention.ms", "1", .invalidTopicException),
      (.topic, "nobody", "retention.ms", "1", .unknownTopicOrPartition),
    ]
    for (kind, name, key, value, error) in cases {
      let answer = try cluster.change(kind, name, [(key, 0, value)])
      #expect(answer.errorCode == error, "\(kind) '\(name)' \(key)=\(value ?? "null"): \(answer)")
    }
    cluster.world.run(for: .seconds(1))
    let group = try cluster.describe(.group, "g")
    #expect(group["consumer.session.timeout.ms"]?.value == "50000" && group["consumer.session.timeout.ms"]?.source == 8)
    #expect(group["share.session.timeout.ms"]?.value == "45000" && group["share.session.timeout.ms"]?.source == 5)
    #expect(try cluster.describe(.clientMetrics, "m") == [
      "interval.ms": Described("1000", source: 7, synonyms: []), "match": Described("client_id=app.*", source: 7, synonyms: []),
    ])
  }

  @Test func `A resource or a setting may be listed only once, and responses keep the order of the request`() throws {
    let cluster = try TestCluster(brokers: 1)
    try cluster.start()
    for topic in ["a", "b", "c"] { try cluster.createTopic(topic, [[1]]) }
    var request = IncrementalAlterConfigsRequest()
    request.resources = [("a", "1"), ("nobody", "1"), ("b", "1"), ("a", "2"), ("c", "soon")].map { topic, value in
      cluster.resource(.topic, topic, [("retention.ms", 0, value)])
    }
    let answers = try cluster.ask(cluster.node(1), request).responses
    #expect(answers.map(\.resourceName) == ["a", "nobody", "b", "a", "c"])
    #expect(answers.map(\.errorCode) == [.invalidRequest, .unknownTopicOrPartition, .none, .invalidRequest, .invalidConfig])
    #expect(try cluster.change(.topic, "a", [("retention.ms", 0, "1"), ("retention.ms", 0, "1")]).errorCode == .invalidRequest)
    #expect(try cluster.change(.topic, "a", [("retention.ms", 0, nil)]).errorCode == .invalidRequest)
    // The controller itself is asked by others than this broker.
    let direct = try cluster.ask(cluster.controller, request).responses
    #expect(direct.map(\.errorCode) == [.invalidRequest, .unknownTopicOrPartition, .none, .invalidRequest, .invalidConfig])
  }

  @Test func `More than ten thousand changes in one request are refused`() throws {
    let cluster = try TestCluster(brokers: 1)
    try cluster.start()
    var request = IncrementalAlterConfigsRequest()
    request.resources = (0..<10_001).map { cluster.resource(.group, "g\($0)", [("consumer.session.timeout.ms", 0, "50000")]) }
    #expect(try cluster.ask(cluster.node(1), request).responses.allSatisfy { $0.errorCode == .policyViolation })
    request.resources.removeLast()
    #expect(try cluster.ask(cluster.node(1), request).responses.allSatisfy { $0.errorCode == .none })
  }

  @Test func `Descriptions return each resource once, with only the requested settings`() throws {
    let cluster = try TestCluster(brokers: 1)
    try cluster.start()
    try cluster.createTopic("t", [[1]])
    var request = DescribeConfigsRequest()
    request.resources = (0..<20_000).map { number in
      var resource = DescribeConfigsRequest.DescribeConfigsResource()
      (resource.resourceType, resource.resourceName) = number % 2 == 0 ? (2, "t") : (4, "1")
      resource.configurationKeys = ["retention.ms", "node.id", "no.such.setting"]
      return resource
    }
    let results = try cluster.ask(cluster.node(1), request).results
    #expect(results.map(\.resourceName) == ["t", "1"])
    #expect(results.map { $0.configs.map(\.name) } == [["retention.ms"], ["node.id"]])
    #expect(results.flatMap(\.configs).allSatisfy { $0.documentation == nil && !$0.isSensitive && $0.synonyms.isEmpty })
  }
}

extension TestCluster {
  typealias Change = (name: String, operation: Int8, value: String?)

  func resource(_ kind: ConfigResource.Kind, _ name: String, _ changes: [Change]) -> IncrementalAlterConfigsRequest.AlterConfigsResource {
    var resource = IncrementalAlterConfigsRequest.AlterConfigsResource()
    (resource.resourceType, resource.resourceName) = (kind.rawValue, name)
    resource.configs = changes.map { change in
      var config = IncrementalAlterConfigsRequest.AlterableConfig()
      (config.name, config.configOperation, config.value) = (change.name, change.operation, change.value)
      return config
    }
    return resource
  }

  func change(
    _ kind: ConfigResource.Kind, _ name: String, _ changes: [Change]
  ) throws -> IncrementalAlterConfigsResponse.AlterConfigsResourceResponse {
    var request = IncrementalAlterConfigsRequest()
    request.resources = [resource(kind, name, changes)]
    return try ask(node(1), request).responses[0]
  }

  func replace(
    _ kind: ConfigResource.Kind, _ name: String, _ values: [(String, String?)]
  ) throws -> AlterConfigsResponse.AlterConfigsResourceResponse {
    var resource = AlterConfigsRequest.AlterConfigsResource()
    (resource.resourceType, resource.resourceName) = (kind.rawValue, name)
    resource.configs = values.map { name, value in
      var config = AlterConfigsRequest.AlterableConfig()
      (config.name, config.value) = (name, value)
      return config
    }
    var request = AlterConfigsRequest()
    request.resources = [resource]
    return try ask(node(1), request).responses[0]
  }

  func create(_ name: String, _ configs: [(String, String?)], validateOnly: Bool) throws -> CreateTopicsResponse.CreatableTopicResult {
    var topic = CreateTopicsRequest.CreatableTopic()
    (topic.name, topic.numPartitions, topic.replicationFactor) = (name, 1, 1)
    topic.configs = configs.map { name, value in
      var config = CreateTopicsRequest.CreatableTopicConfig()
      (config.name, config.value) = (name, value)
      return config
    }
    var request = CreateTopicsRequest()
    (request.topics, request.validateOnly) = ([topic], validateOnly)
    return try ask(node(1), request).topics[0]
  }
}
