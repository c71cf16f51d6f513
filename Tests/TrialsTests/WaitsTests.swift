import Primitives
import Testing

@testable import Trials

/// Literal histories of looks, a quarter of a second apart.
@Suite struct WaitsTests {
  private func at(_ milliseconds: Int64) -> Instant { .zero + .milliseconds(milliseconds) }

  /// Looks at two partitions for so long. Partition 0 has an answer every second; of partition 1 only its first look had one.
  private func halfAnswered(for length: Int64, canBeServed: (Int64) -> Bool = { _ in true }) -> Waits {
    var waits = Waits()
    for time in stride(from: Int64(0), through: length, by: 250) {
      waits.update(0, isWaiting: canBeServed(time), lastAnswer: at(time / 1_000 * 1_000), at: at(time))
      waits.update(1, isWaiting: canBeServed(time), lastAnswer: at(0), at: at(time))
    }
    return waits
  }

  @Test func `A partition without acknowledgements is detected, although its neighbour has some`() {
    // As where a purgatory wakes only the first of the partitions of a request.
    let waits = halfAnswered(for: 60_000)
    #expect(waits.longest[0]?.length == .milliseconds(750))
    #expect(waits.longest[1] == Waits.Longest(since: .zero, length: .seconds(60)))
    #expect(waits.longestOfAll?.partition == 1)
  }

  @Test func `A client that cannot be served does not wait, and starts again afterwards`() {
    // The leader is away from second 20 to second 40.
    let waits = halfAnswered(for: 60_000) { !(20_000..<40_000).contains($0) }
    #expect(waits.longest[1] == Waits.Longest(since: at(40_000), length: .seconds(20)))
  }

  @Test func `A wait starts when a client first wants a response, not with the previous response`() {
    var waits = Waits()
    waits.update(0, isWaiting: false, lastAnswer: at(0), at: at(0))
    waits.update(0, isWaiting: true, lastAnswer: at(0), at: at(30_000))
    waits.update(0, isWaiting: true, lastAnswer: at(0), at: at(30_500))
    #expect(waits.longest[0] == Waits.Longest(since: at(30_000), length: .milliseconds(500)))
  }

  @Test func `Without any request there is no wait`() {
    var waits = Waits()
    waits.update(0, isWaiting: false, lastAnswer: nil, at: at(10_000))
    #expect(waits.longest == [nil] && waits.longestOfAll == nil)
  }
}
