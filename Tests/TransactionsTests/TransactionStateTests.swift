import Primitives
import Testing

@testable import Transactions

@Suite struct TransactionStateTests {
  @Test func `States have Kafka's names and numbers`() {
    let names = ["Empty", "Ongoing", "PrepareCommit", "PrepareAbort", "CompleteCommit", "CompleteAbort", "Dead", "PrepareEpochFence"]
    #expect(TransactionState.allCases.map(\.name) == names)
    #expect(TransactionState.allCases.map(\.rawValue) == [0, 1, 2, 3, 4, 5, 6, 7])
    for state in TransactionState.allCases { #expect(TransactionState(name: state.name) == state) }
    #expect(TransactionState(name: "empty") == nil)
  }

  @Test func `Each state comes after those that Kafka allows`() {
    let rest: [TransactionState] = [.empty, .completeCommit, .completeAbort]
    let allowed: [(TransactionState, [TransactionState])] = [
      (.empty, rest), (.ongoing, [.ongoing] + rest), (.prepareCommit, [.ongoing]), (.prepareAbort, [.ongoing, .prepareEpochFence] + rest),
      (.completeCommit, [.prepareCommit]), (.completeAbort, [.prepareAbort]), (.dead, rest), (.prepareEpochFence, [.ongoing]),
    ]
    for (state, former) in allowed {
      #expect(TransactionState.allCases.filter { state.mayFollow($0) } == former.sorted { $0.rawValue < $1.rawValue }, "\(state.name)")
    }
  }

  // MARK: What is checked of each change

  private static let now = Timestamp(milliseconds: 5_000)
  private static let t0 = TopicPartition("t", 0), t1 = TopicPartition("t", 1)

  /// An id with producer 7 in epoch 3, and with partitions if it is not at rest.
  private func metadata(_ state: TransactionState, _ partitions: [TopicPartition] = [], clientVersion: Int16 = 2) -> TransactionMetadata {
    var metadata = TransactionMetadata(producerID: 7)
    (metadata.state, metadata.producerEpoch, metadata.lastProducerEpoch, metadata.timeout) = (state, 3, 2, 60_000)
    (metadata.partitions, metadata.startTimestamp, metadata.clientVersion) = (partitions, 4_000, clientVersion)
    return metadata
  }

  /// What is wrong with a change after another one was made to it.
  private func illegality(_ next: TransactionMetadata?, after former: TransactionMetadata, _ change: (inout TransactionMetadata) -> Void = { _ in }) -> String? {
    guard var next else { return "there is none" }
    change(&next)
    return next.illegality(of: "x", after: former)
  }

  @Test func `The changes of a transaction are in order`() {
    let open = metadata(.ongoing, [Self.t0]), done = metadata(.completeCommit)
    #expect(illegality(done.adding([Self.t0], clientVersion: 2, at: Self.now), after: done) == nil)
    #expect(illegality(open.adding([Self.t1], clientVersion: 2, at: Self.now), after: open) == nil)
    for (commits, version) in [(true, 2), (false, 2), (true, 0), (false, 0)] as [(Bool, Int16)] {
      let prepared = open.ending(commits: commits, clientVersion: version, nextProducerID: -1, isEmpty: false, at: Self.now)
      #expect(illegality(prepared, after: open) == nil)
      #expect(illegality(prepared.completed(at: Self.now), after: prepared) == nil)
    }
    let last = open.ending(commits: true, clientVersion: 2, nextProducerID: 8, isEmpty: false, at: Self.now)
    #expect(illegality(last.completed(at: Self.now), after: last) == nil)
    #expect(illegality(done.ending(commits: false, clientVersion: 2, nextProducerID: -1, isEmpty: true, at: Self.now), after: done) == nil)
    #expect(illegality(done.initialized(timeout: 1_000, expected: nil, bump: 1, at: Self.now), after: done) == nil)
    #expect(illegality(done.initialized(timeout: 1_000, expected: 3, bump: 1, at: Self.now), after: done) == nil)
    #expect(illegality(done.initialized(timeout: 1_000, expected: 2, bump: 1, at: Self.now), after: done) == nil, "a repeated request")
    #expect(illegality(done.rotated(to: 8, timeout: 1_000, remembersEpoch: true, at: Self.now), after: done) == nil)
  }

  @Test func `A transaction whose start, timeout or partitions change on the way is told of`() {
    let open = metadata(.ongoing, [Self.t0]), done = metadata(.completeCommit)
    let more = open.adding([Self.t1], clientVersion: 2, at: Self.now)
    #expect(illegality(more, after: open) { $0.startTimestamp = 5_000 } == "x goes on, and its start moved from 4000 to 5000")
    #expect(illegality(more, after: open) { $0.partitions = [Self.t1] } == "x goes on, and has lost a partition: [t-1] after [t-0]")
    #expect(illegality(more, after: open) { $0.timeout = 1 } == "x is Ongoing, and its timeout went from 60000 ms to 1 ms")
    #expect(illegality(more, after: open) { $0.producerEpoch = 4 } == "x became Ongoing in epoch 4, and was in epoch 3")
    #expect(illegality(done.adding([Self.t0], clientVersion: 2, at: Self.now), after: done) { $0.startTimestamp = 4_000 } == "x begins at 5000, and counts from 4000")
    let prepared = open.ending(commits: true, clientVersion: 2, nextProducerID: -1, isEmpty: false, at: Self.now)
    #expect(illegality(prepared, after: open) { $0.partitions = [] } == "x ends as PrepareCommit with [], and had [t-0]")
    #expect(illegality(prepared.completed(at: Self.now), after: prepared) { $0.partitions = [Self.t0] } == "x is CompleteCommit, and has [t-0]")
  }

  @Test func `A change that forgets an epoch, does not raise it, or takes another producer id is told of`() {
    let open = metadata(.ongoing, [Self.t0]), done = metadata(.completeCommit)
    let prepared = open.ending(commits: true, clientVersion: 2, nextProducerID: -1, isEmpty: false, at: Self.now)
    #expect(illegality(prepared, after: open) { $0.producerEpoch = 3 } == "x ends in epoch 3 after 3, and was in epoch 3")
    #expect(illegality(prepared, after: open) { $0.lastProducerEpoch = -1 } == "x ends in epoch 4 after -1, and was in epoch 3")
    #expect(illegality(prepared, after: open) { $0.previousProducerID = -1 } == "x had producer id 7, and remembers -1")
    #expect(illegality(prepared.completed(at: Self.now), after: prepared) { $0.producerID = 9; $0.producerEpoch = 0 } == "x goes on with producer id 9, and -1 was decided")
    let initialized = done.initialized(timeout: 1_000, expected: nil, bump: 0, at: Self.now)
    #expect(illegality(initialized, after: done) == "x has a new producer in epoch 3, which its former one has")
  }

  // MARK: What is checked of a coordinator

  /// What was told during some deeds.
  private func told(_ deeds: () -> Void) -> [String] {
    BrokenInvariants.forget()
    deeds()
    return BrokenInvariants.take()
  }

  private func shard(_ metadata: TransactionMetadata) -> TransactionShard {
    var shard = TransactionShard(settings: TransactionSettings(), cluster: TestCluster(2))
    shard.take(metadata, of: "x")
    return shard
  }

  @Test func `An illegal change is told of once, where it happens`() {
    var shard = shard(metadata(.completeCommit))
    #expect(told { shard.takeDecided(metadata(.completeCommit).adding([Self.t0], clientVersion: 2, at: Self.now), of: "x") } == [])
    let illegal = metadata(.completeAbort)
    #expect(told { shard.takeDecided(illegal, of: "x"); shard.takeDecided(illegal, of: "x") } == ["transaction x became CompleteAbort after Ongoing"])
  }

  @Test func `An end that was loaded and that nobody carries out is told of`() {
    var shard = shard(metadata(.prepareCommit, [Self.t0]))
    #expect(told { shard.loaded(at: .init(now: .zero, wallClock: Self.now)) } == [])
    shard.pending.removeAll()
    #expect(told { shard.requireResumed() } == ["transaction x: it was loaded as PrepareCommit, and nobody writes its markers"])
  }

  @Test func `Markers that are ordered for another end than the recorded one are told of`() {
    let prepared = metadata(.prepareCommit, [Self.t0]), shard = shard(prepared)
    func order(_ epoch: Int16, commits: Bool, _ partitions: [TopicPartition] = [Self.t0]) -> MarkerOrder {
      MarkerOrder(transactionalID: "x", producerID: 7, producerEpoch: epoch, isCommit: commits, partitions: partitions, transactionVersion: 2)
    }
    #expect(told { shard.requireRecorded(order(3, commits: true)) } == [])
    #expect(told { shard.requireRecorded(order(3, commits: false)) }.count == 1)
    #expect(told { shard.requireRecorded(order(3, commits: true, [])) }.count == 1)
    #expect(told { shard.requireRecorded(order(4, commits: true)) } == [
      "transaction x: markers of a commit in epoch 4 of producer 7 are ordered for 1 partitions, and it is PrepareCommit in epoch 3 of producer 7"
    ])
  }

  @Test func `A transaction that is open for too long and is not aborted is told of, and one that is let records in without their partition`() {
    var shard = shard(metadata(.ongoing, [Self.t0]))
    #expect(told { shard.requireOverdue(at: Timestamp(milliseconds: 64_000)) } == [])
    #expect(told { shard.requireOverdue(at: Timestamp(milliseconds: 64_001)) } == ["transactions of partition 0: 1 have been open for too long, and 0 are to be aborted"])
    shard.overdue = ["x"]
    #expect(told { shard.requireOverdue(at: Timestamp(milliseconds: 64_001)) } == [])
    #expect(told { shard.requireContained([Self.t0, Self.t1], [.none, .transactionAbortable], "x") } == [])
    #expect(told { shard.requireContained([Self.t1], [.none], "x") } == ["transaction x: records of t-1 are let in, and it is Ongoing with [t-0]"])
    #expect(told { shard.requireAtRest(["x", "gone"]) } == ["transaction x: it is forgotten for its age, and is Ongoing"])
  }
}
