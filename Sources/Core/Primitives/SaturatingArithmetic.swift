/// Arithmetic for numbers from outside: requests, files, clocks, settings. A result that does not fit becomes the nearest end of the range; it
/// never traps. All types with units (`Offset`, `Duration`, `Instant`, `Timestamp`, epochs) compute in this way.
///
/// Saturation keeps order: a sum that is too large still comes after everything else, which is what limits and deadlines need. Use
/// `addingReportingOverflow` instead to tell a number that does not fit from one that does.
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

  /// Divides. Division by zero gives the end of the range on the dividend's side, and 0 / 0 is 0.
  @inlinable
  @inline(__always)
  public func saturatingDivided(by other: Self) -> Self {
    let (quotient, overflows) = dividedReportingOverflow(by: other)
    if _fastPath(!overflows) { return quotient }
    return other != 0 ? .max : self == 0 ? 0 : self < 0 ? .min : .max
  }
}

extension FixedWidthInteger {
  /// Rounds towards zero. A value that does not fit becomes the nearest end of the range, and NaN becomes 0.
  @inlinable
  public init(saturating value: Double) {
    self = value.isNaN ? 0 : Self(exactly: value.rounded(.towardZero)) ?? (value < 0 ? .min : .max)
  }
}
