import Coordination
import Host
import Primitives
import Testing
import Wire

@testable import Transactions

/// A shard of transactions, driven without a runtime: records are committed when they are decided, unless a test says otherwise. After each step the shard is looked at, and a
/// reader of its records has to have the same state.
///
/// What was answered comes in words: an error by Kafka's name, `7:3` for producer id 7 in epoch 3, `waits` for what is not committed.
final class TransactionFixture {
  let cluster: TestCluster
  let settings: TransactionSettings
  var shard: TransactionShard
  private(set) var committed: TransactionShard
  var now = Instant.zero
  /// How far the wall clock is set forward.
  var skew = Duration.zero
  /// Whether decisions wait for `commit`.
  var holdsRecords = false
  /// What the log refuses records with.
  var refusal: ErrorCode?
  private(set) var records: [CoordinatorRecord] = []
  /// Ends of transactions that nobody has written markers for.
  private(set) var orders: [MarkerOrder] = []
  private(set) var occurrences: [Occurrence] = []
  /// Of the last InitProducerId or EndTxn that was held.
  private(set) var heldAnswer: String?
  private var reader: TransactionShard
  private var waiting: [(records: [CoordinatorRecord], finish: (ErrorCode?) -> Void)] = []
  private var nextProducerID: Int64 = 1
  private var isFaithful: Bool

  init(level: Int16 = 2, _ change: (inout TransactionSettings) -> Void = { _ in }) {
    var settings = TransactionSettings()
    change(&settings)
    self.settings = settings
    cluster = TestCluster(level)
    shard = TransactionShard(settings: settings, cluster: cluster)
    committed = shard
    reader = shard
    // What is in no record, or breaks the rules on purpose, is not looked at.
    isFaithful = settings.switches == TransactionSwitches()
    shard.loaded(at: time)
  }

  var time: CoordinatorTime {
    CoordinatorTime(now: now, wallClock: Timestamp(milliseconds: 1_000_000) + (now - .zero) + skew)
  }

  // MARK: Carrying out

  /// What was decided; nil where it waits for the commit.
  @discardableResult
  func carryOut<Response>(_ decision: CoordinatorDecision<TransactionShard, Response>, _ answer: @escaping (Response) -> Void = { _ in }) -> ErrorCode? {
    let finish: (ErrorCode?) -> Void = { [unowned self] error in
      decision.settled?(&shard, error, time)
      collect()
      if error == nil { answer(decision.response) }
    }
    collect()
    if !decision.records.isEmpty {
      if let refusal {
        finish(refusal)
        look()
        return refusal
      }
      records += decision.records
      for record in decision.records { try? reader.replay(record, from: -1) }
      if let known = decision.known { known(&shard) } else { Issue.record("every change is known without decoding it") }
      decision.appended?(&shard, time)
      collect()
    } else if waiting.isEmpty {
      finish(nil)
      look()
      return nil
    }
    waiting.append((decision.records, finish))
    if !holdsRecords { commit() }
    look()
    return nil
  }

  /// Everything that waits is committed.
  func commit() {
    let waiting = waiting
    self.waiting = []
    for (records, finish) in waiting {
      for record in records { try? committed.replay(record, from: -1) }
      finish(nil)
    }
    look()
  }

  /// Everything that waits has waited for too long. It stays in the log.
  func timeOutWaiting() {
    for index in waiting.indices {
      waiting[index].finish(.coordinatorNotAvailable)
      waiting[index].finish = { _ in }
    }
  }

  var isWaiting: Bool { !waiting.isEmpty }

  private func collect() {
    orders += shard.takeAnswers()
    occurrences += shard.takeOccurrences()
  }

  private func look() {
    guard isFaithful else { return }
    var check = InvariantCheck()
    shard.checkInvariants(&check, "shard")
    #expect(check.broken == [])
    #expect(shard.recordedState == reader.recordedState)
  }

  /// Carries out what time brings about until an instant later.
  func run(_ duration: Duration) {
    let end = now + duration
    while shard.earliestDeadline <= end {
      now = max(now, shard.earliestDeadline)
      while let decision = shard.nextTimedDecision(at: time) { carryOut(decision) }
      if isWaiting, shard.earliestDeadline <= now { break }
    }
    now = end
  }

  /// The leadership ends, and another broker reads the log up to its end. What was not committed is lost where a test says so.
  func failOver(losingUncommitted: Bool = false) {
    if losingUncommitted { records.removeLast(waiting.reduce(0) { $0 + $1.records.count }) }
    waiting = []
    orders = []
    shard = TransactionShard(settings: settings, cluster: cluster)
    for record in records { try? shard.replay(record, from: -1) }
    committed = shard
    reader = shard
    shard.loaded(at: time)
    collect()
    run(.zero)
  }

  // MARK: Requests

  /// InitProducerId, by a producer that has an id and epoch already or none.
  @discardableResult
  func initialize(
    _ id: String = "x", _ producer: (Int64, Int16)? = nil, timeout: Int32 = 60_000, version: Int16 = 6, change: (inout InitProducerIdRequest) -> Void = { _ in }
  ) -> String {
    var request = InitProducerIdRequest()
    request.transactionalId = id
    request.transactionTimeoutMs = timeout
    if let producer { (request.producerId, request.producerEpoch) = producer }
    change(&request)
    var newProducerID: Int64?
    if shard.needsProducerID(for: request) {
      newProducerID = nextProducerID
      nextProducerID += 1
    }
    return answer { fixture, answer throws(Refusal) in
      fixture.carryOut(try fixture.shard.initProducerID(request, version: version, newProducerID: newProducerID, at: fixture.time)) {
        answer($0.errorCode == .none ? "\($0.producerId):\($0.producerEpoch)" : $0.errorCode.name)
      }
    }
  }

