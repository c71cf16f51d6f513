import Host
import MarkExpectations
import Primitives
import Testing
import Wire

@testable import Coordination

/// How a coordinator's partition is loaded, written, committed and given up.
@Suite struct CoordinatorRuntimeTests {
  typealias Box = CoordinatorFixture.Box

  private func loaded(_ change: (CoordinatorTestLog) -> Void = { _ in }) -> CoordinatorFixture {
    let fixture = CoordinatorFixture()
    change(fixture.log)
    fixture.lead(in: 1)
    fixture.host.run()
    return fixture
  }

  private func error(_ box: Box) -> ErrorCode? {
    guard case .failure(let refusal)? = box.answers.first else { return nil }
    return refusal.code
  }

  private func value(_ box: Box) -> Int? {
    guard case .success(let value)? = box.answers.first else { return nil }
    return value
  }

  private func decided(_ fixture: CoordinatorFixture) -> [String: Int] {
    (try? fixture.runtime.read(from: 0) { decided, _ throws(Refusal) in decided.values }.get()) ?? [:]
  }

  @Test func `A write is decided immediately, and answered when it is committed`() {
    let fixture = loaded()
    let write = fixture.write("a", 7)
    #expect(decided(fixture) == ["a": 7])
    #expect(fixture.committed.isEmpty && write.answers.isEmpty)
    fixture.commit(upTo: 1)
    #expect(value(write) == 0 && write.answers.count == 1)
    #expect(fixture.committed == ["a 7"])
  }

  @Test func `A coordinator that trusts its own log answers immediately`() {
    let fixture = CoordinatorFixture(awaitsCommit: false)
    fixture.lead(in: 1)
    fixture.host.run()
    let first = fixture.write("a", 7), second = fixture.write("a", 8)
    #expect(first.answers.count == 1 && second.answers.count == 1 && fixture.committed == ["a 8"])
    fixture.commit(upTo: 2)
    #expect(first.answers.count == 1 && second.answers.count == 1 && fixture.committed == ["a 8"])
  }

  @Test func `The occurrences of a state are reported once, even if it refuses`() {
    let fixture = loaded()
    fixture.runtime.write(to: 0) { shard, _ throws(Refusal) -> CoordinatorDecision<Numbers, Int> in
      shard.occurrences.append(.warning("decided"))
      return shard.decide("a", 7)
    } answer: { _ in }
    #expect(fixture.host.warnings == ["decided"])
    fixture.runtime.write(to: 0) { shard, _ throws(Refusal) -> CoordinatorDecision<Numbers, Int> in
      shard.occurrences.append(.warning("refused"))
      throw Refusal(.unknownMemberId)
    } answer: { _ in }
    fixture.commit(upTo: 1)
    #expect(fixture.host.warnings == ["decided", "refused"])
  }

  @Test func `The next decision sees what is decided and not committed yet`() {
    let fixture = loaded()
    let first = fixture.write("a", 7), second = fixture.write("a", 8)
    fixture.commit(upTo: 1)
    #expect(value(first) == 0 && second.answers.isEmpty)
    #expect(fixture.committed == ["a 7"])
    fixture.commit(upTo: 2)
    #expect(value(second) == 7)
  }

  @Test func `If everything is committed with the append, the answer comes immediately`() {
    let fixture = loaded { $0.commitsAtOnce = true }
    #expect(value(fixture.write("a", 7)) == 0)
    #expect(fixture.committed == ["a 7"])
  }

  @Test func `A decision without records is answered when earlier decisions are committed`() {
    let fixture = loaded()
    let ahead = Box(), behind = Box()
    func look(_ box: Box) {
      fixture.runtime.write(to: 0) { shard, _ in CoordinatorDecision([], shard.values["a"] ?? 0) } answer: { box.answers.append($0) }
    }
    look(ahead)
    #expect(value(ahead) == 0)
    _ = fixture.write("a", 7)
    look(behind)
    #expect(behind.answers.isEmpty)
    fixture.commit(upTo: 1)
    #expect(value(behind) == 7)
  }

