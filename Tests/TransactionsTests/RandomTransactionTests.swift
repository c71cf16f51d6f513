import Primitives
import Testing
import Wire

@testable import Transactions

/// Producers of both levels, zombies, lost answers, logs that refuse and take their time, and coordinators that change, drawn by a seed. The fixture looks after each step whether a
/// reader of the records has the same state, and at the invariants of the shard.
@Suite struct RandomTransactionTests {
  private static let ids = ["x", "y", "z"]
  private static let partitions = [p0, p1, u0]

  @Test(arguments: 0..<40)
  func `A reader of the records always knows the same, and every transaction ends`(seed: UInt64) {
    var random = RandomStream(seed: seed, purpose: "transactions")
    let level = Int16(random.below(3))
    let fixture = TransactionFixture(level: level) { $0.transactionalIDExpiration = .seconds(3_600) }
    // Near to the end of the epochs in some.
    if random.chance(1, in: 2) { for (number, id) in Self.ids.enumerated() { fixture.place(id, producer: (Int64(100 + number), .max - Int16(2 + random.below(4)))) } }
    fixture.cluster.producerIDs = random.chance(1, in: 2) ? Array(1_000..<1_100) : []
    // The epochs that somebody was given, by transactional id: no two get the same.
    var given: [String: [String]] = [:]

    for _ in 0..<150 {
      let id = random.pick(Self.ids)
      let known = fixture.metadata(id)
      let epoch = (known?.producerEpoch ?? 0).saturatingSubtracting(random.chance(1, in: 4) ? Int16(random.below(3)) : 0)
      let former = random.chance(1, in: 10) ? known?.previousProducerID : known?.producerID
      let producer = (former ?? 1, epoch)
      let version: Int16 = level == 2 && random.chance(4, in: 5) ? 5 : 4
      fixture.refusal = random.chance(1, in: 12) ? .coordinatorNotAvailable : nil
      fixture.holdsRecords = random.chance(1, in: 6)
      switch random.below(16) {
      case 0:
        let isRetry = random.chance(1, in: 2)
        let answer = fixture.initialize(id, isRetry && producer.0 > 0 && producer.1 >= 0 ? producer : nil)
        if !isRetry, answer.contains(":") {
          #expect(given[id, default: []].contains(answer) == false, "\(id) \(answer) twice")
          given[id, default: []].append(answer)
        }
      case 1..<6: fixture.add([random.pick(Self.partitions)], producer, to: id, version: version == 5 ? 5 : 3)
      case 6..<10: fixture.end(producer, of: id, commits: random.chance(2, in: 3), version: version)
      case 10..<13: fixture.writeMarkers()
      case 13: fixture.run(.milliseconds(random.below(40_000)))
      case 14: if fixture.isWaiting { random.chance(1, in: 2) ? fixture.commit() : fixture.timeOutWaiting() }
      default: if random.chance(1, in: 3) { fixture.failOver(losingUncommitted: random.chance(1, in: 2)) }
      }
    }
    // The world calms down.
    fixture.refusal = nil
    fixture.holdsRecords = false
    fixture.commit()
    for _ in 0..<4 {
      fixture.run(.seconds(80))
      while fixture.writeMarkers() != nil {}
    }
    for id in Self.ids { #expect(fixture.metadata(id)?.state.isAtRest != false, "\(id) \(fixture.standing(id))") }
    #expect(fixture.shard.pending.isEmpty)
    #expect(fixture.shard.recordedState == fixture.committed.recordedState)
    fixture.run(.seconds(3 * 3_600))
    #expect(fixture.shard.transactions.isEmpty)
  }
}
