import Primitives
import Testing
import Workloads

@testable import Bench
@testable import Scenarios
@testable import Trials

/// Files of the OpenMessaging Benchmark.
@Suite struct OpenMessagingTests {
  static let workload = """
    name: 1 producer / 1 consumers on 1 topic
    topics: 2
    partitionsPerTopic: 16
    messageSize: 1024
    payloadFile: "payload/payload-1Kb.data"
    subscriptionsPerTopic: 2
    consumerPerSubscription: 3
    producersPerTopic: 1
    producerRate: 50000
    consumerBacklogSizeGB: 0
    testDurationMinutes: 15
    """
  static let driver = """
    name: Kafka
    driverClass: io.openmessaging.benchmark.driver.kafka.KafkaBenchmarkDriver
    replicationFactor: 3
    topicConfig: |
      min.insync.replicas=2
      flush.messages=1
    commonConfig: |
      bootstrap.servers=localhost:9092
      request.timeout.ms=60000
    producerConfig: |
      acks=all
      # as much as a millisecond brings
      linger.ms=1
      batch.size=1048576
    consumerConfig: |
      auto.offset.reset=earliest
      enable.auto.commit=false
      max.partition.fetch.bytes=10485760
    """

  let files = TemporaryFiles()

  func plan(workload: String = Self.workload, driver: String? = Self.driver, duration: String? = nil) throws -> BenchPlan {
    var request = BenchRequest(file: try files.write(workload, to: "workload.yaml"))
    request.driver = try driver.map { try files.write($0, to: "driver.yaml") }
    request.duration = duration
    return try BenchPlan(request)
  }

  func error(workload: String = Self.workload, driver: String = Self.driver, duration: String? = nil) -> ScenarioError? {
    do {
      _ = try plan(workload: workload, driver: driver, duration: duration)
      return nil
    } catch {
      return error as? ScenarioError
    }
  }

  @Test func `A workload and its driver become a scenario`() throws {
    let scenario = try plan().scenario
    #expect(scenario.name == "1 producer / 1 consumers on 1 topic")
    #expect(scenario.topics.map(\.name) == ["test-topic-0", "test-topic-1"])
    #expect(scenario.topics.allSatisfy { $0.assignment == .automatic(partitions: 16, replicationFactor: 3) })
    #expect(scenario.topics[0].config.map { "\($0.name)=\($0.value)" } == ["min.insync.replicas=2", "flush.messages=1"])
    #expect(scenario.workload.map(\.processCount) == [1, 6, 1, 6])
    #expect(scenario.writtenSettings(ofEntry: 0) == ["request.timeout.ms=60000", "acks=all", "linger.ms=1", "batch.size=1048576"])
    #expect(scenario.writtenSettings(ofEntry: 1).map { $0.prefix { $0 != "=" } } == ["request.timeout.ms", "auto.offset.reset", "max.partition.fetch.bytes"])
    #expect(scenario.groupCount == 2)
    #expect(scenario.openRate == 50_000)
    #expect(scenario.duration == .seconds(16 * 60))
    #expect(scenario.measure.warmup == .seconds(60))
    #expect(scenario.measure.window == .seconds(10))
  }

  @Test func `A shorter duration shortens warm-up and backlog in proportion`() throws {
    let scenario = try plan(duration: "32s").scenario
    #expect(scenario.duration == .seconds(32))
    #expect(scenario.measure.warmup == .seconds(2))
    let backlog = try plan(workload: Self.workload.replacing("consumerBacklogSizeGB: 0", with: "consumerBacklogSizeGB: 10"), duration: "20s").scenario
    let built = 10 * 1_073_741_824.0 / 1_024 / 50_000
    #expect(abs(backlog.workload[1].start.seconds - (60 + built) * 20 / (960 + built)) < 0.001)
  }

  @Test func `A workload without a driver file runs with Kafka's defaults`() throws {
    let scenario = try plan(driver: nil).scenario
    #expect(scenario.writtenSettings(ofEntry: 0).isEmpty)
    #expect(scenario.topics[0].assignment == .automatic(partitions: 16, replicationFactor: 3))
  }

