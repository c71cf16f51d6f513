import Primitives
import Testing

@testable import Trials

@Suite struct CommittedBatchesTests {
  private func batch(_ base: Int64, _ last: Int64, epoch: Int32 = 0, checksum: UInt32 = 7) -> BatchIdentity {
    BatchIdentity(baseOffset: Offset(base), lastOffset: Offset(last), epoch: LeaderEpoch(epoch), checksum: checksum)
  }

  @Test func `Replicas that commit the same agree`() {
    var committed = CommittedBatches()
    for _ in 0..<3 {
      for next in [batch(0, 4), batch(5, 5), batch(6, 9)] { #expect(committed.add(next) == nil) }
    }
  }

  @Test func `Different bounds are a difference`() {
    var committed = CommittedBatches()
    _ = committed.add(batch(0, 4))
    _ = committed.add(batch(5, 9))
    #expect(committed.add(batch(5, 7)) == .bounds)
    #expect(committed.add(batch(7, 12)) == .bounds)
    #expect(committed.add(batch(3, 6)) == .bounds)
  }

  @Test func `A different epoch or checksum is a difference`() {
    var committed = CommittedBatches()
    _ = committed.add(batch(0, 4, epoch: 1))
    #expect(committed.add(batch(0, 4, epoch: 2)) == .content(of: 1))
    #expect(committed.add(batch(0, 4, epoch: 1, checksum: 8)) == .content(of: 1))
  }

  @Test func `The first replica that reaches a gap fills it, and that holds from then on`() {
    var committed = CommittedBatches()
    _ = committed.add(batch(10, 14))
    // Another replica goes on further ahead.
    _ = committed.add(batch(20, 24))
    #expect(committed.add(batch(16, 16)) == nil)
    #expect(committed.add(batch(16, 16)) == nil)
    #expect(committed.add(batch(16, 16, epoch: 3)) == .content(of: 0))
    #expect(committed.add(batch(15, 17)) == .bounds)
    #expect(committed.add(batch(17, 20)) == .bounds)
  }

  @Test func `What comes before the first batch is not known`() {
    var committed = CommittedBatches()
    _ = committed.add(batch(10, 14))
    #expect(committed.add(batch(2, 3)) == nil)
    #expect(committed.add(batch(2, 3, epoch: 9)) == nil)
  }

  @Test func `A batch is known that was told of before as it is`() {
    var committed = CommittedBatches()
    for (next, isKnown) in [(batch(0, 4), false), (batch(5, 5), false), (batch(0, 4), true), (batch(5, 5, epoch: 1), false), (batch(5, 6), false), (batch(5, 5), true)] {
      _ = committed.add(next)
      #expect(committed.wasKnown == isKnown)
    }
  }
}
