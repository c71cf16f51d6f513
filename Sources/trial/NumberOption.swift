import ArgumentParser

/// A whole number of an option. The error for an invalid value names the valid range.
func wholeNumber<Number: FixedWidthInteger & Sendable>(in range: ClosedRange<Number>) -> @Sendable (String) throws -> Number {
  { text in
    if let number = Number(text), range.contains(number) { return number }
    throw ValidationError(objection(to: text, to: "whole number", from: "\(range.lowerBound)", to: "\(range.upperBound)"))
  }
}

/// A number of an option that may have a fraction.
func decimalNumber(in range: ClosedRange<Double>) -> @Sendable (String) throws -> Double {
  { text in
    if let number = Double(text), range.contains(number) { return number }
    throw ValidationError(objection(to: text, to: "number", from: "\(Int(range.lowerBound))", to: "\(Int(range.upperBound))"))
  }
}

private func objection(to text: String, to kind: String, from least: String, to most: String) -> String {
  let digits = text.drop { $0 == "-" || $0 == "+" }
  let isNumber = !digits.isEmpty && digits.allSatisfy(\.isNumber)
  let trouble = !isNumber ? "this is not a \(kind)" : text.hasPrefix("-") ? "it is too small" : "it is out of range"
  return "\(trouble); write a \(kind) from \(least) to \(most)"
}
