import Host
import Primitives
import Sim
import Testing
import Workloads

@testable import Scenarios
@testable import Trials

/// Words about consumer groups in the schedule of a scenario.
@Suite struct GroupWordsTests {
  static func text(_ fault: String, workload: String = "consume: { topic: t, group: g, members: 3 }") -> String {
    """
    name: groups
    about: Words about groups.
    topics: [{ name: t, partitions: 2 }, { name: u }]
    workload:
      - \(workload)
      - produce: { topic: t }
    faults:
      - \(fault)
    duration: 20s
    """
  }

  static func fault(_ text: String) throws -> FaultPlan { try ScenarioReader.read(text: Self.text(text), file: "groups.yaml").faults[0] }

  /// What is wrong with a fault, and what to write instead.
  static func mistake(_ fault: String, workload: String = "consume: { topic: t, group: g, members: 3 }") -> (problem: String, remedy: String, place: Place)? {
    do {
      try ScenarioReader.check(Value.parse(text(fault, workload: workload), source: "groups.yaml"), file: "groups.yaml")
      return nil
    } catch {
      let mistakes = (error as? ScenarioError)?.all ?? []
      return mistakes.count == 1 ? (mistakes[0].problem, mistakes[0].remedy, mistakes[0].place) : nil
    }
  }

  // MARK: Nodes

  @Test func `Roles in a group name nodes`() throws {
    let roles: [(text: String, selector: NodeSelector)] = [
      ("coordinator(group g)", .coordinator(of: "g")), ("coordinator(group *)", .coordinator(of: nil)), ("member(g)", .member(of: "g", nil)),
      ("\"member(g, 3)\"", .member(of: "g", 3)), ("\"owner(g, t-1)\"", .owner(of: "g", TopicPartition("t", 1))),
    ]
    for (text, selector) in roles {
      let deed = try Self.fault("{ at: 5s, pause: \(text) }").deed as? ProcessDeed
      #expect(deed == ProcessDeed.pause([selector]))
    }
  }

  @Test(arguments: [
    ("coordinator(group h)", "there is no group 'h'", "Did you mean 'g'?"), ("member(h)", "there is no group 'h'", "Did you mean 'g'?"),
    ("\"member(g, 4)\"", "group 'g' has no 4 members", "It has members 1 to 3."), ("\"member(g, 0)\"", "group 'g' has no 0 members", "It has members 1 to 3."),
    ("\"owner(g, t-2)\"", "there is no partition t-2", "t has partitions 0 to 1."),
  ])
  func `An impossible role is reported with its place`(text: String, problem: String, remedy: String) throws {
    let told = try #require(Self.mistake("{ at: 5s, pause: \(text) }"))
    #expect(told.problem == "faults[0].pause: \(problem)")
    #expect(told.remedy == remedy)
    #expect((told.place.line, told.place.column) == (8, 22))
  }

  @Test func `The error for a role that a comma cuts off says how to write it`() {
    let error = #expect(throws: ScenarioError.self) { try Self.fault("{ at: 5s, pause: member(g, 2) }") }
    let told = error?.all.first { $0.problem == "faults[0].pause: 'member(g' breaks off" }
    #expect(told?.remedy == "A comma ends a value between braces: quote it, as in pause: \"member(g, 2)\".")
  }

  @Test func `Without a group there is no coordinator of one`() throws {
    let told = try #require(Self.mistake("{ at: 5s, pause: coordinator(group *) }", workload: "consume: { topic: t }"))
    #expect(told.problem == "faults[0].pause: there is no group '*'")
    #expect(told.remedy == "Give a consume entry a group.")
  }

  @Test func `A member can only be on one side of a partition`() throws {
    #expect(Self.mistake("{ at: 5s, partition: [[\"member(g, 1)\", 1], [\"member(g, 2)\"]] }") == nil)
    for other in ["member(g, 2)", "owner(g, t-0)"] {
      let told = try #require(Self.mistake("{ at: 5s, partition: [[member(g)], [\"\(other)\"]] }"))
      #expect(told.problem.contains("is in two groups"))
    }
  }

  @Test func `Members are counted over all entries of their group`() throws {
    let two = "consume: { name: one, topic: t, group: g, members: 2 }\n  - consume: { name: other, topic: t, group: g }"
    #expect(Self.mistake("{ at: 5s, pause: \"member(g, 3)\" }", workload: two) == nil)
    #expect(Self.mistake("{ at: 5s, pause: \"member(g, 4)\" }", workload: two)?.remedy == "It has members 1 to 3.")
  }

  // MARK: Moments

  @Test func `Moments of a group are awaited`() throws {
    let moments: [(text: String, instant: NamedInstant)] = [
      ("stable(g)", .stable("g")), ("rebalance(g)", .rebalance("g", times: 1)), ("rebalance(g, 2)", .rebalance("g", times: 2)),
      ("joined(g, 3)", .joined("g", members: 3)), ("committed(g, t-1, 50)", .committed("g", TopicPartition("t", 1), 50)),
    ]
    for (text, instant) in moments {
      let plan = try Self.fault("{ after: \"\(text) + 1s\", pause: 1 }")
      #expect(plan.start == Moment.instant(instant, plus: .seconds(1)))
      #expect("\(instant)" == text)
    }
  }