  @Test func `What comes of an answer is written and counts behind what was answered`() {
    let fixture = loaded()
    var next: CoordinatorFixture.Box?
    fixture.onAnswer = { [unowned fixture] answer in if answer == "appended", next == nil { next = fixture.write("a", 9) } }
    fixture.runtime.write(to: 0) { shard, _ in
      CoordinatorDecision([Numbers.record("a", 7)], 0, appended: { shard, _ in shard.answers.append("appended") })
    } answer: { _ in }
    fixture.commit(upTo: 1)
    #expect(fixture.committed == ["a 7"] && next?.answers.isEmpty == true)
    fixture.commit(upTo: 2)
    #expect(fixture.committed == ["a 9"] && next.flatMap(value) == 7)
  }

  @Test func `State that is in no record changes with the append, before it is committed, and not if the append is refused`() {
    let fixture = loaded()
    let box = Box()
    func write() {
      fixture.runtime.write(to: 0) { shard, _ in
        CoordinatorDecision([Numbers.record("a", 7)], 0, appended: { shard, _ in shard.answers.append("appended \(shard.values["a"] ?? 0)") })
      } answer: { box.answers.append($0) }
    }
    fixture.log.refusal = .messageTooLarge
    write()
    #expect(fixture.answers.isEmpty && error(box) == .unknownServerError)
    fixture.log.refusal = nil
    write()
    #expect(fixture.answers == ["appended 7"] && box.answers.count == 1)
  }

  @Test func `An append that is refused changes nothing, and the next one works`() {
    let fixture = loaded()
    fixture.log.refusal = .messageTooLarge
    #expect(error(fixture.write("a", 7)) == .unknownServerError)
    fixture.log.refusal = nil
    #expect(decided(fixture).isEmpty)
    let write = fixture.write("a", 8)
    fixture.commit(upTo: 1)
    #expect(value(write) == 0)
  }

  @Test func `The follow-up of a record runs once, with or without an error`() {
    let fixture = loaded()
    var settled: [String] = []
    func write(_ name: String) {
      fixture.runtime.write(to: 0) { _, _ in
        CoordinatorDecision([Numbers.record(name, 1)], (), isReplayed: false) { shard, error, _ in
          shard.values["settled"] = 1
          settled.append("\(name) \(error.map { "\($0)" } ?? "-")")
        }
      } answer: { _ in }
    }
    write("a")
    #expect(decided(fixture).isEmpty)
    fixture.commit(upTo: 1)
    fixture.log.refusal = .notEnoughReplicas
    write("b")
    #expect(settled == ["a -", "b \(ErrorCode.coordinatorNotAvailable)"])
    #expect(decided(fixture) == ["settled": 1])
    #expect(fixture.committed == ["a 1"])
  }

  @Test func `A request that waits longer than the timeout gets an error, and its record still counts when it is committed`() {
    let fixture = loaded()
    let write = fixture.write("a", 7)
    fixture.host.run(.milliseconds(4_999))
    #expect(write.answers.isEmpty)
    expectMark(.coordinatorCommitTimedOut) { fixture.host.run(.milliseconds(1)) }
    #expect(error(write) == .coordinatorNotAvailable)
    fixture.commit(upTo: 1)
    #expect(write.answers.count == 1 && fixture.committed == ["a 7"])
  }

  @Test func `No request is served before the partition is loaded, or after it is led elsewhere`() {
    let fixture = CoordinatorFixture()
    #expect(error(fixture.write("a", 1)) == .notCoordinator)
    fixture.lead(in: 1)
    #expect(error(fixture.write("a", 1)) == .coordinatorLoadInProgress)
    fixture.host.run()
    let waiting = fixture.write("a", 7)
    fixture.stepDown(from: 1)
    #expect(error(fixture.write("a", 8)) == .notCoordinator)
    expectMark(.coordinatorUnloadedWithRequests) { fixture.host.run() }
    #expect(error(waiting) == .notCoordinator && waiting.answers.count == 1)
    #expect(fixture.answers == ["unloaded"])
    fixture.host.run(.seconds(120))
    #expect(waiting.answers.count == 1 && fixture.log.batches.count == 1)
  }

  @Test func `A new leader replays what the previous one wrote, to the same state`() {
    let former = loaded { $0.commitsAtOnce = true }
    _ = former.write("a", 1)
    _ = former.write("b", 2)
    _ = former.write("a", 3)
    let next = CoordinatorFixture()
    next.log.batches = former.log.batches
    next.log.highWatermark = 3
    next.lead(in: 2)
    next.host.run()
    #expect(next.committed == former.committed && next.committed == ["a 3", "b 2"])
    #expect(decided(next) == ["a": 3, "b": 2])
    #expect(next.runtime.committedState(of: 0)?.upTo == 3)
  }

