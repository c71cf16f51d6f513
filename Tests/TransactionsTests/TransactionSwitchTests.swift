import Primitives
import Testing
import Wire

@testable import Transactions

/// Each switch of a transaction coordinator in both positions.
@Suite struct TransactionSwitchTests {
  private let last = Int16.max - 1

  private func fixture(level: Int16 = 2, _ change: (inout TransactionSwitches) -> Void) -> TransactionFixture {
    let fixture = TransactionFixture(level: level) { change(&$0.switches) }
    fixture.initialize()
    return fixture
  }

  @Test func `Each switch has a name`() throws {
    #expect(TransactionSwitches.table.settings.count == 16)
    var switches = TransactionSwitches()
    try TransactionSwitches.table.apply([("singleCompletion", "false"), ("bumpOnRetriedInit", "true")], to: &switches)
    #expect(!switches.singleCompletion && switches.bumpOnRetriedInit)
  }

  @Test func `A new id starts in the first epoch there is, and continues from there`() {
    let fixture = fixture { $0.firstEpoch = 30_000 }
    #expect(fixture.standing() == "Empty 1:30000")
    #expect(fixture.initialize() == "1:30001")
  }

  @Test(arguments: [true, false])
  func `A partition of the ending transaction is added to the next one, or only seems to be`(waits: Bool) {
    let fixture = fixture { $0.returnConcurrentBeforeAdd = waits }
    fixture.add([p0], (1, 0))
    fixture.commit((1, 0))
    #expect(fixture.add([p0], (1, 1)) == (waits ? "CONCURRENT_TRANSACTIONS" : "NONE"))
    #expect(fixture.add([p1], (1, 1)) == "CONCURRENT_TRANSACTIONS")
    fixture.writeMarkers()
    #expect(fixture.standing() == "CompleteCommit 1:1")
    // What was written meanwhile belongs to nothing that can be committed.
    #expect(fixture.commit((1, 1)) == "INVALID_TXN_STATE")
  }

  @Test(arguments: [true, false])
  func `A completion is recorded once, or again over the next transaction`(isSingle: Bool) {
    let fixture = fixture(level: 0) { $0.singleCompletion = isSingle }
    fixture.transact((1, 0), version: 4)
    fixture.add([p1], (1, 0), version: 3)
    fixture.run(.milliseconds(100))
    #expect(fixture.standing() == (isSingle ? "Ongoing 1:0 [t-1]" : "CompleteCommit 1:0"))
    // Without a marker anywhere.
    #expect(fixture.commit((1, 0), version: 4) == "NONE")
    #expect(fixture.orders.count == (isSingle ? 1 : 0))
  }

  @Test(arguments: [true, false])
  func `The next coordinator knows the partitions of an open transaction, or has never heard of them`(persists: Bool) {
    let fixture = fixture(level: 0) { $0.persistOngoing = persists }
    fixture.transact((1, 0), version: 4)
    fixture.add([p0], (1, 0), version: 3)
    #expect(fixture.standing() == "Ongoing 1:0 [t-0]")
    fixture.failOver()
    fixture.add([p1], (1, 0), version: 3)
    #expect(fixture.commit((1, 0), version: 4) == "NONE")
    #expect(fixture.writeMarkers()?.partitions == (persists ? [p0, p1] : [p1]))
  }

  @Test(arguments: [false, true])
  func `A fence that the log refuses takes one epoch, or one for each attempt until none is left`(bumps: Bool) {
    let fixture = fixture(level: 0) { $0.bumpOnRetriedInit = bumps }
    fixture.place(producer: (9, last - 3), state: .ongoing, partitions: [p0])
    fixture.refusal = .coordinatorNotAvailable
    let answers = (0..<6).map { _ in fixture.initialize() }
    let refused = "COORDINATOR_NOT_AVAILABLE", spent = "UNKNOWN_SERVER_ERROR"
    #expect(answers == (bumps ? [refused, refused, refused, refused, spent, spent] : Array(repeating: refused, count: 6)))
    fixture.refusal = nil
    #expect(fixture.initialize() == (bumps ? spent : "CONCURRENT_TRANSACTIONS"))
  }

  @Test(arguments: [true, false])
  func `The next coordinator knows the previous producer id, or fences its owner`(keeps: Bool) {
    let fixture = fixture { $0.keepPreviousProducerID = keeps }
    fixture.place(producer: (9, last))
    fixture.transact((9, last))
    #expect(fixture.standing() == "CompleteCommit 10:0")
    fixture.failOver()
    #expect(fixture.commit((9, last)) == (keeps ? "10:0" : "INVALID_PRODUCER_ID_MAPPING"))
  }

