import Host
import Primitives
import Testing

@testable import Scenarios
@testable import Client
@testable import Trials

/// A schedule carried out on nodes that only write down what is done to them.
@Suite struct RealFaultDriverTests {
  /// Brokers 1 to 3 lead and follow `t-0`; commands take as long as a test wants.
  final class Stage: RealStage {
    final class Task: RunningTask {
      var ending: TaskEnding?
      func poll() -> TaskEnding? { ending }
    }

    var now = Instant.zero
    var picture = ClusterPicture()
    var acknowledged = 0
    var told: [String] = []
    var begun: [RealTask] = []
    private var running: [Task] = []
    /// What a task ends with at once; nil of one that goes on until `end`.
    var outcome: (RealTask) -> TaskEnding? = { _ in TaskEnding(isDone: true, words: "done") }

    init() {
      _ = picture.update(
        with: ClusterDescription(
          clusterID: "c", controller: nil,
          brokers: [1, 2, 3].map { BrokerDescription(endpoint: BrokerEndpoint(id: $0, address: Address(host: "h\($0)", port: 9_092), rack: nil), isFenced: false) }))
      lead(2)
    }

    func lead(_ leader: NodeID, epoch: Int32 = 0, isr: [NodeID] = [1, 2, 3]) {
      let partition = PartitionDescription(
        number: 0, leader: leader, leaderEpoch: LeaderEpoch(epoch), replicas: [1, 2, 3], isr: isr, eligibleLeaderReplicas: nil, lastKnownEligibleLeaderReplicas: nil, offlineReplicas: [])
      _ = picture.update(with: TopicDescription(name: "t", id: .zero, isInternal: false, partitions: [partition]))
    }

    func begin(_ task: RealTask) -> any RunningTask {
      begun.append(task)
      let running = Task()
      running.ending = outcome(task)
      self.running.append(running)
      return running
    }

    func end(isDone: Bool) { for task in running where task.ending == nil { task.ending = TaskEnding(isDone: isDone, words: "later") } }

    func ask(_ request: RealRequest) -> any RunningTask { begin(.shell("ask \(request.words)", limit: .zero)) }
    func owner(of partition: TopicPartition, in group: String) -> Int? { 2 }
    func tell(_ words: String) { told.append(words) }

    var commands: [String] {
      begun.map { task in
        switch task {
        case .shell(let command, _): command
        case .process(let word, let id): "\(word) process \(id)"
        case .client(let word, let index): "\(word) client \(index)"
        }
      }
    }
  }

  let stage = Stage()

  static let table = "kill: k {host}:{port}\nrestart: r {node} {name}\npause: p {host}\nresume: c {host}\nisolate: { run: \"i {host} {others}\", back: \"b {host}\" }\npartition: s {host} {others}\nheal: [all, \"each {host}\"]"

  func driver(_ faults: String, _ hands: RealHands? = nil, seed: UInt64 = 1) throws -> RealFaultDriver {
    let run = try RealRun(RealScheduleTests.scenario(faults), seed: seed, target: .bootstrap([]), hands: try hands ?? RealScheduleTests.commands(Self.table))
    return RealFaultDriver(run, stage: stage, origin: .zero, brokers: [1, 2, 3])
  }

  /// Looks every 100 ms.
  func look(_ driver: RealFaultDriver, until seconds: Int64) {
    while stage.now < .zero + .seconds(seconds) {
      driver.look()
      stage.now += .milliseconds(100)
    }
    driver.look()
  }

  @Test func `A role is resolved when the entry acts, and effects are undone at the nodes that were hit`() throws {
    let driver = try driver("{ from: 2s, to: 4s, kill: leader(t-0) }")
    look(driver, until: 1)
    #expect(stage.commands == [])
    look(driver, until: 3)
    stage.lead(3, epoch: 1, isr: [1, 3])
    look(driver, until: 5)
    #expect(stage.commands == ["k h2:9092", "r 2 broker-2"])
    #expect(driver.counts.map(\.hit) == [1])
    #expect(driver.bands.map(\.fromSeconds) == [2.1] && driver.bands.map(\.toSeconds) == [4])
  }

