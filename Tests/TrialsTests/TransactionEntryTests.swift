import Client
import Primitives
import Testing
import Workloads

@testable import Scenarios
@testable import Trials

/// Entries of the workload whose processes have transactions.
@Suite struct TransactionEntryTests {
  private func scenario(_ workload: String, switches: String = "{}") throws -> Scenario {
    let text = """
      name: example
      about: An example.
      cluster: { switches: \(switches) }
      topics: [{ name: in, partitions: 4 }, { name: out, partitions: 4 }, { name: more, partitions: 2 }, { name: state, partitions: 4 }]
      workload:
        - \(workload)
      duration: 20s
      """
    return try ScenarioReader.read(text: text, file: "example.yaml")
  }

  private func transform(_ entries: String) throws -> TransformEntry {
    try #require(try scenario("transform: { input: in, output: out, group: g, \(entries) }").workload[0].application as? TransformEntry)
  }

  private func transact(_ entries: String) throws -> TransactEntry {
    try #require(try scenario("transact: { topics: [in, out], transactional-id: x, \(entries) }").workload[0].application as? TransactEntry)
  }

  private func problem(_ workload: String) -> String {
    do {
      _ = try scenario(workload)
      return "nothing"
    } catch { return "\(error)" }
  }

  @Test func `A transformation reads as written`() throws {
    let entry = try transform("transactional-id: x, instances: 3, protocol: consumer, work: { filter: 0.5 }, process: { per-record: 1ms }, commit-every: 100ms")
    #expect((entry.instances, entry.group, entry.input, entry.outputs, entry.work) == (3, "g", "in", ["out"], .filter(0.5)))
    #expect((entry.promise, entry.commits, entry.timePerRecord) == (.exactlyOnce, CommitInterval(time: .milliseconds(100)), .milliseconds(1)))
    #expect(entry.transactionalIDs == ["x-1", "x-2", "x-3"])
    #expect((entry.consumer?.groupProtocol, entry.consumer?.isolationLevel, entry.consumer?.commitsAutomatically) == (.consumer, .readCommitted, false))
    #expect(entry.producer?.isIdempotent == true)
    #expect((entry.topics, entry.groupCount, entry.processCount) == (["in"], 1, 3))
    #expect(entry.membership?.promises.contains(.exactlyOnce) == true)
  }

  @Test func `A single instance has the transactional id as written`() throws {
    #expect(try transform("transactional-id: x").transactionalIDs == ["x"])
    #expect(try transact("producers: 1").transactionalIDs == ["x"])
  }

  @Test func `Each guarantee has its own settings`() throws {
    let atLeast = try transform("guarantee: at-least-once, commit-every: { records: 50 }")
    #expect((atLeast.producer?.isIdempotent, atLeast.producer?.transactionalID, atLeast.consumer?.isolationLevel) == (true, nil, .readUncommitted))
    #expect(atLeast.commits == CommitInterval(records: 50))
    #expect(atLeast.membership?.promises.contains(.atLeastOnce) == true)
    #expect(try transform("guarantee: at-least-once, producer: { enable.idempotence: false }").producer?.isIdempotent == false)
    #expect(try transform("guarantee: at-most-once").membership?.promises.contains(.atMostOnce) == true)
    #expect(try transform("transactional-id: x, consumer: { isolation.level: read_uncommitted }").consumer?.isolationLevel == .readUncommitted)
  }

  @Test func `Each kind of work reads as written, and says what it makes from a record`() throws {
    let works: [(String, TransformWork, Int?)] = [
      ("map", .map, 1), ("{ fan-out: 3 }", .fanOut(3), 3), ("{ filter: 0 }", .filter(0), 0), ("{ join: state }", .join("state"), nil),
      ("{ aggregate: state }", .aggregate(state: "state"), nil),
    ]
    for (text, work, outputs) in works {
      let entry = try transform("transactional-id: x, work: \(text)")
      #expect(entry.work == work)
      #expect(entry.membership?.outputs?(5) == outputs)
    }
    #expect(try transform("transactional-id: x, work: { join: state }").topics == ["in", "state"])
  }

  @Test(arguments: [
      ("", "'transactional-id' is missing"), ("guarantee: at-least-once, transactional-id: x", "nothing is transactional with guarantee: at-least-once"),
      ("guarantee: at-most-once, commit-every: 1s", "offsets are committed before the work"), ("guarantee: twice, transactional-id: x", "unknown word 'twice'"),
      ("transactional-id: x, work: guess", "'guess' is not a kind of work"), ("transactional-id: x, work: { filter: 2 }", "2"),
      ("transactional-id: x, work: { filter: 0.5, fan-out: 2 }", "expected one kind of work"), ("transactional-id: x, work: { fan-out: 0 }", "0"),
      ("transactional-id: x, work: { join: more }", "'more' has 2 partitions, and 'in' 4"), ("transactional-id: x, work: { join: in }", "'in' is the input itself"),
      ("transactional-id: x, work: { aggregate: out }", "'out' is not a separate topic"), ("transactional-id: x, work: { join: nowhere }", "there is no topic 'nowhere'"),
      ("transactional-id: x, commit-every: 0ms", "too short"), ("transactional-id: x, commit-every: { records: 0 }", "0"), ("transactional-id: x, instances: 0", "0"),
      ("transactional-id: x, producer: { transactional.id: y }", "the entry says transactional.id in words of its own"),
      ("transactional-id: x, producer: { enable.idempotence: false }", "the entry says enable.idempotence in words of its own"),
      ("transactional-id: x, producer: { acks: 1 }", "acks"), ("transactional-id: x, consumer: { enable.auto.commit: true }", "the entry says enable.auto.commit in words of its own"),
      ("transactional-id: \"\", guarantee: exactly-once", "is not a transactional id"), ("transactional-id: x, workers: 2", "unknown key 'workers'"),
      ("transactional-id: x, assignor: fair", "there is no assignor 'fair'"), ("transactional-id: x, process: { per-record: 1ms, workers: 2 }", "unknown key 'workers'"),
    ])
  func `Impossible transformations are refused`(entries: String, problem: String) {
    let told = self.problem("transform: { input: in, output: out, group: g, \(entries) }")
    #expect(told.contains(problem), "\(told)")
  }