  @Test(arguments: [
    ("stable(h)", "there is no group 'h'"), ("rebalance(g, 0)", "'0' is not a count"), ("joined(g, 4)", "group 'g' has no 4 members"),
    ("committed(g, t-2, 5)", "there is no partition t-2"), ("committed(g, t-0)", "there is no instant 'committed(g, t-0)'"),
  ])
  func `An impossible moment is reported with its place`(text: String, problem: String) throws {
    let told = try #require(Self.mistake("{ after: \"\(text)\", pause: 1 }"))
    #expect(told.problem == "faults[0].after: \(problem)")
    #expect((told.place.line, told.place.column) == (8, 14))
    #expect(!told.remedy.isEmpty)
  }

  @Test func `Each moment of a group comes when its coordinator reports it`() throws {
    let world = World(seed: 1), view = ClusterViewHolder()
    let schedule = Schedule(world: world, origin: .zero, view: view)
    var come: [String] = []
    let moments: [NamedInstant] = [.joined("g", members: 2), .stable("g"), .rebalance("g", times: 2), .committed("g", TopicPartition("t", 0), 5)]
    for moment in moments { schedule.when(.instant(moment, plus: .zero)) { come.append("\(moment)") } }
    func tell(_ occurrence: Occurrence) {
      _ = view.groups.observe(occurrence, by: 1) { _ in 1 }
      schedule.look()
      world.run(until: world.now + .milliseconds(1))
    }
    func standing(_ state: String, _ generation: Int32, _ members: Int) -> Occurrence {
      .groupChanged(Occurrence.GroupStanding(group: "g", state: state, generation: generation, members: members))
    }
    tell(standing("PreparingRebalance", 0, 1))
    #expect(come == [])
    tell(standing("CompletingRebalance", 1, 2))
    #expect(come == ["joined(g, 2)"])
    tell(standing("Stable", 1, 2))
    #expect(come.last == "stable(g)")
    tell(.offsetCommitted(group: "g", TopicPartition("t", 0), 4))
    #expect(come.count == 2)
    tell(.offsetCommitted(group: "g", TopicPartition("t", 0), 5))
    #expect(come.last == "committed(g, t-0, 5)")
    tell(standing("PreparingRebalance", 1, 2))
    #expect(come.last == "rebalance(g, 2)")
  }

  // MARK: The operator

  @Test func `An operator resets all partitions of a topic, or the named ones, and deletes a group`() throws {
    func request(_ action: String) throws -> OperatorRequest? { (try Self.fault("{ at: 5s, admin: { \(action) } }").deed as? OperatorDeed)?.request }
    let both = [TopicPartition("t", 0), TopicPartition("t", 1)]
    #expect(try request("reset-offsets: { group: g, topic: t, to: earliest }") == OperatorRequest.resetOffsets(group: "g", both, .earliest))
    #expect(try request("reset-offsets: { group: g, partitions: t-1, to: latest }") == OperatorRequest.resetOffsets(group: "g", [both[1]], .latest))
    #expect(try request("reset-offsets: { group: g, partitions: [t-0], to: 120 }") == OperatorRequest.resetOffsets(group: "g", [both[0]], .offset(120)))
    #expect(try request("delete-group: { group: g }") == OperatorRequest.deleteGroup("g"))
  }

  @Test(arguments: [
    ("reset-offsets: { group: h, topic: t, to: latest }", ".reset-offsets.group: there is no group 'h'"),
    ("reset-offsets: { group: g, topic: t, to: middle }", ".reset-offsets.to: 'middle' is not an offset"),
    ("reset-offsets: { group: g, topic: t, to: -5 }", ".reset-offsets.to: '-5' is not an offset"),
    ("reset-offsets: { group: g, topic: t }", ".reset-offsets: 'to' is missing"),
    ("reset-offsets: { group: g, to: latest }", ".reset-offsets: 'topic' is missing"),
    ("reset-offsets: { group: g, topic: t, partitions: [t-0], to: latest }", ".reset-offsets: topic and partitions exclude each other"),
    ("reset-offsets: { group: g, partitions: [t-0, t-0], to: latest }", ".reset-offsets.partitions: expected different partitions"),
    ("reset-offsets: { group: g, partitions: t-7, to: latest }", ".reset-offsets.partitions: there is no partition t-7"),
    ("delete-group: { group: h }", ".delete-group.group: there is no group 'h'"),
  ])
  func `Impossible requests about a group are reported`(action: String, problem: String) throws {
    #expect(try #require(Self.mistake("{ at: 5s, admin: { \(action) } }")).problem == "faults[0].admin\(problem)")
  }

  // MARK: Chance

  @Test func `Random faults hit every broker and controller unless targets are given`() throws {
    func targets(_ on: String) throws -> [NodeSelector]? {
      guard case .chance(let chance) = try Self.fault("{ from: 1s, to: 9s, random: { profile: rough\(on) } }").action else { return nil }
      return chance.targets
    }
    #expect(try targets("") == [])
    #expect(try targets(", on: member(g)") == [.member(of: "g", nil)])
    #expect(try targets(", on: [all, consume, coordinator(group *)]") == [.all, .client("consume"), .coordinator(of: nil)])
  }

  @Test(arguments: [
    ("profile: rough, on: [produce]", ".on[0]: 'produce' has no members of a group"), ("profile: rough, on: any", ".on: any is drawn by chance as well"),
    ("profile: { power-loss: 1, slow-disk: 1 }, on: member(g)", ": power-loss and slow-disk cannot strike a client"),
  ])
  func `Impossible targets of random faults are reported`(random: String, problem: String) throws {
    #expect(try #require(Self.mistake("{ from: 1s, to: 9s, random: { \(random) } }")).problem == "faults[0].random\(problem)")
  }
}