  @Test func `A fault with a duration is undone that long after it began, at each repetition`() throws {
    let driver = try driver("{ at: 2s, for: 2s, every: 3s, times: 2, pause: leader(t-0) }")
    look(driver, until: 3)
    stage.lead(3, epoch: 1)
    look(driver, until: 9)
    #expect(stage.commands == ["p h2", "c h2", "p h3", "c h3"])
    #expect(driver.counts.map(\.hit) == [2])
    #expect(driver.bands.map(\.toSeconds) == [7])
  }

  @Test func `An entry that would end before it begins does not happen`() throws {
    let driver = try driver("{ name: late, after: acked(10), to: 2s, kill: 1 }")
    look(driver, until: 3)
    stage.acknowledged = 10
    look(driver, until: 5)
    #expect(stage.commands == [] && driver.counts.map(\.hit) == [0])
    #expect(stage.told.contains { $0.hasPrefix("late does not happen") })
  }

  @Test func `Each node of a list is isolated individually`() throws {
    look(try driver("{ at: 1s, isolate: [1, 2] }"), until: 3)
    #expect(stage.commands == ["i h1 h2 h3", "i h2 h1 h3"])
  }

  @Test func `A partition is carried out at each node with those that it must not reach`() throws {
    look(try driver("{ at: 1s, partition: [[1], [2, 3]] }, { at: 2s, isolate: 2 }"), until: 3)
    #expect(stage.commands == ["s h1 h2 h3", "s h2 h1", "s h3 h1", "i h2 h1 h3"])
  }

  @Test func `A failed command has not happened, and the story has its output`() throws {
    stage.outcome = { _ in TaskEnding(isDone: false, words: "failed with exit code 255") }
    let driver = try driver("{ at: 1s, name: first, kill: 1 }, { after: first, kill: 2 }")
    look(driver, until: 3)
    #expect(stage.commands == ["k h1:9092"])
    #expect(driver.counts.map(\.hit) == [0, 0])
    #expect(stage.told == ["kill at broker-1: failed with exit code 255"])
  }

  @Test func `At one node things are done one after another, and at several in parallel`() throws {
    stage.outcome = { _ in nil }
    let driver = try driver("{ at: 1s, kill: 1 }, { at: 1.5s, restart: 1 }, { at: 1.5s, pause: 2 }")
    look(driver, until: 3)
    #expect(stage.commands == ["k h1:9092", "p h2"])
    stage.end(isDone: true)
    look(driver, until: 4)
    #expect(stage.commands == ["k h1:9092", "p h2", "r 1 broker-1"])
  }

  @Test func `Healing undoes lasting effects, waits for what is under way, and repairs everything in the end`() throws {
    stage.outcome = { _ in nil }
    let driver = try driver("{ at: 1s, kill: 1 }, { at: 1s, isolate: 2 }, { at: 19s, kill: 3 }")
    look(driver, until: 2)
    driver.heal()
    driver.look()
    #expect(!driver.isIdle && stage.commands == ["k h1:9092", "i h2 h1 h3"])
    // The kill fails, or was only said to: it is started in any case.
    stage.outcome = { _ in TaskEnding(isDone: true, words: "done") }
    stage.end(isDone: false)
    for _ in 0..<10 { driver.look() }
    #expect(stage.commands.dropFirst(2) == ["b h2", "r 1 broker-1", "all", "each h1", "each h2", "each h3"])
    #expect(driver.isIdle)
    look(driver, until: 20)
    #expect(stage.commands.count == 8)
  }

