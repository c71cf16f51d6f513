import Primitives
import Testing
import Workloads

@testable import Scenarios
@testable import Trials

@Suite struct ScenarioReaderTests {
  static let text = """
    name: example
    about: An example.
    cluster:
      brokers: 3
      config: { min.insync.replicas: 2 }
      switches: { truncation: highWatermark }
    topics:
      - { name: t, replicas: [[1, 2, 3]], config: { segment.bytes: 1MiB } }
    workload:
      - produce: { clients: 1, topic: t, rate: 100/s, value: 100B, config: { acks: all } }
      - consume: { clients: 1, topic: t }
    faults:
      - { at: 2s, name: held, hold: { api: Fetch, response: true, from: leader(t-0), to: [2, 3] } }
      - { at: 2.1s, isolate: leader(t-0) }
      - { after: election(t-0) + 300ms, do: crash, node: 2 }
      - { after: "isr(t-0, [3])", release: held }
      - { from: 10s, to: 40s, random: { profile: harsh, keep: one-legal-copy } }
    duration: 60s
    expect:
      violates: [lost-write, replica-divergence]
    variants:
      fixed: { cluster.switches.truncation: leaderEpoch, cluster.config.min.insync.replicas: 1, expect: { holds: all } }
    """

  func read(_ text: String, variant: String? = nil, overrides: [String] = []) throws -> Scenario {
    try ScenarioReader.read(text: text, file: "example.yaml", variant: variant, overrides: overrides)
  }

  func error(in text: String, overrides: [String] = []) -> ScenarioError? {
    do {
      _ = try read(text, overrides: overrides)
      return nil
    } catch {
      return error as? ScenarioError
    }
  }

  func error(replacing old: String, with new: String) -> ScenarioError? {
    var text = Self.text
    let range = text.range(of: old)!
    text.replaceSubrange(range, with: new)
    return error(in: text)
  }

  @Test func `The example reads as written`() throws {
    let scenario = try read(Self.text)
    #expect(scenario.cluster.brokers == 3)
    #expect(scenario.topics[0].assignment == .manual([[1, 2, 3]]))
    #expect(scenario.duration == .seconds(60))
    #expect(scenario.faults.map(\.name) == ["held", "isolate", "crash", "release", "random"])
    #expect(scenario.faults[1].deed as? NetworkDeed == .isolate([.leader(TopicPartition("t", 0))]))
    #expect(scenario.faults[2].start == .instant(.election(TopicPartition("t", 0), times: 1), plus: .milliseconds(300)))
    #expect(scenario.faults[2].deed as? ProcessDeed == .kill([.broker(2)]))
    #expect(scenario.faults[3].start == .instant(.isr(TopicPartition("t", 0), [3]), plus: .zero))
    #expect(scenario.expectation.violates == ["lost-write", "replica-divergence"])
    #expect(scenario.workload[0].application.sendPlan?.load == .constant(.perSecond(100)))
  }

  @Test func `A variant changes what it names and nothing else`() throws {
    let scenario = try read(Self.text, variant: "fixed")
    #expect(scenario.cluster.switches.map(\.value) == ["leaderEpoch"])
    #expect(scenario.cluster.config.map(\.value) == ["1"])
    #expect(scenario.expectation.holds == .all)
    #expect(scenario.expectation.violates.isEmpty)
  }

  @Test func `Overrides reach into lists and add settings`() throws {
    let scenario = try read(Self.text, overrides: ["topics[0].config.retention.ms=5", "cluster.brokers=5", "faults[1].at=3s"])
    #expect(scenario.topics[0].config.map(\.name) == ["segment.bytes", "retention.ms"])
    #expect(scenario.cluster.brokers == 5)
    #expect(scenario.faults[1].start == .time(.seconds(3)))
  }

