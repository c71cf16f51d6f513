import CRandomSalt

/// A stream of random numbers that depends on the trial's seed and on its own purpose, and on nothing else but `RandomSalt`.
///
/// Streams are independent: taking one fault or one client out of a trial leaves every other stream as it was, which is what
/// makes shrinking and paired comparison possible. The generator is SplitMix64 (Steele, Lea, Flood 2014).
public struct RandomStream: RandomNumberGenerator, Sendable {
  @usableFromInline var state: UInt64

  /// Makes a stream for one purpose, such as `"link"` between nodes 1 and 2.
  public init(seed: UInt64, purpose: StaticString, _ numbers: Int64...) {
    var state = Self.mixed(seed &+ 0x9e37_79b9_7f4a_7c15)
    purpose.withUTF8Buffer { for byte in $0 { state = Self.mixed(state ^ UInt64(byte) &+ 0x9e37_79b9_7f4a_7c15) } }
    for number in numbers { state = Self.mixed(state ^ UInt64(bitPattern: number) &+ 0x9e37_79b9_7f4a_7c15) }
    self.state = state
  }

  @inlinable
  public mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    return Self.mixed(state ^ trial_random_salt())
  }

  /// A uniform number in `0..<bound` (Lemire's multiply and shift; the bias is below 2^-64 x bound).
  @inlinable
  public mutating func below(_ bound: Int64) -> Int64 {
    precondition(bound > 0, "a random number below \(bound) does not exist")
    return Int64(next().multipliedFullWidth(by: UInt64(bound)).high)
  }

  /// A uniform number between both ends, ends included. The lower end if the ends are in the wrong order.
  @inlinable
  public mutating func between(_ low: Duration, _ high: Duration) -> Duration {
    low + Duration(nanoseconds: below(max(1, (high - low).nanoseconds.saturatingAdding(1))))
  }

  /// True with a probability of `numerator / denominator`.
  @inlinable public mutating func chance(_ numerator: Int64, in denominator: Int64) -> Bool { below(denominator) < numerator }

  /// A uniformly chosen element of a non-empty collection.
  @inlinable
  public mutating func pick<Choices: RandomAccessCollection>(_ choices: Choices) -> Choices.Element {
    choices[choices.index(choices.startIndex, offsetBy: Int(below(Int64(choices.count))))]
  }

  /// An exponentially distributed duration with a mean, from a table of the inverse distribution: the C library's `log` would differ between
  /// machines.
  public mutating func exponential(mean: Duration) -> Duration {
    let value = next()
    let slot = Int(value >> 54)
    let low = ExponentialTable.values[slot], high = ExponentialTable.values[slot + 1]
    let fraction = Int64(value >> 22 & 0xffff_ffff)
    let factor = low + (((high - low) * fraction) >> 32)
    let product = mean.nanoseconds.multipliedFullWidth(by: factor)
    // More than 63 bits do not fit; the mean would have to last for decades.
    if product.high >= 1 << 19 { return .forever }
    return Duration(nanoseconds: product.high << 44 | Int64(product.low >> 20))
  }

  @inlinable
  static func mixed(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
    return z ^ z >> 31
  }
}

/// -ln(1 - i/1024) in units of 2^-20, computed once by integer arithmetic alone.
enum ExponentialTable {
  static let values: [Int64] = (0...1024).map { index in
    // The last slot would be infinite, so it stops where a further 1/1024 has been halved four times.
    negativeLogarithm(of: index < 1024 ? Int64(1024 - index) << 20 : 1 << 16)
  }

  /// Returns -ln(x / 2^30) x 2^20 for 0 < x <= 2^30: halvings give the integer part of the logarithm, squarings the digits after the point.
  private static func negativeLogarithm(of value: Int64) -> Int64 {
    var x = value
    var halvings: Int64 = 0
    while x < 1 << 29 { x <<= 1; halvings += 1 }
    var digits: Int64 = 0
    for _ in 0..<30 {
      x = (x * x) >> 30
      digits <<= 1
      if x < 1 << 29 { x <<= 1; digits |= 1 }
    }
    let naturalLogarithmOfTwo: Int64 = 726_817  // ln 2 x 2^20
    return (((halvings << 30) + digits) * naturalLogarithmOfTwo) >> 30
  }
}
