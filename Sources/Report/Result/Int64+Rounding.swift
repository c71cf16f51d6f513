extension Int64 {
  /// The nearest whole number; the nearest that there is where a foreign figure is too large, and 0 for what is no number.
  public init(rounding value: Double) {
    guard !value.isNaN else {
      self = 0
      return
    }
    let rounded = value.rounded()
    self = Int64(exactly: rounded) ?? (rounded < 0 ? .min : .max)
  }
}
