import Client
import Foundation
import Primitives
import Testing
import Workloads

@testable import Scenarios
@testable import Trials

@Suite struct WorkloadReaderTests {
  func scenario(_ workload: String, measure: String = "", file: String = "example.yaml", overrides: [String] = []) throws -> Scenario {
    let text = """
      name: example
      about: An example.
      topics: [{ name: t, partitions: 4 }, { name: u, partitions: 2 }]
      workload:
        - \(workload)
      duration: 20s
      \(measure)
      """
    return try ScenarioReader.read(text: text, file: file, overrides: overrides)
  }

  func produce(_ entries: String) throws -> SendPlan {
    try #require(try scenario("produce: { topic: t, \(entries) }").workload[0].application.sendPlan)
  }

  func error(_ workload: String, measure: String = "") -> ScenarioError? {
    do {
      _ = try scenario(workload, measure: measure)
      return nil
    } catch { return error as? ScenarioError }
  }

  @Test func `Members of a group read as written, and each is a process`() throws {
    let plan = try scenario(
      "consume: { group: g, topics: [t, u], members: 3, commit: { every: 100 }, process: { per-record: 2ms }, static: true, assignor: sticky }").workload[0]
    let members = try #require((plan.application as? ConsumeEntry)?.members)
    #expect((members.group, members.commits, members.timePerRecord) == ("g", .every(100), .milliseconds(2)))
    #expect((plan.processCount, plan.groupCount) == (3, 1))
    #expect(plan.application.partitions(readBy: 0, among: [TopicPartition("t", 0)]) == [], "the group says who reads what")
    let configuration = members.configuration(of: "consume-2", try #require(plan.application.consumer))
    #expect((configuration.groupID, configuration.groupInstanceID, configuration.commitsAutomatically) == ("g", "consume-2", false))
    #expect(configuration.assignors.map(\.name) == ["sticky"])
    let simple = try scenario("consume: { group: g, topic: t }").workload[0]
    let one = try #require((simple.application as? ConsumeEntry)?.members)
    #expect((one.count, one.commits, one.areStatic) == (1, .automatic, false))
    #expect(try (scenario("consume: { topic: t }").workload[0].application as? ConsumeEntry)?.members == nil)
  }

  @Test func `A group has the protocol and the assignor as written`() throws {
    func configuration(_ entries: String) throws -> ConsumerConfiguration {
      let application = try #require(try scenario("consume: { topic: t, group: g, \(entries) }").workload[0].application as? ConsumeEntry)
      return try #require(application.members).configuration(of: "m", application.configuration)
    }
    #expect(try configuration("members: 1").groupProtocol == .classic)
    let modern = try configuration("protocol: consumer, assignor: range")
    #expect((modern.groupProtocol, modern.remoteAssignor) == (.consumer, "range"))
    #expect(try configuration("protocol: consumer").remoteAssignor == nil)
    #expect(try configuration("config: { group.protocol: consumer }, assignor: uniform").remoteAssignor == "uniform")
    #expect(try configuration("protocol: classic, assignor: roundrobin").assignors.map(\.name) == ["roundrobin"])
  }

  @Test func `A pattern subscribes to the topics that it matches completely`() throws {
    func subscription(_ text: String) throws -> (topics: [String], pattern: String?) {
      let application = try #require(try scenario("consume: { group: g, subscribe: \(text) }").workload[0].application as? ConsumeEntry)
      return (application.topics, application.subscription?.pattern)
    }
    #expect(try subscription("[u, t]") == (["u", "t"], nil))
    #expect(try subscription("u") == (["u"], nil))
    #expect(try subscription("{ pattern: \"[a-z]\" }") == (["t", "u"], "[a-z]"))
    #expect(try subscription("{ pattern: t.* }") == (["t"], "t.*"))
  }

  @Test(arguments: [
      ("group: g, subscribe: v", "subscribe: there is no topic 'v'"), ("group: g, subscribe: []", "subscribe: expected different topics"),
      ("group: g, subscribe: { pattern: \"(\" }", "subscribe.pattern: '(' is not a regular expression"),
      ("group: g, subscribe: { pattern: x.* }", "subscribe.pattern: no topic matches 'x.*'"),
      ("group: g, topic: t, subscribe: u", "subscribe and topics exclude each other"), ("topic: t, subscribe: t", "unknown key 'subscribe'"),
    ])
  func `Impossible subscriptions are refused`(entries: String, problem: String) {
    let told = error("consume: { \(entries) }")
    #expect(told.map { "\($0)".contains(problem) } == true, "\(told.map { "\($0)" } ?? "nothing")")
  }

  @Test(arguments: [
      ("group: g, commit: never", "'never' is not a way to commit"), ("group: g, assignor: fair", "there is no assignor 'fair'"),
      ("group: g, groups: 2", "groups"), ("group: g, clients: 2", "clients"), ("members: 2", "members"), ("group: g, commit: { every: 0 }", "0"),
      ("group: g, protocol: modern", "unknown word 'modern'"), ("protocol: consumer", "unknown key 'protocol'"),
      ("group: g, protocol: consumer, assignor: sticky", "there is no assignor 'sticky' in a group of the protocol 'consumer'"),
      ("group: g, protocol: consumer, config: { group.protocol: classic }", "the entry says group.protocol in words of its own"),
      ("group: g, protocol: consumer, config: { session.timeout.ms: 6s }", "groups of the protocol 'consumer' have no such setting"),
    ])
  func `Impossible groups are refused`(entries: String, problem: String) {
    let told = error("consume: { topic: t, \(entries) }")
    #expect(told.map { "\($0)".contains(problem) } == true, "\(told.map { "\($0)" } ?? "nothing")")
  }

  @Test(arguments: [
      ("rate: 200k/s", .constant(.perSecond(200_000))), ("rate: 0.5/s", .constant(Rate(microrecordsPerSecond: 500_000))),
      ("rate: 6000/m", .constant(.perSecond(100))), ("outstanding: 1000", .closed(outstanding: 1_000)), ("load: saturating", .saturating),
      ("load: { poisson: 50k/s }", .poisson(.perSecond(50_000))),
      ("load: { steps: [{ rate: 10k/s, for: 5s }, { rate: 0/s }] }", .steps([RateStep(.perSecond(10_000), for: .seconds(5)), RateStep(.zero)])),
      ("load: { ramp: { from: 1k/s, to: 100k/s, over: 30s } }", .ramp(from: .perSecond(1_000), to: .perSecond(100_000), over: .seconds(30))),
      (
        "load: { burst: { base: 1k/s, peak: 50k/s, every: 5s, for: 500ms } }",
        .burst(base: .perSecond(1_000), peak: .perSecond(50_000), every: .seconds(5), lasting: .milliseconds(500))
      ),
      ("load: { diurnal: { mean: 10k/s, amplitude: 0.8, period: 60s } }", .diurnal(mean: .perSecond(10_000), amplitude: 0.8, period: .seconds(60))),
      ("records: 5", .constant(.perSecond(100))),
    ] as [(String, LoadShape)])
  func `Each shape of load reads as written`(text: String, load: LoadShape) throws { #expect(try produce(text).load == load) }

  @Test(arguments: [
      ("1KiB", ValuePlan(size: .fixed(1_024))), ("{ size: 2KB }", ValuePlan(size: .fixed(2_000))), ("{ content: json }", ValuePlan(content: .json)),
      ("{ size: 1KiB, content: log }", ValuePlan(size: .fixed(1_024), content: .log)), ("{ content: avro }", ValuePlan(content: .avro)),
      ("{ content: { compressible: 0.5 } }", ValuePlan(content: .compressible(0.5))),
      (
        "{ size: { buckets: { 100B: 80, 1KiB: 20 } } }",
        ValuePlan(size: .buckets([SizeBucket(size: 100, weight: 80), SizeBucket(size: 1_024, weight: 20)]))
      ),
      (
        "{ size: { lognormal: { median: 1KiB, sigma: 0.8, max: 100KiB } } }",
        ValuePlan(size: .lognormal(median: 1_024, sigma: 0.8, maximum: 102_400))
      ),
    ])
  func `Each kind of value reads as written`(text: String, plan: ValuePlan) throws { #expect(try produce("value: \(text)").value == plan) }

  @Test(arguments: [
      ("none", .none), ("20", .uniform(20)), ("{ uniform: 20 }", .uniform(20)), ("{ zipf: 1000, exponent: 1.2 }", .zipf(1_000, exponent: 1.2)),
      ("{ zipf: 1000 }", .zipf(1_000, exponent: 0.99)), ("{ single: k }", .single("k")), ("{ sequence: 7 }", .sequence(7)),
    ] as [(String, KeyPlan)])
  func `Each kind of keys reads as written`(text: String, plan: KeyPlan) throws { #expect(try produce("keys: \(text)").keys == plan) }

  @Test func `A fraction of the records are tombstones, and none by default`() throws {
    #expect(try produce("keys: 20, tombstones: 0.05").tombstones == 0.05)
    #expect(try produce("keys: 20").tombstones == 0 && produce("tombstones: 0").tombstones == 0)
  }

  @Test(arguments: [
      ("rate: 1/s, outstanding: 5", "exclude each other"), ("rate: 1/s, load: saturating", "exclude each other"),
      ("load: saturated", "unknown word 'saturated'"), ("load: { poisson: 1/s, steps: [{ rate: 1/s }] }", "expected one shape"),
      ("load: {}", "expected one shape"), ("load: { poisson: 0/s }", "is too little"),
      ("load: { poison: 1/s }", "unknown key 'poison'"), ("load: { steps: [] }", "there are no steps"),
      ("load: { steps: [{ rate: 1/s }, { rate: 2/s }] }", "must be the last one"), ("load: { ramp: { from: 1/s, to: 2/s } }", "'over' is missing"),
      ("load: { burst: { base: 1/s, peak: 2/s, every: 1s, for: 1s } }", "shorter than its period"),
      ("load: { diurnal: { mean: 1/s, amplitude: 1.5, period: 1s } }", "out of range"), ("rate: 2G/s", "is not a rate"),
      ("rate: 2000M/s", "is too much"), ("value: 15B", "a value of 15 bytes"), ("value: { size: 1KiB, content: jsn }", "unknown word 'jsn'"),
      ("value: { content: { compressible: 2 } }", "out of range"), ("value: { content: { compressible: half } }", "expected a number"),
      ("value: { size: { buckets: {} } }", "expected sizes"), ("value: { size: { buckets: { 100: 1 } } }", "'100' is not a size"),
      ("value: { size: { lognormal: { median: 1KiB, sigma: 0.5, max: 100B } } }", "shorter than the median"),
      ("value: { size: {} }", "expected one kind of size"), ("value: { content: {} }", "expected one kind of content"),
      ("value: { content: { file: none.txt } }", "there is no file none.txt"), ("keys: many", "expected a whole number"),
      ("keys: { zipf: 10, uniform: 10 }", "expected one kind of keys"), ("keys: { uniform: 10, exponent: 1 }", "only zipf has an exponent"),
      ("tombstones: 0.1", "a tombstone deletes a key"), ("tombstones: 5%", "expected a number"), ("keys: 5, tombstones: 1.5", "out of range"),
      ("keys: { zipf: 2000000 }", "out of range"), ("topics: [u]", "topic and topics exclude each other"), ("clients: 0", "out of range"),
      ("partition: 4", "out of range"),
    ])
  func `Impossible entries are refused with a remedy`(text: String, problem: String) {
    let error = error("produce: { topic: t, \(text) }")
    #expect(error?.problem.contains(problem) == true, "\(String(describing: error))")
    #expect(error?.place.line == 5 && error?.remedy.isEmpty == false)
  }

  @Test func `An entry may have several topics, and needs at least one`() throws {
    #expect(try scenario("produce: { topics: [t, u] }").workload[0].topics == ["t", "u"])
    #expect(try scenario("consume: { topics: [u, t] }").workload[0].topics == ["u", "t"])
    #expect(error("produce: { topics: [t, t] }")?.problem.contains("different topics") == true)
    #expect(error("produce: { topics: [t, v] }")?.problem.contains("there is no topic 'v'") == true)
    #expect(error("consume: {}")?.problem.contains("'topic' is missing") == true)
    #expect(error("produce: { topics: [t, u], partition: 2 }")?.problem.contains("out of range") == true)
  }

  @Test func `Each group of a consume entry reads everything, with the partitions divided among its clients`() throws {
    let scenario = try scenario("consume: { topics: [t, u], clients: 2, groups: 3, from: 5s }")
    let plan = scenario.workload[0]
    #expect(plan.processCount == 6 && plan.groupCount == 3 && plan.start == .seconds(5))
    #expect(scenario.partitions(of: plan).map(\.description) == ["t-0", "t-1", "t-2", "t-3", "u-0", "u-1"])
  }

  @Test func `The lines of a file are values, and its path is relative to the scenario`() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("trial-payload-\(ProcessInfo.processInfo.processIdentifier)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data("one\r\n\ntwo\n".utf8).write(to: folder.appendingPathComponent("lines.txt"))
    try Data("\n".utf8).write(to: folder.appendingPathComponent("empty.txt"))
    let file = folder.appendingPathComponent("example.yaml").path
    var scenario = try scenario("produce: { topic: t, value: { content: { file: lines.txt } } }", file: file)
    let expected = ValueContent.lines([Bytes("one"), Bytes("two")])
    #expect(scenario.workload[0].application.sendPlan?.value.content == expected)
    #expect(throws: ScenarioError.self) { try self.scenario("produce: { topic: t, value: { content: { file: empty.txt } } }", file: file) }
    #expect(throws: ScenarioError.self) { try self.scenario("produce: { topic: t, value: { size: 1KiB, content: { file: lines.txt } } }", file: file) }

    scenario = try self.scenario("produce: { topic: t, value: 1KiB }")
    let place = Place(source: "--payload-file")
    try scenario.replacePayload(withLinesOf: folder.appendingPathComponent("lines.txt").path, at: place)
    #expect(scenario.workload[0].application.sendPlan?.value.content == expected)
    #expect { try scenario.replacePayload(withLinesOf: "/nowhere", at: place) } throws: { ($0 as? ScenarioError)?.place == place }
  }

  @Test func `Room is made for the records that a file names or that its rate makes, and for no more than four million`() throws {
    func room(_ workload: String) throws -> Int { try scenario(workload, overrides: ["duration=10s"]).roomForRecords }
    #expect(try room("produce: { topic: t, rate: 100/s }") == 1_000)
    #expect(try room("produce: { topic: t, rate: 100/s, records: 30, clients: 2 }") == 60)
    #expect(try room("produce: { topic: t, records: 50, outstanding: 5, clients: 2 }") == 100)
    #expect(try room("produce: { topic: t, outstanding: 5 }") == 0)
    #expect(try room("produce: { topic: t, rate: 10M/s }") == 1 << 22)
  }

  @Test func `The measured window has defaults that depend on the duration`() throws {
    let workload = "produce: { topic: t }"
    #expect(try scenario(workload).measure == MeasurePlan(warmup: .seconds(2), window: .seconds(1)))
    #expect(try scenario(workload, overrides: ["duration=100s"]).measure.warmup == .seconds(5))
    #expect(try scenario(workload, measure: "measure: { warmup: 3s }").measure.warmup == .seconds(3))
    #expect(try scenario(workload, measure: "measure: { warmup: 3s }").measure.window == .seconds(1))
    #expect(try scenario(workload, measure: "measure: { window: 100ms, warmup: 0s }").measure.warmup == .zero)
    #expect(try scenario(workload, measure: "measure: { window: 100ms, warmup: 0s }").measure.window == .milliseconds(100))
    let counted = "produce: { topic: t, records: 5, load: saturating }"
    #expect(try scenario(counted, measure: "measure: { warmup: 0s }").measuresAllRecords)
    #expect(try scenario(counted).measuresAllRecords)
    #expect(try !scenario(counted, measure: "measure: { warmup: 1s }").measuresAllRecords)
    #expect(error("produce: { topic: t, rate: max }")?.remedy.contains("load: saturating") == true)
    #expect(error(workload, measure: "measure: { warmup: 20s }")?.problem.contains("nothing is left to measure") == true)
    #expect(error(workload, measure: "measure: { window: 0s }")?.problem.contains("not possible") == true)
    #expect(error(workload, measure: "measure: { warmpu: 1s }")?.remedy == "Did you mean 'warmup'?")
  }

  @Test func `Every group receives every record once, whatever the shapes of load`() throws {
    let text = """
      name: example
      about: An example.
      topics: [{ name: t, partitions: 4 }, { name: u, partitions: 2 }]
      workload:
        - produce:
            topics: [t, u]
            clients: 2
            load: { burst: { base: 20/s, peak: 200/s, every: 1s, for: 200ms } }
            value: { size: 300B, content: json }
            keys: { zipf: 10 }
        - consume: { topics: [t, u], clients: 2, groups: 2, from: 1s }
      duration: 3s
      """
    let result = try Trial(ScenarioReader.read(text: text, file: "example.yaml"), options: Trial.Options(seed: 1)).run()
    #expect(result.delivery.sent == 3 * (16 + 40) && result.delivery.acked == result.delivery.sent)
    #expect(result.verdicts.allSatisfy { $0.conclusion != .violated })
  }
}
