import Primitives

/// Draws one of several items with given weights in constant time (Walker 1977, in Vose's form).
struct AliasTable: Sendable {
  /// Below the threshold the slot's own number is drawn, otherwise its alias; in units of 2^-32.
  private var thresholds: [UInt32]
  private var aliases: [UInt32]

  /// - Parameter weights: positive, in any unit.
  init(weights: [Double]) {
    let count = weights.count
    let scale = Double(count) / weights.reduce(0, +)
    var rest = weights.map { $0 * scale }
    var small: [UInt32] = [], large: [UInt32] = []
    for index in weights.indices { if rest[index] < 1 { small.append(UInt32(index)) } else { large.append(UInt32(index)) } }
    thresholds = Array(repeating: .max, count: count)
    aliases = (0..<UInt32(count)).map { $0 }
    while let low = small.last, let high = large.last {
      small.removeLast()
      thresholds[Int(low)] = UInt32(min(rest[Int(low)] * 4_294_967_296, 4_294_967_295))
      aliases[Int(low)] = high
      rest[Int(high)] -= 1 - rest[Int(low)]
      if rest[Int(high)] < 1 {
        large.removeLast()
        small.append(high)
      }
    }
    // The remaining slots have a weight of one, except for rounding, and are their own alias.
  }

  func draw(_ random: inout RandomStream) -> Int {
    let bits = random.next()
    let slot = Int(((bits >> 32) * UInt64(thresholds.count)) >> 32)
    return UInt32(truncatingIfNeeded: bits) < thresholds[slot] ? slot : Int(aliases[slot])
  }
}
