import Host
import Primitives
import Sim
import Testing
import Workloads

@testable import Scenarios
@testable import Trials

/// Words about transactional ids and processes of entries in the schedule of a scenario.
@Suite struct TransactionWordsTests {
  private static let workload = """
      - transform: { input: t, output: u, group: g, instances: 3, transactional-id: x }
      - transact: { name: bank, topic: t, transactional-id: y, bank: { accounts: 5 } }
      - produce: { topic: t, clients: 2 }
    """

  private static func text(_ fault: String) -> String {
    "name: transactions\nabout: Words about transactions.\ntopics: [{ name: t }, { name: u }]\nworkload:\n\(workload)\nfaults:\n  - \(fault)\nduration: 20s\n"
  }

  private static func fault(_ text: String) throws -> FaultPlan { try ScenarioReader.read(text: Self.text(text), file: "transactions.yaml").faults[0] }

  private static func problem(_ fault: String) -> String {
    do {
      _ = try Self.fault(fault)
      return "nothing"
    } catch { return "\(error)" }
  }

  @Test func `Roles of transactions and of single processes are read and written`() throws {
    let roles: [(String, NodeSelector)] = [
      ("coordinator(transaction x-2)", .coordinatorOfTransaction("x-2")), ("coordinator(transaction y)", .coordinatorOfTransaction("y")),
      ("coordinator(transaction *)", .coordinatorOfTransaction(nil)), ("instance(transform, 3)", .instance(of: "transform", 3)), ("instance(bank, 1)", .instance(of: "bank", 1)),
      ("instance(produce, 2)", .instance(of: "produce", 2)), ("member(g, 3)", .member(of: "g", 3)),
    ]
    for (text, selector) in roles {
      #expect((try Self.fault("{ at: 5s, kill: \"\(text)\" }").deed as? ProcessDeed) == .kill([selector]))
      #expect("\(selector)" == text)
    }
  }

  @Test(arguments: [
    ("coordinator(transaction x)", "there is no transactional id 'x'"), ("coordinator(transaction x-4)", "there is no transactional id 'x-4'"),
    ("instance(transform, 4)", "'transform' has no 4 processes"), ("instance(bank, 0)", "'bank' has no 0 processes"), ("instance(nobody, 1)", "there is no workload entry 'nobody'"),
  ])
  func `An impossible role is reported`(text: String, problem: String) {
    #expect(Self.problem("{ at: 5s, kill: \"\(text)\" }").contains(problem))
  }

  @Test func `Moments of a transactional id are read and written`() throws {
    let moments: [(String, NamedInstant)] = [
      ("state(transaction x-1, PrepareCommit)", .transactionState("x-1", "PrepareCommit", times: 1)),
      ("state(transaction y, Ongoing, 3)", .transactionState("y", "Ongoing", times: 3)), ("begun(transaction y, 2)", .transactionBegun("y", times: 2)),
      ("committed(transaction y)", .transactionCommitted("y", times: 1)), ("aborted(transaction x-2, 4)", .transactionAborted("x-2", times: 4)),
    ]
    for (text, instant) in moments {
      #expect(try Self.fault("{ after: \"\(text) + 1s\", pause: 1 }").start == .instant(instant, plus: .seconds(1)))
      #expect("\(instant)" == text)
    }
  }

  @Test(arguments: [
    ("state(transaction y, Prepared)", "there is no state 'Prepared' of a transactional id"), ("state(transaction z, Ongoing)", "there is no transactional id 'z'"),
    ("begun(transaction y, 0)", "'0' is not a count"), ("committed(transaction y, 1, 2)", "there is no"),
  ])
  func `An impossible moment is reported`(text: String, problem: String) { #expect(Self.problem("{ after: \"\(text)\", pause: 1 }").contains(problem)) }

  @Test func `Each moment of a transactional id comes when its coordinator reports it`() {
    let world = World(seed: 1), view = ClusterViewHolder()
    let schedule = Schedule(world: world, origin: .zero, view: view)
    var come: [String] = []
    let moments: [NamedInstant] = [
      .transactionBegun("y", times: 2), .transactionCommitted("y", times: 1), .transactionAborted("y", times: 1), .transactionState("y", "PrepareCommit", times: 1),
    ]
    for moment in moments { schedule.when(.instant(moment, plus: .zero)) { come.append("\(moment)") } }
    func tell(_ state: String, epoch: Int16, by node: NodeID = 2) -> Sighting? {
      let standing = Occurrence.TransactionStanding(transactionalID: "y", producerID: 5, producerEpoch: epoch, state: state, partitions: [TopicPartition("t", 0)])
      let sighting = view.transactions.observe(.transactionChanged(standing), by: node, at: world.now) { _ in 2 }
      schedule.look()
      world.run(until: world.now + .milliseconds(1))
      return sighting
    }
    #expect(tell("Empty", epoch: 0) == nil)
    #expect(tell("Ongoing", epoch: 0) == nil)
    #expect(tell("Ongoing", epoch: 0) == nil)
    #expect(come == [], "one more partition is no other transaction")
    #expect(tell("PrepareCommit", epoch: 1) == nil)
    #expect(come == ["state(transaction y, PrepareCommit)"])
    #expect(tell("PrepareCommit", epoch: 1) == nil)
    #expect(tell("CompleteCommit", epoch: 1) == .transactionCommitted)
    #expect(come.last == "committed(transaction y)")
    #expect(tell("CompleteCommit", epoch: 1) == nil, "another coordinator tells where the id stands")
    #expect(tell("Ongoing", epoch: 0, by: 1) == nil && view.transactions.begun("y") == 1, "a broker that coordinates no more learns late what is committed")
    #expect(tell("Ongoing", epoch: 1) == nil)
    #expect(come.last == "begun(transaction y, 2)")
    #expect(tell("CompleteAbort", epoch: 2) == .transactionAborted)
    #expect(come.last == "aborted(transaction y)")
  }

  @Test func `The coordinator of a transactional id leads the partition that has its record`() {
    var view = ClusterView()
    view.observe(.controllerElected(3_001, epoch: 1), by: 3_001)
    #expect(view.coordinator(ofTransaction: "y") == .none)
    view.observe(.topicCreated("__transaction_state", .zero, partitions: 1), by: 3_001)
    #expect(view.partition(ofTransaction: "y") == TopicPartition("__transaction_state", 0))
    view.observe(.leaderElected(TopicPartition("__transaction_state", 0), leader: 2, epoch: 0, isr: [2], election: .clean), by: 3_001)
    #expect(view.coordinator(ofTransaction: "y") == 2)
  }

  @Test func `Random faults hit transactional processes, and no others without a group`() {
    #expect(Self.problem("{ from: 1s, to: 9s, random: { profile: rough, on: [transform, bank, \"instance(bank, 1)\", coordinator(transaction *)] } }") == "nothing")
    #expect(Self.problem("{ from: 1s, to: 9s, random: { profile: rough, on: \"instance(produce, 1)\" } }").contains("'produce' has no members of a group"))
  }

  @Test func `Rules on messages look at what a request says about its transaction`() {
    #expect(Self.problem("{ at: 1s, hold: { api: EndTxn, where: { transactionalId: y, committed: true, producerEpoch: 3 } } }") == "nothing")
    #expect(Self.problem("{ at: 1s, hold: { api: EndTxn, where: { commited: true } } }").contains("the message has no field 'commited'"))
  }
}
