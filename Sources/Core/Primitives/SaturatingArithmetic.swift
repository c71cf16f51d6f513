/// Arithmetic for numbers from outside: requests, files, clocks, settings. Where the true result does not fit, it is the end of the range that lies
/// nearest to it, never a trap. All types with units (`Offset`, `Duration`, `Instant`, `Timestamp`, epochs) compute in this way.
///
/// Saturation keeps order: a sum that is too large still comes after everything else, which is what limits and deadlines need. Where a number that
/// does not fit must be told from one that does, ask with `addingReportingOverflow` instead.
extension FixedWidthInteger {
  @inlinable
  @inline(__always)
  public func saturatingAdding(_ other: Self) -> Self {
    let (sum, overflows) = addingReportingOverflow(other)
    return _fastPath(!overflows) ? sum : other < 0 ? .min : .max
  }

  @inlinable
  @inline(__always)
  public func saturatingSubtracting(_ other: Self) -> Self {
    let (difference, overflows) = subtractingReportingOverflow(other)
    return _fastPath(!overflows) ? difference : other < 0 ? .max : .min
  }

  @inlinable
  @inline(__always)
  public func saturatingMultiplied(by other: Self) -> Self {
    let (product, overflows) = multipliedReportingOverflow(by: other)
    return _fastPath(!overflows) ? product : (self < 0) == (other < 0) ? .max : .min
  }

  /// Division by zero gives the end of the range on the dividend's side, and 0 / 0 is 0.
  @inlinable
  @inline(__always)
  public func saturatingDivided(by other: Self) -> Self {
    let (quotient, overflows) = dividedReportingOverflow(by: other)
    if _fastPath(!overflows) { return quotient }
    return other != 0 ? .max : self == 0 ? 0 : self < 0 ? .min : .max
  }
}

extension FixedWidthInteger {
  /// The nearest whole number towards zero; the end of the range where there is none, and 0 for what is not a number.
  @inlinable
  public init(saturating value: Double) {
    self = value.isNaN ? 0 : Self(exactly: value.rounded(.towardZero)) ?? (value < 0 ? .min : .max)
  }
}
