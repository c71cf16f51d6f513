import Client
import Controller
import Host
import Primitives
import Results
import Testing
import Workloads

@testable import Scenarios
@testable import Trials

/// The voters of a dynamic quorum in the language of scenarios: who changes them, what waits for it, what is seen and told.
@Suite struct VoterWordsTests {
  static func text(_ faults: String..., cluster: String = "controllers: 5, voters: [1, 2, 3], features: { kraft.version: 1 }", expect: String = "{ holds: all }") -> String {
    """
    name: voters
    about: The voters of the metadata log change.
    cluster: { \(cluster) }
    topics:
      - { name: t, replicas: [[1, 2, 3]] }
    workload:
      - produce: { topic: t, rate: 20/s, config: { acks: all } }
    faults:
    \(faults.map { "  - \($0)" }.joined(separator: "\n"))
    duration: 12s
    expect: \(expect)
    """
  }

  static func scenario(_ text: String) throws -> Scenario { try ScenarioReader.read(text: text, file: "voters.yaml") }

  // MARK: Reading

  @Test func `Voters are added and removed by the names of controllers`() throws {
    func request(_ action: String) throws -> OperatorRequest? {
      (try Self.scenario(Self.text("{ at: 2s, admin: { \(action): { controller: controller-4 } } }")).faults[0].deed as? OperatorDeed)?.request
    }
    #expect(try request("add-voter") == .addVoter(4))
    #expect(try request("remove-voter") == .removeVoter(4))
  }

  @Test func `A controller may be asked directly`() throws {
    func request(_ asked: String) throws -> OperatorRequest? {
      (try Self.scenario(Self.text("{ at: 2s, admin: { add-voter: { controller: controller-4, at: \(asked) } } }")).faults[0].deed as? OperatorDeed)?.request
    }
    #expect(try request("controller-2") == .addVoter(4, at: 2))
    #expect(try request("controller-2")?.words == "controller-4 to be a voter of the metadata log, asked of controller-2")
    let error = #expect(throws: ScenarioError.self) { try request("controller-6") }
    #expect(error?.description.contains("there is no controller 6") == true)
  }

  @Test(arguments: [
    ("controller-6", "there is no controller 6"), ("4", "'4' is no controller"), ("broker-1", "'broker-1' is no controller"),
  ])
  func `A controller that cannot be meant is refused with its place`(name: String, problem: String) {
    let error = #expect(throws: ScenarioError.self) { try Self.scenario(Self.text("{ at: 2s, admin: { add-voter: { controller: \(name) } } }")) }
    #expect(error?.description.contains(problem) == true)
    #expect(error?.description.hasPrefix("voters.yaml:") == true)
  }

