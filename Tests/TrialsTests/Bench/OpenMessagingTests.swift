import Primitives
import Testing
import Workloads

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

  func error(workload: String = Self.workload, driver: String = Self.driver) -> ScenarioError? {
    do {
      _ = try plan(workload: workload, driver: driver)
      return nil
    } catch {
      return error as? ScenarioError
    }
  }

  @Test func `a workload and its driver become a scenario`() throws {
    let scenario = try plan().scenario
    #expect(scenario.name == "1 producer / 1 consumers on 1 topic")
    #expect(scenario.topics.map(\.name) == ["test-topic-0", "test-topic-1"])
    #expect(scenario.topics.allSatisfy { $0.assignment == .automatic(partitions: 16, replicationFactor: 3) })
    #expect(scenario.topics[0].config.map { "\($0.name)=\($0.value)" } == ["min.insync.replicas=2", "flush.messages=1"])
    #expect(scenario.workload.map(\.processCount) == [1, 6, 1, 6])
    #expect(scenario.workload[0].config.map { "\($0.name)=\($0.value)" } == ["request.timeout.ms=60000", "acks=all", "linger.ms=1", "batch.size=1048576"])
    #expect(scenario.workload[1].config.map(\.name) == ["request.timeout.ms", "auto.offset.reset", "max.partition.fetch.bytes"])
    #expect(scenario.groupCount == 2)
    #expect(scenario.openRate == 50_000)
    #expect(scenario.duration == .seconds(16 * 60))
    #expect(scenario.measure.warmup == .seconds(60))
    #expect(scenario.measure.window == .seconds(10))
  }

  @Test func `a shorter duration shortens warm-up and backlog in proportion`() throws {
    let scenario = try plan(duration: "32s").scenario
    #expect(scenario.duration == .seconds(32))
    #expect(scenario.measure.warmup == .seconds(2))
    let backlog = try plan(workload: Self.workload.replacing("consumerBacklogSizeGB: 0", with: "consumerBacklogSizeGB: 10"), duration: "20s").scenario
    let built = 10 * 1_073_741_824.0 / 1_024 / 50_000
    #expect(abs(backlog.workload[1].start.seconds - (60 + built) * 20 / (960 + built)) < 0.001)
  }

  @Test func `without a driver file it runs with Kafka's defaults`() throws {
    let scenario = try plan(driver: nil).scenario
    #expect(scenario.workload[0].config.isEmpty)
    #expect(scenario.topics[0].assignment == .automatic(partitions: 16, replicationFactor: 3))
  }

  @Test func `randomised payloads are compressible by what is not random`() throws {
    let text = Self.workload.replacing(
      "payloadFile: \"payload/payload-1Kb.data\"", with: "useRandomizedPayloads: true\nrandomBytesRatio: 0.25\nrandomizedPayloadPoolSize: 1000")
    guard case .produce(let produce) = try plan(workload: text).scenario.workload[0].role else { throw error()! }
    #expect(produce.value.size == .fixed(1_024))
    #expect(produce.value.content == .compressible(0.75))
  }

  @Test(arguments: [("KEY_ROUND_ROBIN", KeyPlan.sequence(10_000)), ("RANDOM_NANO", .uniform(10_000)), ("NO_KEY", .none)])
  func `key distributors become keys`(word: String, keys: KeyPlan) throws {
    guard case .produce(let produce) = try plan(workload: Self.workload + "\nkeyDistributor: \(word)").scenario.workload[0].role else { throw error()! }
    #expect(produce.keys == keys)
  }

  @Test func `a rate of zero is searched for`() throws {
    let plan = try plan(workload: Self.workload.replacing("producerRate: 50000", with: "producerRate: 0"))
    #expect(plan.isSearch)
    #expect(plan.objectives.map(\.text) == OpenMessagingWorkload.objectives)
    #expect(try !self.plan().isSearch)
  }

  @Test func `an unknown key is told with its place and the nearest one`() {
    let inWorkload = error(workload: Self.workload.replacing("messageSize", with: "mesageSize"))
    #expect(inWorkload?.place.line == 4)
    #expect(inWorkload?.remedy == "Did you mean 'messageSize'?")
    #expect(error(workload: Self.workload.replacing("messageSize: 1024\n", with: ""))?.problem == "'messageSize' is missing")
    let extra = error(workload: Self.workload + "\nproducerRates: 3")
    #expect(extra?.place.line == 12)
    #expect(extra?.remedy == "Did you mean 'producerRate'?")
    #expect(error(driver: Self.driver + "\nreplicationFaktor: 3")?.remedy == "Did you mean 'replicationFactor'?")
  }

  @Test func `an unknown property is told at its line`() {
    let producer = error(driver: Self.driver.replacing("linger.ms=1", with: "linger=1"))
    #expect(producer?.place.line == 13)
    let common = error(driver: Self.driver.replacing("request.timeout.ms", with: "request.timeout"))
    #expect(common?.place.line == 9)
    #expect(common?.remedy == "Did you mean 'request.timeout.ms'?")
    #expect(error(driver: Self.driver.replacing("linger.ms=1", with: "linger.ms"))?.problem == "'linger.ms' is not a property")
  }

  @Test func `a driver of another system is refused`() {
    #expect(error(driver: Self.driver.replacing("kafka.KafkaBenchmarkDriver", with: "pulsar.PulsarBenchmarkDriver"))?.problem == "driverClass: only drivers for Kafka can run here")
  }

  @Test func `all mistakes of a workload file are told, and all of a driver file`() throws {
    let workload = Self.workload.replacing("topics: 2", with: "topics: 0").replacing("messageSize: 1024", with: "messageSize: 1KB") + "\nproducers: 3"
    let found = error(workload: workload)?.all.map(\.problem) ?? []
    #expect(found == ["topics: 0 is out of range", "messageSize: expected a whole number, found '1KB'", "unknown key 'producers'"])
    let driver = Self.driver.replacing("replicationFactor: 3", with: "replicationFactor: three").replacing("acks=all", with: "acks=all\n  nonsense\n  acks=1")
    let inDriver = error(driver: driver)?.all.map(\.problem) ?? []
    #expect(inDriver == ["replicationFactor: expected a whole number, found 'three'", "'nonsense' is not a property", "acks is given twice"])
  }

  @Test func `a workload and a driver file are checked by themselves`() throws {
    let right = try FileCheck(files.write(Self.workload, to: "workload.yaml")), driver = try FileCheck(files.write(Self.driver, to: "driver.yaml"))
    #expect(right.kind == .workload && right.mistakes.isEmpty)
    #expect(driver.kind == .driver && driver.mistakes.isEmpty)
    let wrong = try FileCheck(files.write(Self.driver.replacing("acks=all", with: "acks=7"), to: "wrong.yaml"))
    #expect(wrong.mistakes.map(\.problem) == ["acks=7 is not valid: expected one of all, -1, 0, 1"])
    #expect(wrong.mistakes.map(\.place.line) == [11])
    let machine = try FileCheck(files.write("name: m\ndisk: { capacity: 0B }", to: "machine.yaml"))
    #expect(machine.kind == .machine && machine.mistakes.map(\.place.line) == [2])
    #expect(FileCheck(files.folder + "/none.yaml").mistakes.map(\.problem) == ["there is no such file"])
  }

  @Test func `every file that ships is right`() throws {
    let root = TrialTests.root.path
    let checks = try ["/scenarios", "/Sources/Trials/Machines"].flatMap { try FileCheck.files(below: root + $0) }.map { FileCheck($0) }
    #expect(checks.count >= 30)
    for check in checks { #expect(check.mistakes == [], "\(check.file)") }
    #expect(Set(checks.compactMap(\.kind)) == [.scenario, .machine, .workload, .driver])
  }
}
