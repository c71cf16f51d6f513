import Primitives

extension Int64 {
  /// The nearest whole number; the nearest that there is where a foreign figure is too large, and 0 for what is no number.
  public init(rounding value: Double) { self.init(saturating: value.rounded()) }
}