  @Test func `Randomised payloads are compressible by the fraction that is not random`() throws {
    let text = Self.workload.replacing(
      "payloadFile: \"payload/payload-1Kb.data\"", with: "useRandomizedPayloads: true\nrandomBytesRatio: 0.25\nrandomizedPayloadPoolSize: 1000")
    let produce = try #require(try plan(workload: text).scenario.workload[0].application.sendPlan)
    #expect(produce.value.size == .fixed(1_024))
    #expect(produce.value.content == .compressible(0.75))
  }

  @Test(arguments: [("KEY_ROUND_ROBIN", KeyPlan.sequence(10_000)), ("RANDOM_NANO", .uniform(10_000)), ("NO_KEY", .none)])
  func `Key distributors become keys`(word: String, keys: KeyPlan) throws {
    let produce = try #require(try plan(workload: Self.workload + "\nkeyDistributor: \(word)").scenario.workload[0].application.sendPlan)
    #expect(produce.keys == keys)
  }

  @Test func `A rate of zero starts a search`() throws {
    let plan = try plan(workload: Self.workload.replacing("producerRate: 50000", with: "producerRate: 0"))
    #expect(plan.isSearch)
    #expect(plan.objectives.map(\.text) == ["errors == 0", "publish.p99 <= 1s", "endToEnd.p99 <= 1s"])
    #expect(try !self.plan().isSearch)
  }

  @Test func `An unknown key is reported with its place and the nearest known one`() {
    let inWorkload = error(workload: Self.workload.replacing("messageSize", with: "mesageSize"))
    #expect(inWorkload?.place.line == 4)
    #expect(inWorkload?.remedy == "Did you mean 'messageSize'?")
    #expect(error(workload: Self.workload.replacing("messageSize: 1024\n", with: ""))?.problem == "'messageSize' is missing")
    let extra = error(workload: Self.workload + "\nproducerRates: 3")
    #expect(extra?.place.line == 12)
    #expect(extra?.remedy == "Did you mean 'producerRate'?")
    #expect(error(driver: Self.driver + "\nreplicationFaktor: 3")?.remedy == "Did you mean 'replicationFactor'?")
  }

  @Test func `An unknown property is reported with its line`() {
    let producer = error(driver: Self.driver.replacing("linger.ms=1", with: "linger=1"))
    #expect(producer?.place.line == 13)
    let common = error(driver: Self.driver.replacing("request.timeout.ms", with: "request.timeout"))
    #expect(common?.place.line == 9)
    #expect(common?.remedy == "Did you mean 'request.timeout.ms'?")
    #expect(error(driver: Self.driver.replacing("linger.ms=1", with: "linger.ms"))?.problem == "'linger.ms' is not a property")
  }

  @Test func `Without consumers, a search for the highest rate requires nothing of them`() throws {
    let alone = Self.workload.replacing("producerRate: 50000", with: "producerRate: 0").replacing("subscriptionsPerTopic: 2", with: "subscriptionsPerTopic: 0")
    #expect(try plan(workload: alone).objectives.map(\.text) == ["errors == 0", "publish.p99 <= 1s"])
  }