  @Test(arguments: [true, false])
  func `The next coordinator knows the next producer id, or stays in the last epoch`(keeps: Bool) {
    let fixture = fixture { $0.keepPreviousProducerID = keeps }
    fixture.place(producer: (9, last))
    fixture.add([p0], (9, last))
    #expect(fixture.commit((9, last)) == "10:0")
    fixture.failOver()
    fixture.writeMarkers()
    #expect(fixture.standing() == (keeps ? "CompleteCommit 10:0" : "CompleteCommit 9:32767"))
    #expect(fixture.add([p0], (10, 0)) == (keeps ? "NONE" : "INVALID_PRODUCER_ID_MAPPING"))
  }

  @Test(arguments: [true, false])
  func `A commit of what the coordinator aborted is fenced, or ends its producer for good`(isFenced: Bool) {
    let fixture = fixture { $0.fenceCommitOfAborted = isFenced }
    fixture.add([p0], (1, 0))
    fixture.run(.seconds(70))
    fixture.writeMarkers()
    #expect(fixture.commit((1, 0)) == (isFenced ? "PRODUCER_FENCED" : "INVALID_TXN_STATE"))
  }

  @Test(arguments: [true, false])
  func `An early abort of the next transaction waits, or fences its own producer`(waits: Bool) {
    let fixture = fixture { $0.checkPendingFirst = waits }
    fixture.add([p0], (1, 0))
    #expect(fixture.commit((1, 0)) == "1:1")
    #expect(fixture.abort((1, 1)) == (waits ? "CONCURRENT_TRANSACTIONS" : "PRODUCER_FENCED"))
    #expect(fixture.commit((1, 0)) == "CONCURRENT_TRANSACTIONS")
  }

  @Test(arguments: [true, false])
  func `A transaction that times out in the last epoch is followed by another producer id, or by one that never ends`(rotates: Bool) {
    let fixture = fixture { $0.rotateOnFence = rotates }
    fixture.cluster.producerIDs = [20]
    fixture.place(producer: (9, last), state: .ongoing, partitions: [p0])
    fixture.run(.seconds(70))
    fixture.writeMarkers()
    // The end that the producer had sent before.
    let next = fixture.abort((9, last))
    #expect(next == (rotates ? "20:0" : "9:32767"))
    let producer: (Int64, Int16) = rotates ? (20, 0) : (9, .max)
    #expect(fixture.add([p0], producer) == "NONE")
    fixture.run(.seconds(600))
    #expect(fixture.standing() == (rotates ? "PrepareAbort 20:1 [t-0]" : "Ongoing 9:32767 [t-0]"))
    #expect(fixture.initialize() == (rotates ? "CONCURRENT_TRANSACTIONS" : "UNKNOWN_SERVER_ERROR"))
  }

  @Test(arguments: [true, false])
  func `An abort by the coordinator takes one epoch, or two, for which the last one has no room`(isOne: Bool) {
    let fixture = fixture { $0.fenceWithOneBump = isOne }
    fixture.add([p0], (1, 0))
    fixture.initialize()
    #expect(fixture.standing() == (isOne ? "PrepareAbort 1:1 [t-0]" : "PrepareAbort 1:2 [t-0]"))
    fixture.place("y", producer: (9, last), state: .ongoing, partitions: [p0])
    #expect(fixture.initialize("y") == (isOne ? "CONCURRENT_TRANSACTIONS" : "UNKNOWN_SERVER_ERROR"))
  }

  @Test(arguments: [true, false])
  func `A producer that comes back fences the previous one, or continues beside it`(bumps: Bool) {
    let fixture = fixture { $0.bumpOnInit = bumps }
    #expect(fixture.initialize() == (bumps ? "1:1" : "1:0"))
    #expect(fixture.add([p0], (1, 0)) == (bumps ? "PRODUCER_FENCED" : "NONE"))
  }

  @Test(arguments: [true, false])
  func `Markers are requested when the decision is committed, or when it is written`(waits: Bool) {
    let fixture = fixture { $0.awaitPrepared = waits }
    fixture.add([p0], (1, 0))
    fixture.holdsRecords = true
    #expect(fixture.commit((1, 0)) == "waits")
    #expect(fixture.orders.count == (waits ? 0 : 1))
    fixture.commit()
    #expect(fixture.orders.count == 1)
  }

  @Test(arguments: [true, false])
  func `The next coordinator has the markers of decided transactions written, or leaves them`(resumes: Bool) {
    let fixture = fixture { $0.resumePrepared = resumes }
    fixture.add([p0], (1, 0))
    fixture.commit((1, 0))
    fixture.failOver()
    #expect(fixture.orders.count == (resumes ? 1 : 0) && fixture.standing() == "PrepareCommit 1:1 [t-0]")
  }

  @Test func `Markers are answered when all in-sync replicas have them, or when the leader has`() {
    var switches = TransactionSwitches()
    #expect(switches.acksOfMarkers == -1)
    switches.replicateMarkers = false
    #expect(switches.acksOfMarkers == 1)
  }
}
