import Host
import Primitives
import Results
import Sim
import Testing
import Wire
import Workloads

@testable import Scenarios
@testable import Trials

/// What is said of messages by the names of their fields, and what is answered in a broker's place.
@Suite struct MessageDeedTests {
  func run(_ faults: String..., config: String = "{}", seen: String = "send-failure") throws -> RunResult {
    let text = """
      name: messages
      about: Messages meet rules.
      topics: [{ name: t, replicas: [[1, 2, 3]] }, { name: u, replicas: [[1, 2, 3]] }]
      workload:
        - produce: { topic: t, rate: 20/s, records: 40, from: 1s, config: \(config) }
        - produce: { name: other, topic: u, rate: 20/s, records: 40, from: 1s, config: \(config) }
        - consume: { topics: [t, u] }
      faults:
      \(faults.map { "  - \($0)" }.joined(separator: "\n"))
      duration: 10s
      expect: { holds: [durability, liveness] }
      """
    return Trial(try ScenarioReader.read(text: text, file: "messages.yaml"), options: Trial.Options(seed: 1)).run()
  }

  func conditions(_ text: String, of api: ApiKey, _ kind: MessageKind = .request) throws -> FieldConditions {
    try FieldConditions(Value.parse(text, source: "test"), known: FieldTree.names(of: api.requestType!))
  }

  static let request = ProduceRequest {
    $0.transactionalId = "t1"
    $0.acks = -1
    $0.topicData = [("a", [0, 1]), ("b", [2])].map { name, partitions in
      ProduceRequest.TopicProduceData {
        $0.name = name
        $0.partitionData = partitions.map { index in ProduceRequest.PartitionProduceData { $0.index = Int32(index) } }
      }
    }
  }

  @Test(arguments: [
    ("{ transactionalId: t1 }", true), ("{ transactionalId: t2 }", false), ("{ acks: -1, transactionalId: t1 }", true), ("{ acks: 1, transactionalId: t1 }", false),
    ("{ index: 2 }", true), ("{ index: 3 }", false), ("{ name: a, index: 2 }", true), ("{ topicData: { name: a, index: 2 } }", false),
    ("{ topicData: { name: a, partitionData: { index: 1 } } }", true), ("{ topicData: { name: b, partitionData: { index: 1 } } }", false),
  ])
  func `Fields are found at any depth, and the conditions of a mapping must hold for one element`(text: String, isMet: Bool) throws {
    #expect(try conditions(text, of: .produce).hold(in: FieldTree(Self.request, version: 9)) == isMet)
  }

  @Test func `The fields of a message are known for all its versions`() {
    let names = FieldTree.names(of: FetchRequest.self)
    #expect(names.contains("topicId") && names.contains("topic") && names.contains("replicaState") && names.contains("fetchOffset") && names.contains("highWatermark"))
    #expect(FieldTree.names(of: MetadataResponse.self).contains("isrNodes"))
  }

  @Test(arguments: [
    ("hold: { api: Produce, where: { transactionalID: t1 } }", "the message has no field 'transactionalID'", "Did you mean 'transactionalId'?"),
    ("hold: { api: Produce, where: t1 }", "expected fields and what they must be", "Write where: { transactionalId: t1 }."),
    ("hold: { api: Produce, where: { acks: [1] } }", "a field is compared with one value", "Write one value"),
    ("drop: { api: Fetch, response: true, where: { errorCode: OFFSET_OUT_OF_RAGE } }", "there is no error 'OFFSET_OUT_OF_RAGE'", "Did you mean 'OFFSET_OUT_OF_RANGE'?"),
    ("answer: NOT_LEADER, api: Produce", "there is no error 'NOT_LEADER'", "Write Kafka's name"), ("answer: NOT_LEADER_OR_FOLLOWER", "'api' is missing", "Add api"),
    ("answer: NOT_LEADER_OR_FOLLOWER, api: DescribeAcls", "a DescribeAcls request cannot be answered by a fault", "Those can: Produce, Fetch"),
    ("answer: { error: NOT_LEADER_OR_FOLLOWER, api: Produce, response: true }", "unknown key 'response'", "Known here"),
    ("half-open: { from: others, to: others }", "both sides are others", "Name the nodes of one side"), ("kill: others", "there is no node 'others'", "Write a number"),
    ("disk: rot, node: 1, by: 5ms", "'by' belongs to slow", "Leave it out, or write slow"), ("disk: slow, node: 1, bits: 5", "'bits' belongs to rot", "Leave it out, or write rot"),
    ("disk: slow, node: 1, by: 0s", "nothing gets slow", "Write by: 350ms"), ("disk: { fault: rot, node: 1, times: 3 }", "rot happens once", "write bits: 3"),
  ])
  func `Mistakes are reported with a remedy`(entry: String, problem: String, remedy: String) {
    do {
      _ = try DeedTests.read(entry)
      Issue.record("\(entry) was taken")
    } catch {
      #expect("\(error)".contains(problem) && "\(error)".contains(remedy), "\(error)")
    }
  }

  @Test func `A producer that is told of another leader asks for the leader, and sends again`() throws {
    let result = try run("{ at: 2s, answer: { error: NOT_LEADER_OR_FOLLOWER, api: Produce, from: produce, nth: 3, times: 1 } }")
    #expect(result.exitCode == .asExpected, "\(result.summaryText)")
    #expect(result.faults.map(\.hit) == [1])
    #expect(result.delivery.acked == 80 && result.delivery.failed == 0)
    #expect(result.story.contains { $0.what == "answers NOT_LEADER_OR_FOLLOWER to Produce requests from produce" })
  }

  @Test func `An error that is not retriable fails the records, and none of them is written`() throws {
    let result = try run("{ at: 2s, answer: INVALID_REQUIRED_ACKS, api: Produce, nth: 2 }")
    #expect(result.exitCode == .asExpected, "\(result.summaryText)")
    #expect(result.delivery.failed > 30 && result.delivery.acked + result.delivery.failed == 80)
    #expect(result.verdicts.first { $0.guarantee == .failedRead }?.conclusion == .holds)
  }

  @Test func `A rule applies only to messages that match its fields`() throws {
    let result = try run("{ at: 500ms, answer: INVALID_REQUIRED_ACKS, api: Produce, where: { acks: 1 } }", "{ at: 500ms, name: none, drop: { api: Produce, where: { acks: 7 } } }", config: "{ acks: 1 }")
    #expect(result.delivery.failed == 80 && result.delivery.acked == 0)
    #expect(result.faults.map(\.hit) == [1, 0])
  }

  @Test func `A half-open connection is noticed with the next request`() throws {
    let result = try run("{ at: 2s, half-open: { from: 1, to: produce } }", "{ at: 2s, name: slower, disk: slow, node: 2, by: 350ms }")
    #expect(result.faults[0].hit == 1)
    #expect(result.exitCode != .notAsExpected, "\(result.summaryText)")
  }
}
