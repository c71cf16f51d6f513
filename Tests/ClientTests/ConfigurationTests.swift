import Client
import Host
import Primitives
import Testing

@Suite struct ConfigurationTests {
  @Test func `Producers start with Kafka's defaults`() throws {
    let configuration = try ProducerConfiguration([])
    #expect(configuration.batchSize == 16_384)
    #expect(configuration.linger == .milliseconds(5))
    #expect(configuration.acks == .all)
    #expect(configuration.deliveryTimeout == .seconds(120))
    #expect(ProducerConfiguration.table.defaultValue(of: "buffer.memory") == "33554432")
    #expect(ProducerConfiguration.table.defaultValue(of: "acks") == "all")
    #expect(ProducerConfiguration.table.defaultValue(of: "metadata.max.age.ms") == "300000")
  }

  @Test func `Consumers start with Kafka's defaults`() {
    let values = ConsumerConfiguration.table.values(of: ConsumerConfiguration())
    let expected = [
      "auto.offset.reset": "latest", "fetch.min.bytes": "1", "fetch.max.wait.ms": "500", "fetch.max.bytes": "52428800",
      "max.partition.fetch.bytes": "1048576", "max.poll.records": "500", "isolation.level": "read_uncommitted", "check.crcs": "true",
    ]
    for (name, value) in expected { #expect(values.first { $0.name == name }?.value == value, "\(name)") }
  }

  @Test func `Kafka's names are understood`() throws {
    let configuration = try ProducerConfiguration([
      ("bootstrap.servers", "a:9092, [::1]:9093"), ("acks", "-1"), ("compression.type", "zstd"), ("compression.zstd.level", "-5"),
      ("max.in.flight.requests.per.connection", "1"), ("partitioner.class", "org.apache.kafka.clients.producer.RoundRobinPartitioner"),
    ])
    #expect(configuration.connection.bootstrapServers == [Address(host: "a", port: 9092), Address(host: "::1", port: 9093)])
    #expect(configuration.acks == .all)
    #expect(configuration.compression == .zstd)
    #expect(configuration.zstdLevel == -5)
    guard case .roundRobin = configuration.partitioning else {
      Issue.record("not round robin")
      return
    }
  }

  @Test func `A misspelled name is refused with the intended one`() {
    #expect(throws: ConfigurationError.unknownName("linger", nearest: nil)) { try ProducerConfiguration([("linger", "1")]) }
    #expect(throws: ConfigurationError.unknownName("batch.sise", nearest: "batch.size")) { try ProducerConfiguration([("batch.sise", "1")]) }
  }

  @Test(arguments: ["sasl.mechanism", "ssl.protocol", "key.serializer", "metrics.num.samples"])
  func `A setting that is not modelled says so`(name: String) {
    do throws(ConfigurationError) {
      _ = try ProducerConfiguration([(name, "x")])
      Issue.record("\(name) was accepted")
    } catch {
      guard case .notModelled(name, let explanation) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(!explanation.isEmpty)
    }
  }

  @Test func `Group settings have Kafka's defaults, and mistakes are reported`() throws {
    let defaults = ConsumerConfiguration()
    #expect(defaults.groupID == nil && defaults.commitsAutomatically)
    #expect((defaults.sessionTimeout, defaults.heartbeatInterval, defaults.maxPollInterval) == (.seconds(45), .seconds(3), .seconds(300)))
    #expect(defaults.assignors.map(\.name) == ["range", "cooperative-sticky"])
    let read = try ConsumerConfiguration([
      ("group.id", "g"), ("partition.assignment.strategy", "org.apache.kafka.clients.consumer.StickyAssignor, roundrobin"), ("auto.commit.interval.ms", "7"),
    ])
    #expect(read.groupID == "g")
    #expect(read.assignors.map(\.name) == ["sticky", "roundrobin"])
    #expect(read.autoCommitInterval == .milliseconds(7))
    for wrong in [
      [("heartbeat.interval.ms", "10000"), ("session.timeout.ms", "10000")], [("partition.assignment.strategy", "fair")], [("max.poll.interval.ms", "0")],
      [("enable.auto.commit", "true")],
    ] {
      #expect(throws: ConfigurationError.self) { try ConsumerConfiguration(wrong) }
    }
  }

  @Test func `Every Kafka setting is known or explained`() {
    // A few of each table; none may come out as a misspelling.
    for name in ["socket.connection.setup.timeout.ms", "security.protocol", "client.dns.lookup", "interceptor.classes", "connections.max.idle.ms"] {
      for read in [{ _ = try ProducerConfiguration([(name, "1")]) }, { _ = try AdminConfiguration([(name, "1")]) }] as [() throws -> Void] {
        do {
          try read()
          Issue.record("\(name) was accepted")
        } catch ConfigurationError.notModelled {
        } catch {
          Issue.record("\(name): \(error)")
        }
      }
    }
  }

  @Test func `A producer is idempotent unless it is switched off, or acks or retries do not allow it`() throws {
    #expect(ProducerConfiguration().isIdempotent)
    #expect(ProducerConfiguration.table.defaultValue(of: "enable.idempotence") == "true")
    #expect(try ProducerConfiguration([]).connection.adjustments == [])
    for (settings, reason) in [([("acks", "1")], "acks=1"), ([("acks", "0"), ("retries", "0")], "acks=0"), ([("retries", "0")], "retries=0")] {
      let producer = try ProducerConfiguration(settings)
      #expect(!producer.isIdempotent)
      #expect(producer.connection.adjustments == ["enable.idempotence was not set and is false, as it does not go with \(reason)"])
    }
    // Kafka 3 took this for another reason to go without.
    expectContradiction(between: ["enable.idempotence", "max.in.flight.requests.per.connection"]) { try ProducerConfiguration([("max.in.flight.requests.per.connection", "6")]) }
  }

  @Test func `Requested idempotence needs acks=all, retries and at most five requests in flight`() throws {
    #expect(try ProducerConfiguration([("enable.idempotence", "true")]).isIdempotent)
    #expect(try !ProducerConfiguration([("enable.idempotence", "false")]).isIdempotent)
    for wrong in [("acks", "1"), ("retries", "0"), ("max.in.flight.requests.per.connection", "6")] {
      expectContradiction(between: ["enable.idempotence", wrong.0]) { try ProducerConfiguration([("enable.idempotence", "true"), wrong]) }
      _ = try ProducerConfiguration([("enable.idempotence", "false"), wrong])
    }
  }

  @Test func `Without the limit, an idempotent producer may have more than five requests in flight`() throws {
    var switches = ProducerSwitches()
    switches.inflightLimit = false
    let settings = [("enable.idempotence", "true"), ("max.in.flight.requests.per.connection", "7")]
    #expect(try ProducerConfiguration(settings, switches: switches).maxInFlightRequestsPerConnection == 7)
    expectContradiction(between: ["enable.idempotence", "max.in.flight.requests.per.connection"]) { try ProducerConfiguration(settings) }
  }

  @Test func `A transactional id needs idempotence`() throws {
    let transactional = try ProducerConfiguration([("transactional.id", "x")])
    #expect(transactional.isIdempotent && transactional.transactionalID == "x" && transactional.transactionTimeout == .seconds(60))
    #expect(transactional.connection.adjustments == [])
    for wrong in [("enable.idempotence", "false"), ("acks", "1"), ("retries", "0")] {
      expectContradiction(between: ["transactional.id", "enable.idempotence"]) { try ProducerConfiguration([("transactional.id", "x"), wrong]) }
    }
  }

  @Test func `With two-phase commit there is no transaction timeout`() throws {
    let settings = [("transactional.id", "x"), ("transaction.two.phase.commit.enable", "true")]
    #expect(try ProducerConfiguration(settings).isTwoPhaseCommit)
    expectContradiction(between: ["transaction.timeout.ms", "transaction.two.phase.commit.enable"]) {
      try ProducerConfiguration(settings + [("transaction.timeout.ms", "1000")])
    }
  }

  @Test func `A delivery timeout that is not set follows the other settings`() throws {
    let patient = try ProducerConfiguration([("request.timeout.ms", "300000")])
    #expect(patient.deliveryTimeout == .milliseconds(300_005))
    #expect(patient.connection.adjustments.count == 1)
    let lingering = try ProducerConfiguration([("linger.ms", "9223372036854775807")])
    #expect(lingering.deliveryTimeout == .milliseconds(Int64(Int32.max)))
    // What fits stays as it is, and what was set is not changed.
    #expect(try ProducerConfiguration([("request.timeout.ms", "119995")]).deliveryTimeout == .seconds(120))
    #expect(try ProducerConfiguration([("request.timeout.ms", "119995")]).connection.adjustments == [])
    expectContradiction(between: ["delivery.timeout.ms", "linger.ms", "request.timeout.ms"]) {
      try ProducerConfiguration([("request.timeout.ms", "300000"), ("delivery.timeout.ms", "120000")])
    }
  }

  @Test func `A reconnect backoff that is set alone does not grow`() throws {
    #expect(try ConsumerConfiguration([("reconnect.backoff.ms", "2000")]).connection.reconnectBackoffMax == .milliseconds(2_000))
    #expect(try ProducerConfiguration([("reconnect.backoff.ms", "20")]).connection.reconnectBackoffMax == .milliseconds(20))
    let both = try AdminConfiguration([("reconnect.backoff.ms", "20"), ("reconnect.backoff.max.ms", "500")])
    #expect(both.connection.reconnectBackoffMax == .milliseconds(500))
    #expect(try AdminConfiguration([]).connection.reconnectBackoffMax == .milliseconds(1_000))
  }

  @Test func `A call of an admin client lasts at least as long as one request`() throws {
    #expect(try AdminConfiguration([("request.timeout.ms", "90000")]).defaultAPITimeout == .milliseconds(90_000))
    let both = ["default.api.timeout.ms", "request.timeout.ms"]
    expectContradiction(between: both) { try AdminConfiguration([("request.timeout.ms", "90000"), ("default.api.timeout.ms", "60000")]) }
    expectContradiction(between: both) { try AdminConfiguration([("default.api.timeout.ms", "20000")]) }
  }

  @Test func `A delivery timeout that leaves no time for a request is a contradiction`() {
    expectContradiction(between: ["delivery.timeout.ms", "linger.ms", "request.timeout.ms"]) {
      try ProducerConfiguration([("delivery.timeout.ms", "30000")])
    }
    #expect(throws: Never.self) { try ProducerConfiguration([("delivery.timeout.ms", "30005")]) }
  }

  @Test(arguments: [
    ("compression.gzip.level", "0"), ("compression.lz4.level", "18"), ("acks", "2"), ("max.in.flight.requests.per.connection", "0"),
    ("bootstrap.servers", "nowhere"), ("partitioner.class", "com.example.Mine"), ("linger.ms", "-1"),
  ])
  func `Values outside their range are refused`(name: String, value: String) {
    do throws(ConfigurationError) {
      _ = try ProducerConfiguration([(name, value)])
      Issue.record("\(name)=\(value) was accepted")
    } catch {
      guard case .invalidValue(name, value, _) = error else {
        Issue.record("\(error)")
        return
      }
    }
  }

  @Test(arguments: [
    ("PT1H", Duration.seconds(3_600)), ("P1DT2H3M4.5S", .milliseconds(93_784_500)), ("PT0.000000001S", .nanoseconds(1)), ("P2D", .seconds(172_800)),
  ])
  func `Durations for resets are read`(text: String, duration: Duration) throws {
    let configuration = try ConsumerConfiguration([("auto.offset.reset", "by_duration:\(text)")])
    #expect(configuration.autoOffsetReset == .byDuration(duration))
    let printed = ConsumerConfiguration.table["auto.offset.reset"]?.text(in: configuration) ?? ""
    #expect(try ConsumerConfiguration([("auto.offset.reset", printed)]).autoOffsetReset == .byDuration(duration))
  }

  @Test(arguments: ["", "P", "PT", "1H", "PT1D", "P1H", "PT1M1H", "PT-1H", "PT1.5H", "P99999999999D", "PT1"])
  func `A text that is not a duration is refused`(text: String) {
    let error = #expect(throws: ConfigurationError.self) { try ConsumerConfiguration([("auto.offset.reset", "by_duration:\(text)")]) }
    guard case .invalidValue("auto.offset.reset", "by_duration:\(text)", _)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  /// Expects an error that names the settings that contradict each other.
  private func expectContradiction<Result>(
    between names: [String], sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Result
  ) {
    let error = #expect(throws: ConfigurationError.self, sourceLocation: sourceLocation) { _ = try body() }
    guard case .contradiction(names, _)? = error else {
      Issue.record("\(String(describing: error))", sourceLocation: sourceLocation)
      return
    }
  }
}
