import Measurement
import Primitives
import Results
import Testing
import Workloads

@testable import Bench
@testable import Scenarios
@testable import Trials

/// What `--vary` makes of a scenario.
@Suite struct VariedSettingTests {
  static let text = """
    name: example
    about: An example.
    topics:
      - { name: t, replicas: [[1, 2, 3], [2, 3, 1]] }
      - { name: u, partitions: 4, replicas: 2, config: { segment.bytes: 1MiB } }
    workload:
      - produce: { topic: t, rate: 300/s, value: { size: 1KiB, content: json } }
      - produce: { topic: u, rate: 100/s, config: { acks: all } }
      - consume: { topic: t }
    duration: 10s
    variants:
      short: { duration: 5s }
    """

  let files = TemporaryFiles()

  func plan(_ varied: String..., text: String = Self.text, change: (inout BenchRequest) -> Void = { _ in }) throws -> BenchPlan {
    var request = BenchRequest(file: try files.write(text, to: "example.yaml"))
    request.varied = try varied.map { try VariedSetting(option: $0) }
    change(&request)
    return try BenchPlan(request)
  }

  func error(_ varied: String...) -> ScenarioError? {
    do {
      var request = BenchRequest(file: try files.write(Self.text, to: "example.yaml"))
      request.varied = try varied.map { try VariedSetting(option: $0) }
      _ = try BenchPlan(request)
      return nil
    } catch {
      return error as? ScenarioError
    }
  }

  @Test func `All combinations run, the last setting changing fastest`() throws {
    let plan = try plan("acks=1,all", "linger.ms=0,5,20")
    #expect(plan.rowCount == 6)
    #expect((0..<6).map(plan.name) == [
      "acks=1 linger.ms=0", "acks=1 linger.ms=5", "acks=1 linger.ms=20", "acks=all linger.ms=0", "acks=all linger.ms=5", "acks=all linger.ms=20",
    ])
  }

  @Test func `A benchmark that varies nothing has one row`() throws {
    let plan = try plan()
    #expect(plan.rowCount == 1)
    #expect(plan.name(ofRow: 0) == "")
  }

  @Test func `A setting applies to the first that have it`() throws {
    let plan = try plan("linger.ms=7", "fetch.min.bytes=9", "flush.messages=1", "broker.session.timeout.ms=6000")
    let scenario = try plan.scenario(ofRow: 0)
    #expect(scenario.writtenSettings(ofEntry: 0) == ["linger.ms=7"])
    #expect(scenario.writtenSettings(ofEntry: 1) == ["acks=all", "linger.ms=7"])
    #expect(scenario.writtenSettings(ofEntry: 2) == ["fetch.min.bytes=9"])
    #expect(scenario.workload.map(\.application.producer?.linger) == [.milliseconds(7), .milliseconds(7), nil])
    #expect(scenario.topics.map { $0.config.map(\.name) } == [["flush.messages"], ["segment.bytes", "flush.messages"]])
    #expect(scenario.cluster.config.map(\.name) == ["broker.session.timeout.ms"])
  }

  @Test func `Shorthands change every entry that has them`() throws {
    let plan = try plan("partitions=6", "replication.factor=1", "message.size=2KiB", "clients=2", "consumers=3", "groups=4", "brokers=5")
    let scenario = try plan.scenario(ofRow: 0)
    #expect(scenario.topics.map(\.assignment) == [.automatic(partitions: 6, replicationFactor: 1), .automatic(partitions: 6, replicationFactor: 1)])
    #expect(scenario.workload.map(\.processCount) == [2, 2, 12])
    #expect(scenario.workload[2].groupCount == 4)
    #expect(scenario.cluster.brokers == 5)
    #expect(scenario.workload.compactMap(\.application.sendPlan).map(\.value.size) == [.fixed(2_048), .fixed(2_048)])
  }

  @Test func `With more partitions, the number of replicas from lists is kept`() throws {
    let scenario = try plan("partitions=6").scenario(ofRow: 0)
    #expect(scenario.topics.map(\.assignment) == [.automatic(partitions: 6, replicationFactor: 3), .automatic(partitions: 6, replicationFactor: 2)])
  }

  @Test func `A rate is divided in the proportions of the file`() throws {
    let scenario = try plan("rate=1k/s").scenario(ofRow: 0)
    let loads = scenario.workload.compactMap(\.application.sendPlan).map(\.load)
    #expect(loads == [.constant(.perSecond(750)), .constant(.perSecond(250))])
    #expect(scenario.openRate == 1_000)
  }

  @Test func `A path names a place in the file`() throws {
    let scenario = try plan("workload.0.produce.rate=5/s", "topics[1].partitions=8").scenario(ofRow: 0)
    #expect(scenario.workload[0].application.sendPlan?.load == .constant(.perSecond(5)))
    #expect(scenario.topics[1].partitionCount == 8)
  }

  @Test func `A variant can be varied`() throws {
    #expect(try plan("variant=short").scenario(ofRow: 0).duration == .seconds(5))
    let refused = #expect(throws: ScenarioError.self) { try plan("variant=short") { $0.variant = "short" } }
    #expect(refused?.problem.contains("the variant is what is varied") == true)
  }

  @Test func `Requested settings replace those that the scenario varies`() throws {
    let text = Self.text + "\nvary: { acks: [0, 1], linger.ms: 5 }"
    #expect(try plan(text: text).varied == [VariedSetting(key: "acks", values: ["0", "1"]), VariedSetting(key: "linger.ms", values: ["5"])])
    #expect(try plan("batch.size=1,2", text: text).varied.map(\.key) == ["batch.size"])
  }

  @Test func `An unknown key is reported with the nearest one`() {
    #expect(error("ack=1")?.remedy == "Did you mean 'acks'?")
    #expect(error("linger=1")?.problem == "there is nothing named 'linger' to vary")
    #expect(error("workload.0.produce.rat=1/s")?.remedy == "Did you mean 'rate'?")
  }

  @Test func `An impossible value is reported before anything runs`() {
    #expect(error("acks=1,2")?.problem.contains("acks=2 is not valid") == true)
    #expect(error("replication.factor=4")?.problem.contains("4 replicas on 3 brokers") == true)
    #expect(error("acks=1", "acks=all")?.problem == "acks is varied twice")
    #expect(error("acks=1,1")?.problem == "the value 1 is listed twice")
    #expect(error("acks=")?.problem == "a value is missing")
    #expect(error("acks")?.problem == "this is not KEY=VALUE,VALUE")
  }

  @Test func `Commas within brackets belong to a value`() throws {
    #expect(try VariedSetting(option: "topics[0].replicas=[[1, 2]],[[1]]").values == ["[[1, 2]]", "[[1]]"])
  }

  @Test func `The command that repeats a benchmark is complete`() throws {
    let plan = try plan("acks=1,all") {
      $0.seeds = 7...7
      $0.overrides = ["duration=3s"]
      $0.objectives = ["publish.p99 <= 20ms"]
    }
    #expect(plan.request.command.hasSuffix("example.yaml --set duration=3s --vary acks=1,all --search 'publish.p99 <= 20ms' --seed 7"))
    #expect(plan.request.command(of: plan.settings(ofRow: 1), seed: 7).contains("--vary acks=all "))
  }
}
