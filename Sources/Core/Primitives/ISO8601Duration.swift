extension Duration {
  /// Parses a duration written as `PnDTnHnMn.nS`, as Java's `Duration` reads it. Nil if it is malformed, negative or longer than 290 years.
  public init?(iso8601 text: Substring) {
    var rest = text
    guard rest.popFirst() == "P" else { return nil }
    var total: Int64 = 0
    var units: [(letter: Character, seconds: Int64, isTime: Bool)] = [
      ("D", 86_400, false), ("H", 3_600, true), ("M", 60, true), ("S", 1, true),
    ]
    var isInTime = false
    var isEmpty = true
    while let next = rest.first {
      if next == "T" {
        guard !isInTime, rest.dropFirst().first != nil else { return nil }
        isInTime = true
        rest.removeFirst()
        continue
      }
      guard let end = rest.firstIndex(where: \.isLetter),
        let unit = units.firstIndex(where: { $0.letter == rest[end] && $0.isTime == isInTime }),
        let amount = Self.nanoseconds(of: rest[..<end], seconds: units[unit].seconds, allowsFraction: rest[end] == "S")
      else { return nil }
      let (sum, overflow) = total.addingReportingOverflow(amount)
      if overflow { return nil }
      total = sum
      isEmpty = false
      units.removeSubrange(...unit)
      rest = rest[rest.index(after: end)...]
    }
    guard !isEmpty else { return nil }
    self.init(nanoseconds: total)
  }

  private static func nanoseconds(of number: Substring, seconds: Int64, allowsFraction: Bool) -> Int64? {
    let parts = number.split(separator: ".", omittingEmptySubsequences: false)
    guard let whole = Int64(parts[0]), whole >= 0, parts.count <= (allowsFraction ? 2 : 1) else { return nil }
    var fraction: Int64 = 0
    if parts.count == 2 {
      let digits = parts[1]
      guard digits.utf8.count <= 9, let value = Int64(digits.isEmpty ? "0" : digits), value >= 0 else { return nil }
      fraction = (digits.utf8.count..<9).reduce(value) { value, _ in value * 10 }
    }
    let (product, overflow) = whole.multipliedReportingOverflow(by: seconds * 1_000_000_000)
    return overflow ? nil : product + fraction
  }

  /// The duration in ISO 8601, in seconds only, such as `PT90S` or `PT0.5S`.
  public var iso8601: String {
    let fraction = nanoseconds % 1_000_000_000
    if fraction == 0 { return "PT\(nanoseconds / 1_000_000_000)S" }
    var digits = String(fraction)
    digits = String(repeating: "0", count: 9 - digits.utf8.count) + digits
    while digits.last == "0" { digits.removeLast() }
    return "PT\(nanoseconds / 1_000_000_000).\(digits)S"
  }
}