  @Test func `Single brokers may have settings of their own, which override those of all`() throws {
    let overrides = ["cluster.config.log.flush.interval.messages=5", "cluster.broker-config.2.log.flush.interval.messages=1", "cluster.broker-config.3.broker.rack=far"]
    let scenario = try read(Self.text, overrides: overrides)
    #expect(scenario.cluster.settings(ofBroker: 2).map(\.name) == ["log.flush.interval.messages"])
    #expect(scenario.settings.brokerConfigurations.map(\.log.flushMessages) == [5, 1, 5])
    #expect(scenario.settings.brokerConfigurations.map(\.rack) == [nil, nil, "far"])
    let copies = try read(Self.text, overrides: ["cluster.broker-config.3.min.insync.replicas=1"]).settings.minimumCopies
    #expect(copies == ["t": 1], "of brokers that differ, the least is promised")
  }

  @Test func `Each broker is in the rack at its position`() throws {
    let scenario = try read(Self.text, overrides: ["cluster.racks=[a, b, a]"])
    #expect(scenario.cluster.racks == ["a", "b", "a"])
    #expect(scenario.settings.brokerConfigurations.map(\.rack) == ["a", "b", "a"])
    #expect(try read(Self.text).settings.brokerConfigurations.map(\.rack) == [nil, nil, nil])
    let error = error(in: Self.text, overrides: ["cluster.racks=[a, b, a]", "cluster.brokers=4"])
    #expect(error?.problem == "cluster.racks: 3 racks for 4 brokers")
  }