  @Test func `Healing continues after a command that fails`() throws {
    let driver = try driver("{ at: 1s, kill: 1 }")
    look(driver, until: 2)
    stage.outcome = { _ in TaskEnding(isDone: false, words: "no end within 30s") }
    driver.heal()
    for _ in 0..<10 { driver.look() }
    #expect(stage.commands.suffix(5) == ["r 1 broker-1", "all", "each h1", "each h2", "each h3"])
    #expect(driver.isIdle)
  }

  @Test func `A moment is seen in the metadata and in what producers were told`() throws {
    let driver = try driver("{ after: acked(10) + 1s, kill: 1 }, { after: election(t-0), pause: 2 }, { after: \"isr(t-0, [3])\", pause: 3 }")
    look(driver, until: 2)
    #expect(stage.commands == [])
    stage.acknowledged = 10
    stage.lead(3, epoch: 1, isr: [3])
    look(driver, until: 4)
    #expect(stage.commands == ["p h2", "p h3", "k h1:9092"])
  }

  @Test func `Faults on clients are carried out by the run itself`() throws {
    let driver = try driver("{ from: 1s, to: 2s, pause: \"member(g, 2)\" }, { at: 3s, kill: \"owner(g, t-0)\" }, { at: 4s, kill: produce }", .clientsAlone)
    look(driver, until: 5)
    driver.heal()
    driver.look()
    #expect(stage.commands == ["pause client 2", "resume client 2", "kill client 2", "kill client 0", "restart client 2", "restart client 0"])
  }

  @Test func `A fault without a command never takes effect`() throws {
    let driver = try driver("{ at: 1s, kill: 1 }", .clientsAlone)
    look(driver, until: 2)
    driver.heal()
    driver.look()
    #expect(stage.commands == [] && driver.counts.map(\.hit) == [0] && driver.isIdle)
    #expect(stage.told == ["'kill' is left out: there are no commands for brokers (--deeds)"])
  }

  @Test func `Only a running node is killed, and only a paused one is resumed`() throws {
    let driver = try driver("{ at: 1s, resume: 1 }, { at: 2s, kill: 1 }, { at: 3s, kill: 1 }, { at: 4s, pause: 1 }", .ownProcesses)
    look(driver, until: 5)
    #expect(stage.commands == ["kill process 1"])
    #expect(driver.counts.map(\.hit) == [0, 1, 0, 0])
  }

  @Test func `A host that a shell might take for more is not passed to it`() throws {
    _ = stage.picture.update(
      with: ClusterDescription(clusterID: "c", controller: nil, brokers: [BrokerDescription(endpoint: BrokerEndpoint(id: 1, address: Address(host: "x; rm -rf /", port: 1), rack: nil), isFenced: false)]))
    let driver = try driver("{ at: 1s, kill: 1 }")
    look(driver, until: 2)
    #expect(stage.commands == [] && driver.counts.map(\.hit) == [0])
    #expect(stage.told.first?.contains("a shell might take for more than a name") == true)
  }

  @Test(arguments: 1...20) func `Random faults kill a broker only while all others are well and in sync, and start it again`(seed: UInt64) throws {
    let driver = try driver("{ from: 1s, to: 19s, random: { profile: { kill: 1 }, every: 1s } }", .ownProcesses, seed: seed)
    var down: Set<NodeID> = []
    stage.outcome = { task in
      if case .process(let word, let id) = task {
        if word == "kill" {
          #expect(down.isEmpty)
          down.insert(id)
        } else {
          down.remove(id)
        }
      }
      return TaskEnding(isDone: true, words: "done")
    }
    look(driver, until: 20)
    #expect(driver.counts[0].hit > 0 && driver.counts[0].hit <= driver.counts[0].planned)
    #expect(down.isEmpty)
  }

  @Test func `Random faults wait while a replica is out of sync`() throws {
    stage.lead(2, epoch: 1, isr: [2])
    let driver = try driver("{ from: 1s, to: 19s, random: { profile: { kill: 1 }, every: 1s } }", .ownProcesses)
    look(driver, until: 20)
    #expect(stage.commands == [])
  }
}
