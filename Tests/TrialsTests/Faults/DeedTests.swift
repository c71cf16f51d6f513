import Primitives
import Testing

@testable import Scenarios
@testable import Trials

/// Every fault word, written and read.
@Suite struct DeedTests {
  /// One argument at least for each word, and each argument once at least.
  static let entries = [
    "kill: broker-1", "crash: broker-2", "power-loss: [broker-1, broker-2]", "power-loss: leader(t-0)", "replace-disk: broker-1", "restart: broker-1", "pause: any",
    "power-loss: { nodes: [broker-1, leader(t-0)], unsynced: dropped }", "resume: follower(t-0)", "slow-cpu: { node: broker-1, factor: 10 }", "shutdown: active-controller", "isolate: controller-1", "partition: [[broker-1], [broker-2, produce]]",
    "partition: [[broker-1], others]", "cut: { from: broker-1, to: others }", "heal: all", "slow: { from: broker-1, to: all, latency: 1.5ms, jitter: 5ms, bandwidth: 1000000B/s }",
    "slow: { from: others, to: broker-1, latency: 350ns }", "reset: { from: broker-1, to: [broker-2, broker-3] }", "clog: { from: broker-1, to: all }",
    "half-open: { from: broker-1, to: others }",
    "hold: { api: Produce, where: { topicData: { name: t, partitionData: { index: 0 } }, acks: -1 } }",
    "drop: { api: Fetch, response: true, where: { errorCode: OFFSET_OUT_OF_RANGE } }", "answer: NOT_LEADER_OR_FOLLOWER, api: Produce, nth: 3",
    "answer: { error: UNKNOWN_SERVER_ERROR, api: Fetch, from: broker-1, to: broker-2, times: 2, where: { replicaId: 1 } }",
    "hold: { api: Fetch }", "drop: { api: Produce, response: true, from: broker-1, to: produce, nth: 3, times: 2 }", "delay: { api: Fetch, by: 200ms }",
    "duplicate: { api: Metadata, to: all }", "release: all", "release: first", "release: [first, second]", "disk: full, node: broker-1", "disk: slow, node: broker-1, by: 350ms",
    "disk: stalled, node: all, files: \"*/t-0/*\"", "disk: rot, node: broker-1, bits: 8", "disk: { fault: eio, node: broker-1, times: 2 }", "disk: eio-on-sync, node: broker-1",
    "disk: misdirect, node: broker-1", "disk: phantom-write, node: broker-1", "clock: { fault: jump, node: broker-1, by: -7200s }", "clock: { fault: drift, node: all, by: 50us }",
    "clock: { fault: skew, node: broker-1, by: 1s }", "admin: { elect-leader: { partition: t-0, unclean: true } }",
    "admin: { reassign: { partition: t-0, replicas: [2, 1, 3] } }", "admin: { reassign: { partition: t-0, cancel: true } }",
    "admin: { alter-config: { topic: t, config: { retention.ms: 5 } } }", "admin: { create-partitions: { topic: t, total: 4 } }",
    "admin: { delete-records: { partition: t-0, before: 20 } }", "admin: { delete-topic: { topic: t } }",
    "admin: { create-topic: { topic: u, partitions: 2, replication-factor: 3 } }",
    "admin: { reset-offsets: { group: g, topic: t, to: earliest } }", "admin: { reset-offsets: { group: g, partitions: [t-0], to: latest } }",
    "admin: { reset-offsets: { group: g, partitions: t-0, to: 120 } }", "admin: { delete-group: { group: g } }", "admin: { abort-transaction: { partition: t-0 } }", "kill: coordinator(group g)",
    "pause: \"member(g, 2)\"", "isolate: \"owner(g, t-0)\"", "shutdown: member(g)", "power-loss: [coordinator(group *), broker-1]",
    "kill: [broker-1, leader(t-0)]", "replace-disk: [broker-1, broker-2]", "restart: [broker-1, broker-2]", "pause: [broker-1, any]", "resume: [broker-1, broker-2]",
    "shutdown: [broker-1, controller-1]", "slow-cpu: { node: [broker-1, broker-2], factor: 10 }", "isolate: [broker-1, produce]", "disk: rot, node: [broker-1, broker-2]",
    "disk: { fault: full, node: [broker-1, broker-2], times: 3 }", "clock: { fault: skew, node: [broker-1, broker-2], by: 1s }", "kill: coordinator(transaction x)", "pause: \"instance(consume, 2)\"", "isolate: coordinator(transaction *)",
  ]

  static func read(_ entry: String) throws -> any Deed { try read(Value.parse("{ \(entry) }", source: "test")) }

  static func read(_ entry: Value) throws -> any Deed {
    let document = try Value.parse("{ topics: [{ name: t }], workload: [{ produce: { topic: t } }, { consume: { topic: t, group: g, members: 3 } }, { transact: { topic: t, transactional-id: x } }] }", source: "test")
    let reader = DeedReader(names: DeclaredNames(document), entries: ["first", "second"], createdTopics: [])
    var map = try MapReader(entry)
    let word = map.keys[0]
    let deed = try map.required(word) { $0 }
    let read = try Deeds.read(word, deed, beside: &map, reader)!
    try map.finish()
    return read
  }

  @Test func `Every word is tried here`() {
    let tried = Set(Self.entries.map { String($0.prefix { $0 != ":" }) })
    #expect(tried == Set(Deeds.words))
  }

  @Test(arguments: entries) func `A deed is written so that it reads back the same`(entry: String) throws {
    func check<Kind: Deed>(_ deed: Kind) throws {
      let written = Value.map(deed.written).yaml
      #expect(try Self.read(Value.parse(written, source: "written")) as? Kind == deed, "\(written)")
      #expect(deed.mapNodes { $0 } == deed)
    }
    try check(Self.read(entry))
  }

  @Test func `Random choices follow the order in which an entry names nodes`() throws {
    var asked: [NodeSelector] = []
    let deed = try Self.read("partition: [[any, broker-1], [broker-2, any]]").mapNodes { node in
      asked.append(node)
      return node == .any ? .broker(NodeID(Int32(asked.count + 5))) : node
    }
    #expect(asked == [.any, .broker(1), .broker(2), .any])
    #expect(deed as? NetworkDeed == .partition([.nodes([.broker(6), .broker(1)]), .nodes([.broker(2), .broker(9)])]))
  }
}

