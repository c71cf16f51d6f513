import Host
import Primitives
import Testing
import Transactions
import Wire
import Workloads

@testable import Trials

@Suite struct CommittedTransactionsTests {
  private static let partition = TopicIDPartition(.zero, 0)

  private var committed = CommittedTransactions()

  @discardableResult
  private mutating func write(_ producer: Int64, at offset: Offset, epoch: LeaderEpoch = 0, commits: Bool? = nil, isTransactional: Bool = true) -> Offset? {
    let batch = CommittedTransactions.Batch(
      baseOffset: offset, nextOffset: offset + 1, leaderEpoch: epoch, producerID: producer, isTransactional: isTransactional, commits: commits)
    return committed.add(batch, in: Self.partition, at: .zero)?.ended?.firstOffset
  }

  private func unstable(below highWatermark: Offset) -> Offset? { committed.firstUnstable(in: Self.partition, below: highWatermark)?.firstOffset }

  @Test mutating func `A transaction is open from its first batch to its marker`() {
    write(5, at: 0)
    write(6, at: 1)
    write(5, at: 2)
    #expect(unstable(below: 3) == 0)
    #expect(write(5, at: 3, commits: true) == 0)
    #expect(unstable(below: 4) == 1)
    #expect(write(6, at: 4, commits: false) == 1)
    #expect(unstable(below: 5) == nil)
  }

  @Test mutating func `A leader that is behind has open what is open below its high watermark`() {
    write(5, at: 0)
    write(6, at: 1)
    write(5, at: 2, commits: true)
    #expect(unstable(below: 2) == 1)
    #expect(unstable(below: 1) == nil, "the marker is committed, whether or not this leader knows")
  }

  @Test mutating func `Non-transactional batches and repeated reports change nothing`() {
    write(5, at: 0, isTransactional: false)
    write(-1, at: 1)
    #expect(unstable(below: 2) == nil)
    write(5, at: 2)
    #expect(write(5, at: 3, commits: true) == 2)
    write(5, at: 2)
    #expect(unstable(below: 4) == nil)
    #expect(write(5, at: 4, commits: true) == nil, "a marker that is written twice ends nothing")
  }

  @Test mutating func `Batches replaced by a later leader are gone`() {
    write(5, at: 0)
    write(5, at: 1, commits: true)
    write(6, at: 2)
    #expect(unstable(below: 3) == 2)
    write(7, at: 1, epoch: 1)
    #expect(unstable(below: 2) == 0, "the marker is gone, and what it ended is open again")
    write(5, at: 2, epoch: 1, commits: false)
    #expect(unstable(below: 3) == 1)
    committed.forget(Self.partition)
    #expect(unstable(below: 3) == nil)
  }
}

@Suite struct LastStableOffsetTests {
  private var offsets = LastStableOffsets()

  private mutating func look(at end: Offset, leader: NodeID = 1, epoch: LeaderEpoch = 0, start: Offset = 0, unstable: Offset? = nil) -> String? {
    offsets.check(
      LastStableOffsets.Look(partition: TopicPartition("t", 0), topicID: .zero, leader: leader, epoch: epoch, logStartOffset: start, committedEnd: end),
      unstable.map { CommittedTransactions.Transaction(producerID: 5, producerEpoch: 2, firstOffset: $0, since: .zero) })
  }

  @Test mutating func `No reader receives what comes after an open transaction`() {
    #expect(look(at: 3, unstable: 3) == nil)
    let evidence = look(at: 4, unstable: 3)
    #expect(
      evidence == "t-0: the last stable offset of its leader, broker 1, is 4, behind the transaction that producer 5, epoch 2, began at offset 3 and that has not ended")
    #expect(look(at: 5, unstable: 3) == nil, "a transaction is told once")
    #expect(look(at: 9, unstable: 7) != nil)
    #expect(offsets.verdict.conclusion == .violated && offsets.verdict.caseCount == 2 && offsets.verdict.examined == 4)
  }

  @Test mutating func `Deleted records hold no reader back`() {
    #expect(look(at: 8, start: 8, unstable: 3) == nil)
    #expect(offsets.verdict.conclusion == .holds)
  }

  @Test mutating func `The last stable offset goes back only with another leader`() {
    #expect(look(at: 8) == nil)
    #expect(look(at: 6, leader: 2, epoch: 1) == nil)
    #expect(look(at: 8, leader: 2, epoch: 1) == nil)
    #expect(look(at: 7, leader: 2, epoch: 1) == "t-0: the last stable offset of its leader, broker 2, went back from 8 to 7")
  }

  @Test func `Partitions that were not observed are unknown`() { #expect(LastStableOffsets().verdict.conclusion == .unknown) }
}

@Suite struct TransactionAgreementTests {
  private static let a = TopicPartition("t", 0), b = TopicPartition("t", 1)

  private var agreement = TransactionAgreement()

