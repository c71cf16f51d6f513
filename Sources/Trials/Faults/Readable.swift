import Primitives
import Scenarios

extension Duration {
  /// For people, with at most three decimals: `3600 s`, `325.27 s`, `-50 us`.
  var readable: String {
    if nanoseconds < 0 { return "-" + (Duration.zero - self).readable }
    for (unit, length) in [("s", 1_000_000_000 as Int64), ("ms", 1_000_000), ("us", 1_000)] where nanoseconds >= length {
      return exactQuotient(nanoseconds / (length / 1_000), by: 1_000, digits: 3) + " " + unit
    }
    return nanoseconds == 0 ? "0 s" : "\(nanoseconds) ns"
  }
}

extension Int64 {
  /// A rate in bytes a second for people: `1.5 MB/s`.
  var readableBandwidth: String {
    for (unit, size) in [("GB/s", 1_000_000_000 as Int64), ("MB/s", 1_000_000), ("KB/s", 1_000)] where self >= size {
      return exactQuotient(self / (size / 1_000), by: 1_000, digits: 3) + " " + unit
    }
    return "\(self) B/s"
  }
}