  @Test func `What an earlier leader wrote above the high watermark is decided, and committed later`() {
    let former = loaded { $0.commitsAtOnce = true }
    _ = former.write("a", 1)
    _ = former.write("a", 2)
    let next = CoordinatorFixture()
    next.log.batches = former.log.batches
    next.log.highWatermark = 1
    next.lead(in: 2)
    expectMark(.uncommittedRecordLoaded) { next.host.run() }
    #expect(decided(next) == ["a": 2] && next.committed == ["a 1"])
    #expect(next.runtime.committedState(of: 0) == nil, "the log may have been compacted further")
    let write = next.write("b", 5)
    next.commit(upTo: 2)
    #expect(next.committed == ["a 2"] && write.answers.isEmpty)
    #expect(next.runtime.committedState(of: 0)?.upTo == 2)
    next.commit(upTo: 3)
    #expect(value(write) == 0)
  }

  @Test func `Loading is done in slices, with other events in between`() {
    let former = loaded { $0.commitsAtOnce = true }
    for number in 0..<10 { _ = former.write("n\(number)", number) }
    let next = CoordinatorFixture(loadBytes: 1)
    next.log.batches = former.log.batches
    next.log.highWatermark = 10
    next.lead(in: 2)
    var steps = 0
    while next.runtime.committedState(of: 0) == nil, next.host.step() { steps += 1 }
    #expect(steps == 11)
    #expect(next.committed.count == 10)
  }

  @Test func `A load of an earlier epoch changes nothing once a later one has begun`() {
    let former = loaded { $0.commitsAtOnce = true }
    for number in 0..<4 { _ = former.write("n\(number)", number) }
    let next = CoordinatorFixture(loadBytes: 1)
    next.log.batches = former.log.batches
    next.log.highWatermark = 4
    next.lead(in: 2)
    next.host.step()
    next.host.step()
    next.stepDown(from: 2)
    next.lead(in: 4)
    // What is told late of an epoch that is over.
    next.runtime.steppedDown(from: 0, in: 3)
    next.runtime.becameLeader(of: 0, in: 3)
    next.host.run()
    let write = next.write("a", 1)
    #expect(next.log.batches.last?.partitionLeaderEpoch == 4)
    next.commit(upTo: 5)
    #expect(value(write) == 0 && next.committed.count == 5)
  }