  private mutating func tell(
    _ state: TransactionState, epoch: Int16 = 0, _ partitions: [TopicPartition] = [a, b], isJudged: Bool = true, clientVersion: Int16 = 2
  ) -> String? {
    agreement.check(
      RecordedTransaction(
        transactionalID: "x", producerID: 5, producerEpoch: epoch, state: state, clientVersion: clientVersion, partitions: state.isAtRest ? [] : partitions, offset: 17)) { _ in isJudged }
  }

  /// - Parameter written: the epoch in which the producer wrote what ends.
  private mutating func mark(_ partition: TopicPartition, commits: Bool, epoch: Int16 = 0, endsFrom first: Offset? = 3, written: Int16 = 0) -> String? {
    let marker = CommittedTransactions.Marker(offset: 9, producerID: 5, producerEpoch: epoch, isCommit: commits)
    return agreement.check(
      marker, first.map { CommittedTransactions.Transaction(producerID: 5, producerEpoch: written, firstOffset: $0, since: .zero, marker: marker) }, in: partition)
  }

  /// An id with a transaction that is to be committed.
  private mutating func prepare(epoch: Int16 = 0) {
    #expect(tell(.empty) == nil)
    #expect(tell(.ongoing) == nil)
    #expect(tell(.prepareCommit, epoch: epoch) == nil)
  }

  @Test mutating func `A transaction ends everywhere as its coordinator decided`() {
    prepare(epoch: 1)
    #expect(mark(Self.a, commits: true, epoch: 1) == nil)
    #expect(mark(Self.b, commits: true, epoch: 1, endsFrom: nil) == nil, "a partition that got no record has its marker, too")
    #expect(tell(.completeCommit, epoch: 1) == nil)
    #expect(agreement.verdict(with: Findings()).conclusion == .holds)
  }

  @Test mutating func `An end that differs from the decision is reported`() {
    prepare()
    #expect(
      mark(Self.a, commits: false)
        == "t-0: the marker at offset 9 aborts what producer 5 (transactional id x) wrote from offset 3 on, and its coordinator decided to commit the transaction")
    #expect(agreement.verdict(with: Findings()).conclusion == .violated)
  }

  @Test mutating func `A marker of the previous transaction ends the next one before that is decided`() {
    prepare(epoch: 1)
    _ = mark(Self.a, commits: true, epoch: 1)
    _ = mark(Self.b, commits: true, epoch: 1)
    #expect(tell(.completeCommit, epoch: 1) == nil)
    #expect(tell(.ongoing, epoch: 1, [Self.a]) == nil)
    #expect(mark(Self.a, commits: true, epoch: 1, endsFrom: nil) == nil, "before there is anything it ends nothing")
    #expect(mark(Self.b, commits: true, epoch: 1, written: 1) == nil, "the transaction is not about that partition")
    #expect(mark(Self.a, commits: true, epoch: 1, written: 0) == nil, "the end of the one before is seen late")
    #expect(mark(Self.a, commits: true, epoch: 1, written: 1)?.hasSuffix("its coordinator has not decided how the transaction ends") == true)
  }

  @Test mutating func `If transactions share an epoch, the log distinguishes them`() {
    prepare()
    #expect(mark(Self.a, commits: true) == nil)
    #expect(mark(Self.b, commits: true) == nil)
    #expect(tell(.completeCommit) == nil)
    #expect(tell(.ongoing, [Self.a]) == nil)
    #expect(mark(Self.a, commits: true)?.hasSuffix("its coordinator has not decided how the transaction ends") == true, "the end of the one before ends this one")
    #expect(tell(.prepareAbort, [Self.a]) == nil)
    #expect(mark(Self.a, commits: false) == nil)
  }

  @Test mutating func `A coordinator that considers a transaction complete has all its markers`() {
    prepare()
    _ = mark(Self.a, commits: true)
    #expect(
      tell(.completeCommit)
        == "transactional id x: its coordinator has recorded CompleteCommit at offset 17, and t-1 has no marker that says so of producer 5, epoch 0")
  }

  @Test mutating func `A partition with unknown batches is not judged`() {
    prepare()
    #expect(tell(.completeCommit, isJudged: false) == nil)
    #expect(agreement.verdict(with: Findings()).conclusion == .holds)
  }

  @Test mutating func `A process that takes over an id in the epoch of its predecessor is reported`() {
    prepare(epoch: 2)
    #expect(tell(.completeAbort, epoch: 3, isJudged: false) == nil && tell(.empty, epoch: 4) == nil && tell(.empty, epoch: 4) == nil, "an answer that was lost is asked for again")
    #expect(tell(.ongoing, epoch: 4) == nil && tell(.completeCommit, epoch: 5, isJudged: false) == nil)
    #expect(
      tell(.empty, epoch: 5) == "transactional id x: its coordinator has given producer 5 to a new process at offset 17, in epoch 5, and the one before had epoch 5")
  }

  @Test mutating func `A process that asked twice for another epoch is told the same, also when it has used that epoch by then`() {
    prepare(epoch: 2)
    #expect(tell(.completeAbort, epoch: 2, isJudged: false) == nil && tell(.empty, epoch: 3) == nil)
    #expect(tell(.ongoing, epoch: 3) == nil && tell(.completeCommit, epoch: 3, isJudged: false) == nil)
    #expect(tell(.empty, epoch: 3) == nil, "its first request comes now")
    #expect(tell(.ongoing, epoch: 3) == nil && tell(.completeCommit, epoch: 4, isJudged: false) == nil)
    #expect(tell(.empty, epoch: 4)?.contains("in epoch 4, and the one before had epoch 4") == true, "nobody asked for that one")
  }

  @Test mutating func `The epoch that a process was given before anybody used the last one is told again as well, and the first one of all is not`() {
    #expect(tell(.empty) == nil && tell(.empty, epoch: 1) == nil, "its first request comes late")
    #expect(tell(.ongoing, epoch: 1) == nil && tell(.completeCommit, epoch: 1, isJudged: false) == nil)
    #expect(tell(.empty, epoch: 1) == nil)
    agreement.forget()
    #expect(tell(.empty) == nil && tell(.empty) == nil && tell(.ongoing) == nil && tell(.completeCommit, isJudged: false) == nil)
    #expect(tell(.empty)?.contains("in epoch 0, and the one before had epoch 0") == true)
  }

  @Test(arguments: [0, 2] as [Int16])
  mutating func `The abort that a process asked for may raise its epoch, but not that of one whose transactions all have their own`(clientVersion: Int16) {
    #expect(tell(.empty) == nil && tell(.ongoing, clientVersion: clientVersion) == nil)
    #expect(tell(.prepareAbort, epoch: 1) == nil && tell(.completeAbort, epoch: 1, isJudged: false) == nil)
    #expect((tell(.empty, epoch: 1) == nil) == (clientVersion < 2))
  }

  @Test mutating func `Possible losses are not reported, and neither is an operator who ends what no coordinator knows`() {
    prepare()
    agreement.forget()
    #expect(mark(Self.a, commits: false) == nil)
    #expect(tell(.prepareCommit) == nil && tell(.completeCommit) == nil)
    #expect(mark(Self.a, commits: false) == nil, "an operator ended it by hand")
    #expect(agreement.transactionalID(of: 5) == "x" && agreement.transactionalID(of: 6) == nil)
  }
}

