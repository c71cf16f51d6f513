import Primitives
import Testing

@testable import Trials

/// Looks at one partition, four times a second.
@Suite struct OutagesTests {
  private func at(_ seconds: Double) -> Instant { .zero + .milliseconds(Int64(seconds * 1_000)) }

  /// What the looks from one second to another come to.
  private func looks(
    _ outages: inout Outages, from: Double, to: Double, isWaiting: Bool = true, lastAnswer: Double?, obstacle: String = "it had no leader"
  ) -> [Outages.Outage] {
    stride(from: from, through: to, by: 0.25).compactMap { second in
      outages.update(0, isWaiting: isWaiting, lastAnswer: lastAnswer.map { at($0) }, at: at(second)) { obstacle }
    }
  }

  @Test func `An outage lasts from the last acknowledgement to the next, and has the reason of its first second`() {
    var outages = Outages(partitions: 1)
    #expect(looks(&outages, from: 0.25, to: 1.5, lastAnswer: 0.5).isEmpty)
    #expect(looks(&outages, from: 1.75, to: 5, lastAnswer: 0.5, obstacle: "another reason").isEmpty)
    #expect(looks(&outages, from: 5.25, to: 6, lastAnswer: 5.1) == [Outages.Outage(partition: 0, from: at(0.5), to: at(5.1), obstacle: "it had no leader")])
  }

  @Test func `Less than a second is not an outage, and neither is a time in which no client waits`() {
    var outages = Outages(partitions: 1)
    #expect(looks(&outages, from: 0.25, to: 1, lastAnswer: 0.2).isEmpty)
    #expect(looks(&outages, from: 1.25, to: 2, lastAnswer: 1.1).isEmpty)
    #expect(looks(&outages, from: 2.25, to: 9, isWaiting: false, lastAnswer: 1.1).isEmpty)
    #expect(looks(&outages, from: 9.25, to: 9.5, lastAnswer: 1.1).isEmpty)
    #expect(looks(&outages, from: 9.75, to: 11, lastAnswer: 9.6).isEmpty)
  }

  @Test func `An outage continues if the waiting client gives up and others come`() {
    var outages = Outages(partitions: 1)
    #expect(looks(&outages, from: 0.25, to: 2, lastAnswer: 0.2).isEmpty)
    #expect(looks(&outages, from: 2.25, to: 3, isWaiting: false, lastAnswer: 0.2).isEmpty)
    #expect(looks(&outages, from: 3.25, to: 4, lastAnswer: 0.2).isEmpty)
    #expect(looks(&outages, from: 4.25, to: 4.25, lastAnswer: 4.1).map(\.to) == [at(4.1)])
  }
}