  @Test func `The first voters are some of the controllers, where the voters can be changed`() throws {
    let changes = ["cluster.controllers=5", "cluster.features.kraft.version=1"]
    let all = try read(Self.text, overrides: changes)
    #expect(all.cluster.firstVoters == [1, 2, 3, 4, 5] && all.cluster.hasDynamicQuorum)
    let some = try read(Self.text, overrides: changes + ["cluster.voters=[3, 1]"])
    #expect(some.cluster.firstVoters == [1, 3])
    let now = Timestamp(milliseconds: 0)
    func files(_ controller: Int, _ scenario: Scenario) -> [String] { scenario.settings.filesOfController(controller, seed: 1, at: now).map(\.path) }
    #expect(files(1, some) == ["meta.properties", "__cluster_metadata-0/00000000000000000000-0000000000.checkpoint"])
    #expect(files(2, some) == ["meta.properties"])
    #expect(files(1, try read(Self.text, overrides: ["cluster.controllers=3"])) == [])
    // Voters of the configuration that can be upgraded have directories, and no voters in them.
    let upgradable = try read(Self.text, overrides: ["cluster.controllers=3", "cluster.features.kraft.version=0", "cluster.voters=[1, 2]"])
    #expect(files(1, upgradable) == ["meta.properties"] && files(3, upgradable) == ["meta.properties"])
    #expect(ClusterSettings.directoryID(ofController: 1, seed: 1) != ClusterSettings.directoryID(ofController: 2, seed: 1))
    #expect(ClusterSettings.directoryID(ofController: 1, seed: 1) != ClusterSettings.directoryID(ofController: 1, seed: 2))
    for (overrides, problem) in [
      (["cluster.controllers=3", "cluster.voters=[1, 2]"], "cluster.voters: all controllers are voters where the features do not name kraft.version"),
      (changes + ["cluster.voters=[1, 1]"], "cluster.voters: a controller is listed twice"),
      (changes + ["cluster.voters=[]"], "cluster.voters: a quorum needs a voter"),
    ] { #expect(error(in: Self.text, overrides: overrides)?.problem == problem) }
    #expect(error(in: Self.text, overrides: changes + ["cluster.voters=[6]"]) != nil)
    let joins = "cluster.config.controller.quorum.auto.join.enable=true"
    #expect(try read(Self.text, overrides: changes + [joins]).cluster.config.contains { $0.name == "controller.quorum.auto.join.enable" })
    #expect(error(in: Self.text, overrides: [joins])?.problem == "'controller.quorum.auto.join.enable' has no effect with kraft.version 0")
    #expect(error(in: Self.text, overrides: changes + ["cluster.config.controller.quorum.voters=1@controller-1:9093"]) != nil)
  }

  @Test func `A misspelled key is reported with its place and the nearest known one`() {
    let error = error(replacing: "brokers: 3", with: "brokres: 3")
    #expect(error?.place == Place(source: "example.yaml", line: 4, column: 3))
    #expect(error?.problem == "unknown key 'brokres' in cluster")
    #expect(error?.remedy == "Did you mean 'brokers'?")
  }

  @Test(arguments: [
    ("duration: 60s", "duration: 60", "duration: '60' is not a duration"), ("duration: 60s", "duration: 60sec", "duration: '60sec' is not a duration"),
    ("rate: 100/s", "rate: 100", "workload[0].produce.rate: '100' is not a rate"), ("value: 100B", "value: 100", "workload[0].produce.value: '100' is not a size"),
  ])
  func `A wrong unit is refused`(old: String, new: String, problem: String) {
    #expect(error(replacing: old, with: new)?.problem == problem)
  }

  @Test(arguments: [
    ("replicas: [[1, 2, 3]]", "replicas: [[1, 2, 4]]", "there is no broker 4"), ("replicas: [[1, 2, 3]]", "replicas: 5", "5 replicas on 3 brokers are impossible"),
    ("replicas: [[1, 2, 3]]", "replicas: [[1, 1]]", "different brokers"), ("do: crash, node: 2", "do: crash, node: 7", "there is no broker 7"),
    ("isolate: leader(t-0)", "isolat: leader(t-0)", "there is no fault 'isolat'"), ("election(t-0) + 300ms", "elektion(t-0)", "there is no instant"),
    ("topic: t, rate", "topic: u, rate", "there is no topic 'u'"), ("violates: [lost-write,", "violates: [lost-writes,", "unknown word 'lost-writes'"),
    ("release: held", "release: helt", "no earlier entry is named 'helt'"), ("api: Fetch", "api: Fetsch", "there is no API 'Fetsch'"),
  ])
  func `References to missing things are refused`(old: String, new: String, problem: String) {
    let error = error(replacing: old, with: new)
    #expect(error.map { "\($0)" }?.contains(problem) == true, "\(String(describing: error))")
  }

  @Test func `Text that is not YAML is refused with its line`() {
    #expect(error(in: "name: [a\nb: c")?.problem.contains("not YAML") == true)
    #expect(error(in: "")?.problem == "the file is empty")
  }

  @Test func `An override that names nothing is refused as written`() {
    #expect(error(in: Self.text, overrides: ["cluster.brokres=5"])?.place.source == "--set cluster.brokres=5")
    #expect(error(in: Self.text, overrides: ["nonsense"])?.remedy == "Write --set cluster.brokers=5.")
  }

  @Test(arguments: [
    ("faults=[{ at: 1s, kil: 1 }]", "faults[0]: there is no fault 'kil'"),
    ("measure={ warmup: 5 }", "measure.warmup: '5' is not a duration"),
    ("expect={ holds: [durabilty] }", "expect.holds[0]: unknown word 'durabilty'"),
    ("workload[0].produce={ topic: t, load: { steps: [{ rate: 5, for: 1s }] } }", "workload[0].produce.load.steps[0].rate: '5' is not a rate"),
    ("workload.0.produce={ topic: t, rat: 5/s }", "unknown key 'rat' in workload[0].produce"),
    ("cluster.config.min.insync.replicas=none", "min.insync.replicas=none is not valid"),
  ])
  func `A mistake within an override is reported with its whole path`(override: String, problem: String) {
    let error = error(in: Self.text, overrides: [override])
    #expect(error?.problem.hasPrefix(problem) == true, "\(String(describing: error))")
    #expect(error?.place.source == "--set \(override)")
  }
}