  @Test func `Consumed topics are not produced to, and several topics need the same number of records`() {
    #expect(problem("transform: { input: in, output: in, group: g, transactional-id: x }").contains("'in' would be consumed and produced"))
    #expect(problem("transform: { input: in, output: state, group: g, transactional-id: x, work: { join: state } }").contains("'state' would be consumed and produced"))
    #expect(problem("transform: { input: in, output: [out, more], group: g, transactional-id: x }").contains("2 topics need as many records of each"))
    #expect(problem("transform: { input: in, output: [out, more], group: g, transactional-id: x, work: { fan-out: 2 } }") == "nothing")
  }

  @Test func `Transactions of records read as written`() throws {
    let entry = try transact("producers: 2, per-transaction: 7, partitions-per-transaction: 2, rate: 40/s, abort: 0.2, keys: 10, config: { transaction.timeout.ms: 5s }")
    #expect((entry.producers, entry.topics, entry.content) == (2, ["in", "out"], .records))
    #expect((entry.commits, entry.partitionsPerTransaction, entry.aborts) == (CommitInterval(records: 7), 2, .part(0.2)))
    #expect(entry.transactionalIDs == ["x-1", "x-2"])
    #expect(entry.sendPlan?.load == .constant(.perSecond(40)))
    #expect((entry.producer?.transactionTimeout, entry.producer?.isIdempotent) == (.seconds(5), true))
    #expect(try transact("abort: { every: 3 }").aborts == .every(3))
    #expect(try transact("rate: 1/s").commits == CommitInterval(records: 5))
    #expect(try transact("commit-every: 100ms").commits == CommitInterval(time: .milliseconds(100)))
  }

  @Test func `Transfers and appended lists read as written`() throws {
    let bank = try transact("bank: { accounts: 20 }")
    #expect((bank.content, bank.commits) == (.bank(accounts: 20), CommitInterval(records: 2)))
    let appends = try transact("append: { keys: 8 }, per-transaction: 3")
    #expect((appends.content, appends.consumer == nil) == (.append(keys: 8), true))
    let reading = try transact("append: { keys: 8, reads: true }")
    #expect(reading.consumer?.isolationLevel == .readCommitted)
    #expect(reading.partitions(readBy: 0, among: [TopicPartition("in", 0)]) == [TopicPartition("in", 0)])
  }

  @Test(arguments: [
      ("per-transaction: 5, commit-every: 1s", "per-transaction and commit-every exclude each other"), ("per-transaction: 0", "0"),
      ("partitions-per-transaction: 9", "9"), ("abort: 2", "2"), ("abort: { every: 0 }", "0"), ("bank: { accounts: 1 }", "1"), ("bank: { accounts: 5 }, append: { keys: 3 }", "bank and append exclude each other"),
      ("bank: { accounts: 5 }, per-transaction: 3", "a transfer is a transaction"), ("bank: { accounts: 5 }, value: 1KiB", "value and bank exclude each other"),
      ("append: { keys: 3 }, keys: 5", "keys and append exclude each other"), ("append: { keys: 3 }, partitions-per-transaction: 2", "exclude each other"),
      ("config: { transactional.id: y }", "the entry says transactional.id in words of its own"), ("clients: 2", "unknown key 'clients'"),
    ])
  func `Impossible transactions are refused`(entries: String, problem: String) {
    let told = self.problem("transact: { topics: [in, out], transactional-id: x, \(entries) }")
    #expect(told.contains(problem), "\(told)")
  }

  @Test func `Transactions need an id`() {
    #expect(problem("transact: { topic: in }").contains("'transactional-id' is missing"))
  }

  @Test func `Applications are switched with the cluster`() throws {
    let workload = "transform: { input: in, output: out, group: g, transactional-id: x }"
    #expect(try (scenario(workload, switches: "{ app.rewindOnAbort: false }").workload[0].application as? TransformEntry)?.switches.rewindOnAbort == false)
    #expect(try (scenario(workload).workload[0].application as? TransformEntry)?.switches.rewindOnAbort == true)
  }

  @Test func `A transformation reads one topic and writes another`() throws {
    let plan = try scenario("transform: { input: in, output: out, group: g, transactional-id: x }").workload[0]
    #expect((plan.topics, plan.outputs, plan.sends, plan.reads) == (["in"], ["out"], true, true))
    #expect(try scenario("consume: { topic: in }").workload[0].outputs == [])
    #expect(try scenario("produce: { topic: in }").workload[0].outputs == ["in"])
  }
}
