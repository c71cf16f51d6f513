import Primitives
import Testing

@Suite struct SaturationTests {
  /// Both ends of the range, what lies beside them, and where signs change.
  static let extremes: [Int64] = [.min, .min + 1, -1_000_001, -2, -1, 0, 1, 2, 1_000_001, .max - 1, .max]

  /// The true result where 64 bits hold it, else the nearer end: computed in 128 bits.
  static func clamped(_ value: Int128) -> Int64 { Int64(clamping: value) }

  @Test func `Sums, differences, products and quotients are the nearest number that fits`() {
    for left in Self.extremes {
      for right in Self.extremes {
        #expect(left.saturatingAdding(right) == Self.clamped(Int128(left) + Int128(right)))
        #expect(left.saturatingSubtracting(right) == Self.clamped(Int128(left) - Int128(right)))
        #expect(left.saturatingMultiplied(by: right) == Self.clamped(Int128(left) * Int128(right)))
        if right != 0 { #expect(left.saturatingDivided(by: right) == Self.clamped(Int128(left) / Int128(right))) }
      }
    }
  }

  @Test func `Unsigned numbers stay between zero and their maximum`() {
    for (left, right) in [(0, 0), (0, 1), (1, 0), (200, 55), (200, 56), (255, 255)] as [(UInt8, UInt8)] {
      #expect(left.saturatingAdding(right) == UInt8(min(255, Int(left) + Int(right))))
      #expect(left.saturatingSubtracting(right) == UInt8(max(0, Int(left) - Int(right))))
      #expect(left.saturatingMultiplied(by: right) == UInt8(min(255, Int(left) * Int(right))))
    }
  }

  @Test func `Division by zero gives the limit on the dividend's side`() {
    #expect(Int32(7).saturatingDivided(by: 0) == .max)
    #expect(Int32(-7).saturatingDivided(by: 0) == .min)
    #expect(Int32(0).saturatingDivided(by: 0) == 0)
  }

  @Test func `A fraction becomes the nearest whole number towards zero that fits`() {
    let numbers: [(Double, Int64)] = [(1.9, 1), (-1.9, -1), (1e300, .max), (-1e300, .min), (.infinity, .max), (-.infinity, .min), (.nan, 0), (9.3e18, .max)]
    for (value, whole) in numbers { #expect(Int64(saturating: value) == whole) }
    #expect(UInt16(saturating: -3) == 0)
    #expect(UInt16(saturating: 65_536) == .max)
  }

  @Test func `Durations of any number of units end at forever, or at its negative`() {
    for count in Self.extremes {
      #expect(Duration.microseconds(count).nanoseconds == Self.clamped(Int128(count) * 1_000))
      #expect(Duration.milliseconds(count).nanoseconds == Self.clamped(Int128(count) * 1_000_000))
      #expect(Duration.seconds(count).nanoseconds == Self.clamped(Int128(count) * 1_000_000_000))
    }
    #expect(Duration.milliseconds(.max) == .forever)
    #expect(Duration.forever + .nanoseconds(1) == .forever)
    #expect(Duration.forever * 2 == .forever)
    #expect(Duration.seconds(1) / 0 == .forever)
    #expect(Duration(nanoseconds: .min) - .nanoseconds(1) == Duration(nanoseconds: .min))
    #expect(Duration(nanoseconds: .min) / -1 == .forever)
  }

  @Test func `A deadline beyond the clock is the distant future`() {
    #expect(Instant(nanoseconds: 5) + .forever == .distantFuture)
    #expect(Instant.distantFuture + .seconds(1) == .distantFuture)
    #expect(Instant.distantFuture - Instant(nanoseconds: -1) == .forever)
    #expect(Instant(nanoseconds: .min) - Instant(nanoseconds: 1) == Duration(nanoseconds: .min))
    #expect(Instant(nanoseconds: .min) - .nanoseconds(1) == Instant(nanoseconds: .min))
  }

  @Test func `Any two timestamps have a difference`() {
    #expect(Timestamp(milliseconds: 11_019_226_706_598) - Timestamp(milliseconds: 0) == .forever)
    #expect(Timestamp(milliseconds: .max) - Timestamp(milliseconds: .min) == .forever)
    #expect(Timestamp(milliseconds: .min) - Timestamp(milliseconds: .max) == Duration(nanoseconds: .min))
    #expect(Timestamp(milliseconds: .max) + .seconds(1) == Timestamp(milliseconds: .max))
  }

  @Test func `The last offset and the last epoch have no successor`() {
    #expect(Offset(.max) + 1 == Offset(.max))
    #expect(Offset(.min) - 1 == Offset(.min))
    #expect(Offset(.max) - Offset(.min) == .max)
    #expect(LeaderEpoch(.max).next == LeaderEpoch(.max))
    #expect(LeaderEpoch.unknown.next == 0)
    #expect(PartitionEpoch(.max).next == PartitionEpoch(.max))
  }

  @Test func `Instants of any sign print`() {
    #expect(Instant(nanoseconds: 2_104_500_999).description == "2.104500")
    #expect(Instant(nanoseconds: -500_000_000).description == "-0.500000")
    #expect(Instant.distantFuture.description == "9223372036.854775")
    #expect(Instant(nanoseconds: .min).description == "-9223372036.854775")
  }

  @Test func `Random durations between any two ends lie between them`() {
    var random = RandomStream(seed: 1, purpose: "test")
    let least = Duration(nanoseconds: .min)
    for (low, high) in [(least, .forever), (.zero, .forever), (.forever, .forever), (least, .zero)] as [(Duration, Duration)] {
      for _ in 0..<100 {
        let drawn = random.between(low, high)
        #expect(low <= drawn && drawn <= high)
      }
    }
    #expect(random.between(.seconds(2), .seconds(1)) == .seconds(2))
    for _ in 0..<100 { #expect(random.exponential(mean: .forever) >= .zero) }
  }
}
