import Primitives

extension Int64 {
  /// The nearest whole number; the nearest that fits if the figure is too large, and 0 for NaN.
  public init(rounding value: Double) { self.init(saturating: value.rounded()) }
}

/// A number with a fixed count of decimals, rounded half away from zero.
public func fixed(_ value: Double, places: Int) -> String {
  let scale = (0..<places).reduce(1.0) { scale, _ in scale * 10 }
  // A Double this large has no such decimals anyway.
  guard places == 0 || (value * scale).magnitude < 9e18 else { return fixed(value, places: places - 1) }
  let scaled = Int64(rounding: value * scale)
  guard places > 0 else { return String(scaled) }
  let digits = String(scaled.magnitude)
  let padded = String(repeating: "0", count: max(0, places + 1 - digits.utf8.count)) + digits
  return (scaled < 0 ? "-" : "") + String(padded.dropLast(places)) + "." + String(padded.suffix(places))
}

/// A number rounded to six decimals, without trailing zeros. It must be finite.
public func shortest(_ value: Double) -> String {
  precondition(value.isFinite, "a figure of a result is \(value)")
  // Beyond this a Double has no sixth decimal.
  let rounded = value.magnitude < 4e9 ? (value * 1e6).rounded() / 1e6 : value
  if let whole = Int64(exactly: rounded) { return String(whole) }
  // Swift writes what is below 0.0001 with an exponent.
  guard rounded.magnitude < 1e-3 else { return "\(rounded)" }
  let digits = fixed(rounded, places: 6)
  return String(digits.reversed().drop { $0 == "0" }.reversed())
}

/// A whole number with its thousands separated: `1 200 000`.
public func grouped(_ value: some BinaryInteger) -> String {
  let digits = Array(String(value.magnitude))
  var text = value < 0 ? "-" : ""
  for (index, digit) in digits.enumerated() {
    if index > 0, (digits.count - index) % 3 == 0 { text += " " }
    text.append(digit)
  }
  return text
}