  @Test func `A distribution of sizes has the middle of each range with its weight`() throws {
    let sizes = Self.workload.replacing("messageSize: 1024", with: "messageSizeDistribution: { \"0-512\": 60, \"512-2KB\": 30, \"8-12\": 5, \"4KB-1MB\": 0 }")
    let produce = try #require(try plan(workload: sizes).scenario.workload[0].application.sendPlan)
    #expect(
      produce.value.size == .buckets([SizeBucket(size: 256, weight: 60), SizeBucket(size: 1_280, weight: 30), SizeBucket(size: 16, weight: 5)]))
    for range in ["512", "2-1", "a-b", "0-20000000", "-1-2"] {
      let wrong = Self.workload.replacing("messageSize: 1024", with: "messageSizeDistribution: { \"\(range)\": 60 }")
      #expect(error(workload: wrong)?.problem == "'\(range)' is not a range of sizes")
    }
    let nothing = Self.workload.replacing("messageSize: 1024", with: "messageSizeDistribution: { \"0-512\": 0 }")
    #expect(error(workload: nothing)?.problem.hasSuffix("the weights are all zero") == true)
  }

  @Test func `Groups of topics, which a fork has, are refused with what they mean`() {
    let groups = error(workload: "name: g\ntestDurationMinutes: 2\nproducerRate: 3\ntopicGroups: [{ topics: 2 }]")
    #expect(groups?.place.line == 4)
    #expect(groups?.problem.contains("groups of topics") == true)
  }

  @Test func `Producers go on at the rate of the drain from where the backlog is drained`() throws {
    let backlog = Self.workload.replacing("consumerBacklogSizeGB: 0", with: "consumerBacklogSizeGB: 1\ndrainProducerRate: 1000")
    func load(_ workload: String) throws -> LoadShape? { try plan(workload: workload).scenario.workload[0].application.sendPlan?.load }
    let drain = try plan(workload: backlog).scenario.workload[1].start
    #expect(try load(backlog) == .steps([RateStep(.perSecond(25_000), for: drain), RateStep(.perSecond(500), for: nil)]))
    let silent = backlog.replacing("drainProducerRate: 1000", with: "drainProducerRate: 0")
    #expect(try load(silent) == .steps([RateStep(.perSecond(25_000), for: drain), RateStep(.perSecond(0), for: nil)]))
    // Without a backlog nothing is drained, and -1 stands for nothing.
    #expect(try load(Self.workload + "\ndrainProducerRate: 5") == .constant(.perSecond(25_000)))
    #expect(try load(backlog.replacing("drainProducerRate: 1000", with: "drainProducerRate: -1")) == .constant(.perSecond(25_000)))
  }

  @Test func `Consumers that commit by themselves are the members of a group for each subscription`() throws {
    let scenario = try plan(driver: Self.driver.replacing("enable.auto.commit=false", with: "enable.auto.commit=true")).scenario
    #expect(scenario.workload.map(\.processCount) == [1, 3, 3, 1, 3, 3])
    #expect(scenario.writtenSettings(ofEntry: 1).map { $0.prefix { $0 != "=" } } == ["request.timeout.ms", "auto.offset.reset", "max.partition.fetch.bytes"])
    let wrong = error(driver: Self.driver.replacing("enable.auto.commit=false", with: "enable.auto.commit=maybe"))
    #expect(wrong?.place.line == 17)
  }

  @Test func `Settings may be a mapping as well as a text`() throws {
    let mapping = Self.driver.replacing(
      "producerConfig: |\n  acks=all\n  # as much as a millisecond brings\n  linger.ms=1\n  batch.size=1048576",
      with: "producerConfig: { acks: all, linger.ms: 1, batch.size: 1048576, enable.idempotence: true }")
    #expect(
      try plan(driver: mapping).scenario.writtenSettings(ofEntry: 0)
        == ["request.timeout.ms=60000", "acks=all", "linger.ms=1", "batch.size=1048576", "enable.idempotence=true"])
    #expect(error(driver: mapping.replacing("linger.ms: 1", with: "linger: 1"))?.place.line == 10)
  }

  @Test func `Encryption and logins are refused, and plain connections are what there is`() throws {
    let secured = error(driver: Self.driver.replacing("request.timeout.ms=60000", with: "security.protocol=SSL"))
    #expect(secured?.problem.hasPrefix("security.protocol cannot be set here: connections are neither") == true)
    for part in ["request.timeout.ms=60000", "linger.ms=1", "auto.offset.reset=earliest"] {
      #expect(error(driver: Self.driver.replacing(part, with: "security.protocol=PLAINTEXT")) == nil, "\(part)")
    }
  }

  @Test func `A cluster that becomes larger for the replication factor is told`() throws {
    let plan = try plan(driver: Self.driver.replacing("replicationFactor: 3", with: "replicationFactor: 9"))
    #expect(plan.warnings.first == "replicationFactor is 9: the cluster has as many brokers, and not 3")
    #expect(try self.plan().warnings == [])
  }

  @Test func `A file that belongs elsewhere is named by what it is`() throws {
    let workload = "a workload file of the OpenMessaging Benchmark", driver = "a driver file of the OpenMessaging Benchmark"
    #expect(error(workload: Self.driver)?.problem == "this is \(driver), and \(workload) is wanted")
    #expect(error(workload: BenchRunTests.text)?.problem == "this is a scenario, and \(workload) is wanted")
    #expect(error(driver: Self.workload)?.problem == "this is \(workload), and \(driver) is wanted")
    let others: [(String, String)] = [
      (Self.workload, workload), (Self.driver, driver), ("gates: { g: lost == 0 }", "a file of gates"),
      ("heal: [true]\nkill: stop {host}", "a deeds file"),
      ("name: m\ndisk: { capacity: 10GB }", "a machine profile"), ("{ \"format\": 2, \"build\": \"1\", \"rows\": [] }", "a result"),
    ]
    for (text, words) in others {
      let path = try files.write(text, to: "given.yaml")
      let error = #expect(throws: ScenarioError.self) { try ScenarioLibrary.scenario(at: path) }
      #expect(error?.problem == "this is \(words), and a scenario is wanted")
    }
  }

  @Test func `A backlog that leaves no time for the test is refused, however large it is`() {
    let large = Self.workload.replacing("consumerBacklogSizeGB: 0", with: "consumerBacklogSizeGB: 100000")
    #expect(error(workload: large, duration: "1s")?.problem == "of a duration of 1s the test itself would take less than a millisecond")
    #expect(error(workload: large)?.problem.contains("records in all are too many") == true)
    #expect(error(workload: large.replacing("producerRate: 50000", with: "producerRate: 5"))?.problem.hasPrefix("the workload takes ") == true)
    let undrained = large.replacing("subscriptionsPerTopic: 2", with: "subscriptionsPerTopic: 0")
    #expect(error(workload: undrained)?.problem.hasSuffix("a backlog needs a consumer that drains it") == true)
  }

  @Test func `A higher request timeout in a driver also raises the delivery timeout`() throws {
    let patient = try plan(driver: Self.driver.replacing("request.timeout.ms=60000", with: "request.timeout.ms=300000"))
    #expect(patient.warnings.first == "produce-test-topic-0: delivery.timeout.ms was not set and is 300001ms, the sum of linger.ms and request.timeout.ms")
  }

  @Test func `Contradicting settings are reported in their file`() {
    let wrong = error(driver: Self.driver.replacing("linger.ms=1", with: "delivery.timeout.ms=1000"))
    #expect(wrong?.place.source.hasSuffix("driver.yaml") == true)
    #expect(wrong?.place.line == 13)
    #expect(wrong?.problem.hasPrefix("delivery.timeout.ms, linger.ms, request.timeout.ms contradict each other") == true)
  }

  @Test func `A driver of another system is refused`() {
    #expect(error(driver: Self.driver.replacing("kafka.KafkaBenchmarkDriver", with: "pulsar.PulsarBenchmarkDriver"))?.problem == "driverClass: only drivers for Kafka can run here")
  }

  @Test func `All mistakes of a workload file and of a driver file are reported`() throws {
    let workload = Self.workload.replacing("topics: 2", with: "topics: 0").replacing("messageSize: 1024", with: "messageSize: 1KB") + "\nproducers: 3"
    let found = error(workload: workload)?.all.map(\.problem) ?? []
    #expect(found == ["topics: 0 is out of range", "messageSize: expected a whole number, found '1KB'", "unknown key 'producers'"])
    let driver = Self.driver.replacing("replicationFactor: 3", with: "replicationFactor: three").replacing("acks=all", with: "acks=all\n  nonsense\n  acks=1")
    let inDriver = error(driver: driver)?.all.map(\.problem) ?? []
    #expect(inDriver == ["replicationFactor: expected a whole number, found 'three'", "'nonsense' is not a property", "acks is given twice"])
  }
}