@Suite struct RecordedTransactionsTests {
  private var recorded = RecordedTransactions()

  private func batch(_ states: [TransactionState], at offset: Offset, epoch: LeaderEpoch = 0) throws -> RecordBatch {
    var builder = RecordBatchBuilder(baseOffset: offset, leaderEpoch: epoch)
    for state in states {
      var key = TransactionLogKey()
      key.transactionalId = "x"
      var value = TransactionLogValue()
      value.producerId = 5
      value.producerEpoch = 1
      value.transactionStatus = state.rawValue
      value.transactionPartitions = state == .ongoing ? [.init { ($0.topic, $0.partitionIds) = ("t", [0, 1]) }] : nil
      builder.append(timestamp: Timestamp(milliseconds: 0), key: try key.encodedWithType(), value: try value.encodedWithVersion(1))
    }
    return try RecordBatch.splitting(builder.build())[0]
  }

  private mutating func add(_ states: TransactionState..., at offset: Offset, epoch: LeaderEpoch = 0, partition: Int32 = 3) throws -> [TransactionState] {
    recorded.add(try batch(states, at: offset, epoch: epoch), in: partition).map(\.state)
  }

  @Test mutating func `A record has the state of an id, and its own place`() throws {
    let told = recorded.add(try batch([.empty, .ongoing], at: 7), in: 3)
    #expect(told.map(\.offset) == [7, 8] && told.map(\.state) == [.empty, .ongoing])
    #expect(told[1].transactionalID == "x" && told[1].producerID == 5 && told[1].producerEpoch == 1)
    #expect(told[0].partitions == [] && told[1].partitions == [TopicPartition("t", 0), TopicPartition("t", 1)])
  }

  @Test mutating func `A later commit of another replica is not new`() throws {
    #expect(try add(.ongoing, at: 0) == [.ongoing])
    #expect(try add(.prepareAbort, at: 1, epoch: 1) == [.prepareAbort])
    #expect(try add(.ongoing, at: 0) == [], "the former coordinator hears now that its record is committed")
    #expect(try add(.prepareAbort, at: 1, epoch: 1) == [])
    #expect(try add(.ongoing, at: 0, partition: 4) == [.ongoing], "each partition has its own order")
    #expect(try add(.completeAbort, at: 2, epoch: 1) == [.completeAbort])
  }

  @Test mutating func `Batches that a later leader writes in place of others count`() throws {
    #expect(try add(.ongoing, .prepareCommit, at: 0) == [.ongoing, .prepareCommit])
    #expect(try add(.ongoing, at: 0, epoch: 2) == [.ongoing])
    #expect(try add(.prepareAbort, at: 1, epoch: 2) == [.prepareAbort])
  }
}