  /// AddPartitionsToTxn.
  @discardableResult
  func add(_ partitions: [TopicPartition], _ producer: (Int64, Int16), to id: String = "x", version: Int16 = 5) -> String {
    answer { fixture, answer throws(Refusal) in
      fixture.carryOut(
        try fixture.shard.addPartitions(
          partitions, transactionalID: id, producerID: producer.0, producerEpoch: producer.1, version: version, at: fixture.time)
      ) { answer("NONE") }
    }
  }

  /// EndTxn. The producer id and epoch are answered from version 5 on.
  @discardableResult
  func end(_ producer: (Int64, Int16), of id: String = "x", commits: Bool, version: Int16 = 5) -> String {
    var request = EndTxnRequest()
    request.transactionalId = id
    (request.producerId, request.producerEpoch) = producer
    request.committed = commits
    var newProducerID: Int64?
    if shard.needsProducerID(for: request, version: version) {
      newProducerID = nextProducerID
      nextProducerID += 1
    }
    return answer { fixture, answer throws(Refusal) in
      fixture.carryOut(try fixture.shard.endTransaction(request, version: version, newProducerID: newProducerID, at: fixture.time)) {
        answer(version > 4 ? "\($0.producerId):\($0.producerEpoch)" : "NONE")
      }
    }
  }

  @discardableResult
  func commit(_ producer: (Int64, Int16), of id: String = "x", version: Int16 = 5) -> String { end(producer, of: id, commits: true, version: version) }

  @discardableResult
  func abort(_ producer: (Int64, Int16), of id: String = "x", version: Int16 = 5) -> String { end(producer, of: id, commits: false, version: version) }

  /// Whether partitions are in the transaction, as a leader asks.
  func verify(_ partitions: [TopicPartition], _ producer: (Int64, Int16), of id: String = "x") -> [String] {
    do throws(Refusal) {
      return try shard.verifyPartitions(partitions, transactionalID: id, producerID: producer.0, producerEpoch: producer.1).map(\.name)
    } catch {
      return [error.code.name]
    }
  }

  /// Every marker of the first order is written. Returns the order, which stands where the log refuses to say so.
  @discardableResult
  func writeMarkers() -> MarkerOrder? {
    guard !orders.isEmpty else { return nil }
    let order = orders.removeFirst()
    if complete(order) == refusal?.name { orders.append(order) }
    return order
  }

  @discardableResult
  func complete(_ order: MarkerOrder) -> String {
    answer { fixture, answer throws(Refusal) in fixture.carryOut(try fixture.shard.complete(order, at: fixture.time)) { answer("NONE") } }
  }

  /// A whole transaction of one partition, with its markers.
  @discardableResult
  func transact(_ producer: (Int64, Int16), of id: String = "x", commits: Bool = true, version: Int16 = 5) -> String {
    add([p0], producer, to: id, version: version > 4 ? 5 : 3)
    let answer = end(producer, of: id, commits: commits, version: version)
    writeMarkers()
    return answer
  }

  private func answer(_ act: (TransactionFixture, @escaping (String) -> Void) throws(Refusal) -> ErrorCode?) -> String {
    var result: String?
    heldAnswer = nil
    do throws(Refusal) {
      let error = try act(self) { [unowned self] words in
        result = words
        heldAnswer = words
      }
      return error?.name ?? result ?? "waits"
    } catch {
      collect()
      look()
      return error.code.name
    }
  }

  // MARK: Looking

  func metadata(_ id: String = "x") -> TransactionMetadata? { shard.current(id) }

  /// Such as `Ongoing 1:0 [t-0]`.
  func standing(_ id: String = "x") -> String {
    guard let metadata = metadata(id) else { return "unknown" }
    let partitions = metadata.partitions.isEmpty ? "" : " [" + metadata.partitions.map(\.description).joined(separator: ", ") + "]"
    return "\(metadata.state.name) \(metadata.producerID):\(metadata.producerEpoch)\(partitions)"
  }

  /// Puts an id where it has come after many epochs.
  func place(_ id: String = "x", producer: (Int64, Int16), state: TransactionState = .empty, partitions: [TopicPartition] = []) {
    var metadata = TransactionMetadata(producerID: producer.0)
    metadata.producerEpoch = producer.1
    metadata.previousProducerID = producer.0
    metadata.state = state
    metadata.timeout = 60_000
    metadata.partitions = partitions
    metadata.startTimestamp = state == .empty ? -1 : time.wallClock.milliseconds
    metadata.lastUpdateTimestamp = time.wallClock.milliseconds
    metadata.recordVersion = TransactionMetadata.recordVersion(at: cluster.transactionVersion)
    guard let record = try? metadata.record(of: id, keepsProducerIDs: settings.switches.keepPreviousProducerID) else {
      Issue.record("\(id) has no record")
      return
    }
    nextProducerID = max(nextProducerID, producer.0 + 1)
    carryOut(CoordinatorDecision([record], (), known: { [metadata] shard in shard.take(metadata, of: id) }))
  }
}

let p0 = TopicPartition("t", 0)
let p1 = TopicPartition("t", 1)
let u0 = TopicPartition("u", 0)