  @Test(arguments: [true, false])
  func `A partition that is led again is loaded again, or never if its state was not forgotten`(forgets: Bool) {
    let fixture = CoordinatorFixture(forgetsFormerLeadership: forgets)
    fixture.log.commitsAtOnce = true
    fixture.lead(in: 1)
    fixture.host.run()
    #expect(value(fixture.write("a", 1)) == 0)
    fixture.stepDown(from: 1)
    fixture.host.run()
    // In between it is as anywhere else.
    #expect(error(fixture.write("a", 2)) == .notCoordinator)
    for epoch in [3, 5] as [LeaderEpoch] {
      fixture.lead(in: epoch)
      fixture.host.run(.seconds(120))
      let write = fixture.write("a", 3)
      if forgets { #expect(value(write) == (epoch == 3 ? 1 : 3)) } else { #expect(error(write) == .coordinatorLoadInProgress) }
      fixture.stepDown(from: epoch)
      fixture.host.run()
      #expect(error(fixture.write("a", 4)) == .notCoordinator)
    }
  }

  @Test func `Records are refused once the log is led in another epoch, before the coordinator is told`() {
    let fixture = loaded()
    fixture.log.epoch = 2
    #expect(error(fixture.write("a", 1)) == .notCoordinator)
    #expect(fixture.log.batches.isEmpty && decided(fixture).isEmpty)
  }

  @Test func `A timer triggers a decision, also at a new coordinator`() {
    let fixture = loaded { $0.commitsAtOnce = true }
    fixture.host.run(.seconds(59))
    #expect(fixture.committed.isEmpty)
    fixture.stepDown(from: 1)
    fixture.host.run()
    fixture.lead(in: 2)
    fixture.host.run(.seconds(59))
    #expect(fixture.committed.isEmpty)
    fixture.host.run(.seconds(1))
    #expect(fixture.committed == ["minute 1"])
  }

  @Test func `A record that cannot be read makes the partition fail, and is reported`() {
    let fixture = CoordinatorFixture()
    fixture.log.epoch = 1
    _ = try? fixture.log.append(batch("a", "1"), to: 0, in: 1, verification: .notRequired, transactionVersion: 0)
    fixture.log.highWatermark = 2
    // The log says that there is more than can be read.
    fixture.log.phantomEnd = 2
    fixture.runtime.becameLeader(of: 0, in: 1)
    fixture.host.run()
    #expect(error(fixture.write("a", 1)) == .notCoordinator)
    #expect(fixture.host.warnings == ["the coordinator cannot load partition 0 of its topic: nothing is found at offset 1"])
  }

  @Test func `The invariants hold, and a wait beyond the end of the log breaks them`() {
    let fixture = loaded()
    _ = fixture.write("a", 7)
    var check = InvariantCheck()
    fixture.runtime.checkInvariants(&check, "broker 1")
    #expect(check.broken.isEmpty && check.examined > 0)
    fixture.runtime.partitions[0].writtenOffset = 0
    var second = InvariantCheck()
    fixture.runtime.checkInvariants(&second, "broker 1")
    #expect(second.broken == ["broker 1, partition 0: 1 is waited for, written up to 0"])
  }

  /// What was told during some deeds.
  private func told(_ deeds: () -> Void) -> [String] {
    BrokenInvariants.forget()
    deeds()
    return BrokenInvariants.take()
  }

  @Test func `A request that waits without a timer breaks the invariants`() {
    let fixture = loaded()
    _ = fixture.write("a", 7)
    fixture.runtime.partitions[0].timer = nil
    var check = InvariantCheck()
    fixture.runtime.checkInvariants(&check, "broker 1")
    #expect(check.broken == ["broker 1, partition 0: a request has to be answered at \(Instant.zero + .seconds(5)), and no timer looks after it"])
  }

  @Test func `A coordinator that begins before the end of its log, or writes before it has begun, is told of`() {
    let fixture = loaded()
    let partition = fixture.runtime.partitions[0]
    #expect(told { fixture.runtime.requireWhole(partition) } == [])
    fixture.log.phantomEnd = 3
    #expect(told { fixture.runtime.requireWhole(partition) } == ["coordinator of partition 0: it has read up to 0, and its log ends at 3"])
    fixture.log.phantomEnd = nil
    #expect(told { _ = fixture.write("a", 7) } == [])
    partition.state = .loading
    #expect(told { fixture.runtime.requireActive(partition) } == ["coordinator of partition 0: it writes, and is loading"])
  }

  @Test func `A coordinator that waits for less than it wrote, or out of order, is told of`() {
    let fixture = loaded()
    #expect(told { _ = fixture.write("a", 7) } == [])
    let partition = fixture.runtime.partitions[0]
    partition.writtenOffset = 2
    #expect(told { fixture.runtime.requireAwaited(partition) } == ["coordinator of partition 0: it has written up to 2, and waits for 1"])
    fixture.runtime.wait(until: 2, for: .nothing, in: partition) { _ in }
    #expect(told { fixture.runtime.requireAwaited(partition) } == [])
    fixture.runtime.wait(until: 1, for: .nothing, in: partition) { _ in }
    partition.writtenOffset = 1
    #expect(told { fixture.runtime.requireAwaited(partition) } == ["coordinator of partition 0: 1 is waited for behind 2"])
  }

  @Test func `A state that differs from its log is detected by its replay`() {
    let fixture = loaded { $0.commitsAtOnce = true }
    _ = fixture.write("a", 7)
    var check = InvariantCheck()
    fixture.runtime.checkReplay(&check, "broker 1")
    #expect(check.broken.isEmpty && check.examined == 1)
    fixture.runtime.partitions[0].committed.values["a"] = 8
    var second = InvariantCheck()
    fixture.runtime.checkReplay(&second, "broker 1")
    #expect(second.broken == ["broker 1, partition 0: up to 1 its log says 'a 7', it says 'a 8'"])
  }

  private func batch(_ key: String, _ value: String) -> Bytes {
    var builder = RecordBatchBuilder()
    builder.append(timestamp: Timestamp(milliseconds: 0), key: Bytes(key), value: Bytes(value))
    return builder.build()
  }
}