  @Test func `Static voters cannot be changed, and the remedy says what makes them dynamic`() {
    let error = #expect(throws: ScenarioError.self) {
      try Self.scenario(Self.text("{ at: 2s, admin: { add-voter: { controller: controller-2 } } }", cluster: "controllers: 3"))
    }
    #expect(error?.description.contains("with kraft.version 0") == true && error?.description.contains("kraft.version: 1") == true)
  }

  @Test func `Feature levels are raised, and lowered where that is said`() throws {
    func request(_ arguments: String) throws -> OperatorRequest? {
      (try Self.scenario(Self.text("{ at: 2s, admin: { update-features: \(arguments) } }")).faults[0].deed as? OperatorDeed)?.request
    }
    let raised = try request("{ features: { kraft.version: 1, group.version: 1 } }")
    #expect(raised == .updateFeatures([FeatureUpdate("kraft.version", level: 1), FeatureUpdate("group.version", level: 1)]))
    #expect(raised?.words == "kraft.version to be 1, group.version to be 1")
    #expect(try request("{ features: { transaction.version: 1 }, downgrade: true }") == .updateFeatures([FeatureUpdate("transaction.version", level: 1, .safeDowngrade)]))
    for (arguments, problem) in [
      ("{ features: {} }", "no feature is named"), ("{ features: { kraft.version: 2 } }", "kraft.version"), ("{ features: { krafd.version: 1 } }", "there is no feature 'krafd.version'"),
    ] {
      let error = #expect(throws: ScenarioError.self) { try request(arguments) }
      #expect(error?.description.contains(problem) == true)
    }
    let error = #expect(throws: ScenarioError.self) {
      try Self.scenario(Self.text("{ at: 2s, admin: { update-features: { features: { kraft.version: 1 } } } }", cluster: "controllers: 3"))
    }
    #expect(error?.description.contains("the voters of this quorum are static") == true && error?.description.contains("kraft.version: 0") == true)
  }

  @Test func `A set of voters is a moment, and controllers without a vote are nodes`() throws {
    let plan = try Self.scenario(Self.text("{ after: \"voters([4, 1, 2]) + 1s\", kill: observer(2) }")).faults[0]
    #expect(plan.start == .instant(.voters([1, 2, 4]), plus: .seconds(1)))
    #expect(plan.deed as? ProcessDeed == ProcessDeed.kill([.observer(2)]))
    #expect(NamedInstant.voters([1, 2, 4]).description == "voters([1, 2, 4])")
    #expect([NodeSelector.observer(nil), .observer(2)].map(\.description) == ["observer", "observer(2)"])
    for wrong in ["voters([6])", "voters([0])", "voters(x)"] {
      #expect(throws: ScenarioError.self) { try Self.scenario(Self.text("{ after: \"\(wrong)\", kill: observer }")) }
    }
  }

  // MARK: Following

  private func change(_ epoch: Int32, _ offset: Int64, _ ids: NodeID...) -> Occurrence {
    .votersCommitted(.init(node: 3001, epoch: LeaderEpoch(epoch), offset: Offset(offset), voters: ids.map { .init(id: $0, directory: nil) }))
  }

  @Test func `The newest set that is known to be committed counts, whoever tells of an older one`() {
    var view = ClusterView()
    view.begin(withVoters: [3001, 3002])
    #expect(view.voters == [3001, 3002])
    view.observe(change(2, 40, 3001, 3002, 3003), by: 3001)
    view.observe(change(2, 30, 3001), by: 3002)
    view.observe(change(1, 90, 3002), by: 3003)
    #expect(view.voters == [3001, 3002, 3003])
    view.observe(change(3, 35, 3003), by: 3002)
    #expect(view.voters == [3003])
  }

  @Test func `Voters that an operator was told of are there at the end, or that is a finding`() {
    var changes = AcknowledgedChanges()
    #expect(changes.verdict(nil, voters: []) == nil)
    changes.recordDone(.addVoter(4))
    changes.recordDone(.removeVoter(1))
    let image = MetadataImage(clusterID: "c")
    #expect(changes.verdict(image, voters: [2, 3, 4])?.cases.isEmpty == true)
    #expect(changes.verdict(image, voters: [1, 2, 3])?.cases.count == 2)
    // Who joins by itself may have come back; who was added is there all the same.
    #expect(changes.verdict(image, voters: [1, 2, 4], joinAgain: true)?.cases.isEmpty == true)
    #expect(changes.verdict(image, voters: [1, 2, 3], joinAgain: true)?.cases.count == 1)
    changes.recordUnknown(.removeVoter(1))
    #expect(changes.verdict(image, voters: [1, 2, 4])?.cases.isEmpty == true)
  }

  @Test func `Levels that an operator was told of are so at the end, or that is a finding`() {
    var changes = AcknowledgedChanges()
    changes.recordDone(.updateFeatures([FeatureUpdate("kraft.version", level: 1)]))
    let image = MetadataImage(clusterID: "c")
    #expect(changes.verdict(image, voters: [], kraftVersion: 1)?.cases.isEmpty == true)
    #expect(changes.verdict(image, voters: [])?.cases.count == 1)
    changes.recordUnknown(.updateFeatures([FeatureUpdate("kraft.version", level: 1)]))
    #expect(changes.verdict(image, voters: [])?.cases.isEmpty == true)
  }

  @Test func `What several changes at once were about is not judged, and what comes after them is`() {
    func change(to value: String) -> OperatorRequest { .alterTopicConfig("t", [NamedValue(name: "segment.ms", value: value)]) }
    var changes = AcknowledgedChanges()
    for value in ["1", "2"] { changes.recordAsked(change(to: value)) }
    for value in ["1", "2"] {
      changes.recordDone(change(to: value))
      changes.recordEnd(change(to: value))
    }
    let image = MetadataImage(clusterID: "c")
    #expect(changes.verdict(image, voters: [])?.cases.isEmpty == true)
    changes.recordAsked(change(to: "3"))
    changes.recordDone(change(to: "3"))
    changes.recordEnd(change(to: "3"))
    #expect(changes.verdict(image, voters: [])?.cases.count == 1)
  }

  // MARK: Running

  @Test func `A controller that is asked directly does it where it is active, and else the active one does`() throws {
    for asked in 1...3 {
      let text = Self.text(
        "{ at: 2s, admin: { add-voter: { controller: controller-4, at: controller-\(asked) } } }",
        "{ after: \"voters([1, 2, 3, 4]) + 1s\", admin: { remove-voter: { controller: controller-4, at: controller-\(asked) } } }",
        expect: "{ holds: all, seen: [voter-added, voter-removed] }")
      #expect(Trial(try Self.scenario(text), options: Trial.Options(seed: 1)).run().exitCode == .asExpected)
    }
  }

  @Test func `Voters of the configuration are changed once kraft.version is raised, and not before`() throws {
    let text = Self.text(
      "{ name: early, at: 4s, admin: { add-voter: { controller: controller-4 } } }", "{ name: raised, at: 6s, admin: { update-features: { features: { kraft.version: 1 } } } }",
      "{ name: added, after: raised + 1s, admin: { add-voter: { controller: controller-4 } } }", cluster: "controllers: 4, voters: [1, 2, 3], features: { kraft.version: 0 }")
    let result = Trial(try Self.scenario(text), options: Trial.Options(seed: 1)).run()
    #expect(result.faults.map(\.hit) == [0, 1, 1])
    let story = result.story.map(\.what)
    #expect(story.contains { $0.contains("is refused: controller-4 to be a voter") && $0.contains("kraft.version is 0") })
    #expect(story.contains { $0.hasPrefix("writes down the voters: the voters are controller-1, controller-2, controller-3 for it from now on") })
    #expect(story.contains { $0.hasPrefix("committed that the voters are controller-1, controller-2, controller-3, controller-4 (") })
  }

  @Test func `A voter is added and another one removed, and the story says who did what and when it was committed`() throws {
    let text = Self.text(
      "{ at: 2s, admin: { add-voter: { controller: controller-4 } } }", "{ after: \"voters([1, 2, 3, 4]) + 1s\", admin: { remove-voter: { controller: controller-1 } } }",
      "{ after: \"voters([2, 3, 4]) + 1s\", for: 1s, pause: observer(1) }", expect: "{ holds: all, seen: [voters-changed, voter-added, voter-removed] }")
    let result = Trial(try Self.scenario(text), options: Trial.Options(seed: 1)).run()
    #expect(result.exitCode == .asExpected)
    #expect(result.faults.map(\.hit) == [1, 1, 1])
    let story = result.story.filter { $0.weight == .event }.map(\.what)
    #expect(story.contains { $0.hasPrefix("adds controller-4 to the voters: ") && $0.contains("is not committed yet") })
    #expect(story.contains { $0.hasPrefix("removes controller-1 from the voters: ") })
    #expect(story.count { $0.hasPrefix("committed that the voters are controller-1, controller-2, controller-3, controller-4 (") } == 1)
    #expect(story.count { $0.hasPrefix("committed that the voters are controller-2, controller-3, controller-4 (") } == 1)
  }

  @Test func `An operator who finds a controller down makes it a voter once it runs`() throws {
    func result(downUntil end: String) throws -> RunResult {
      let text = Self.text("{ from: 1s, to: \(end), kill: controller-4 }", "{ name: added, at: 2s, admin: { add-voter: { controller: controller-4 } } }", expect: "{ holds: all }")
      return Trial(try Self.scenario(text.replacing("duration: 12s", with: "duration: 70s")), options: Trial.Options(seed: 1)).run()
    }
    let patient = try result(downUntil: "6s")
    #expect(patient.faults.map(\.hit) == [1, 1])
    // Nobody waits for it forever.
    let refused = try result(downUntil: "66s")
    #expect(refused.faults.map(\.hit) == [1, 0])
    #expect(refused.story.contains { $0.what.contains("is refused: controller-4 to be a voter of the metadata log: no broker could be reached in time") })
  }
}
