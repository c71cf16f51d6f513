import Primitives
import Workloads

/// Scalars with units. Every error quotes the input and shows an example that would work.
extension Value {
  package func string() throws -> String {
    guard let scalar else { throw error("expected a word, found \(kind)", remedy: "Write a single value.") }
    return scalar
  }

  package func integer(in range: ClosedRange<Int64> = 0...Int64.max) throws -> Int64 {
    guard let scalar, let number = Int64(scalar.filter { $0 != "_" }) else {
      let digits = scalar.map { $0.drop { $0 == "-" }.filter { $0 != "_" } } ?? ""
      if !digits.isEmpty, digits.allSatisfy({ $0.isASCII && $0.isNumber }) {
        throw error("\(kind) is too \(scalar?.first == "-" ? "small" : "large")", remedy: "The number must be from \(range.lowerBound) to \(range.upperBound).")
      }
      throw error("expected a whole number, found \(kind)", remedy: "Write a number without a unit, such as \(max(range.lowerBound, 3)).")
    }
    guard range.contains(number) else {
      let bound = range.upperBound == .max ? "at least \(range.lowerBound)" : "from \(range.lowerBound) to \(range.upperBound)"
      throw error("\(number) is out of range", remedy: "The number must be \(bound).")
    }
    return number
  }

  package func bool() throws -> Bool {
    switch scalar {
    case "true", "yes", "on": return true
    case "false", "no", "off": return false
    default: throw error("expected true or false, found \(kind)", remedy: "Write true or false.")
    }
  }

  /// A duration up to a limit; the sum of several still fits every clock.
  package func duration(upTo limit: Duration = Bounds.duration) throws -> Duration {
    let remedy = "Write a number with ns, us, ms, s, m, h or d, such as 250ms or 2s."
    if let scalar, scalar.hasPrefix("-"), String(scalar.dropFirst()).numberAndUnit != nil { throw error("\(kind) is negative", remedy: remedy) }
    guard let scalar, let parts = scalar.numberAndUnit, let unit = Self.durationUnits[parts.unit] else { throw error("\(kind) is not a duration", remedy: remedy) }
    guard let nanoseconds = parts.number?.scaled(by: unit), nanoseconds <= limit.nanoseconds else {
      throw error("\(kind) is too long", remedy: "Write at most \(limit.words).")
    }
    return Duration(nanoseconds: nanoseconds)
  }

  /// A number of bytes: `100B`, `16KiB`, `1MB`.
  func byteCount() throws -> Int {
    let remedy = "Write a number with B, KB, KiB, MB, MiB, GB or GiB, such as 100B or 16KiB."
    guard let scalar, let parts = scalar.numberAndUnit, let unit = Self.sizeUnits[parts.unit] else { throw error("\(kind) is not a size", remedy: remedy) }
    guard let bytes = parts.number?.scaled(by: unit), bytes <= Bounds.bytes else { throw error("\(kind) is too large", remedy: "Write at most 65536GiB.") }
    return Int(bytes)
  }

  /// A rate of records: `100/s`, `2k/s`, `0.5/s`, `6000/m`.
  package func rate(allowsZero: Bool = false) throws -> Rate {
    let remedy = "Write a number per unit of time, such as 100/s."
    guard let scalar, let slash = scalar.firstIndex(of: "/"), let unit = Self.durationUnits[String(scalar[scalar.index(after: slash)...])],
      let parts = String(scalar[..<slash]).numberAndUnit, let factor = Self.countUnits[parts.unit]
    else { throw error("\(kind) is not a rate", remedy: remedy) }
    let perUnit = parts.number?.scaled(by: factor * 1_000_000)
    let perSecond = perUnit.map { Int128($0) * 1_000_000_000 / Int128(unit) } ?? .max
    guard perSecond <= Int128(Rate.highest.microrecordsPerSecond) else { throw error("\(kind) is too much", remedy: "Write at most 1000M/s.") }
    guard perSecond > 0 || (allowsZero && perUnit == 0) else { throw error("\(kind) is too little", remedy: remedy) }
    return Rate(microrecordsPerSecond: Int64(perSecond))
  }

  /// A decimal number without a unit, such as `0.5`.
  package func decimal(in range: ClosedRange<Double>) throws -> Double {
    guard let scalar, let parts = scalar.numberAndUnit, parts.unit.isEmpty, parts.number != nil, let number = Double(scalar.filter { $0 != "_" }) else {
      throw error("expected a number, found \(kind)", remedy: "Write a number without a unit, such as 0.5.")
    }
    guard range.contains(number) else {
      throw error("\(scalar) is out of range", remedy: "The number must be from \(range.lowerBound) to \(range.upperBound).")
    }
    return number
  }

  /// Bytes per second: `10MB/s`, `1Gb/s` (bits).
  package func bandwidth(atLeast least: Int64 = 1) throws -> Int64 {
    let remedy = "Write bytes or bits per second, such as 10MB/s or 1Gb/s."
    guard let scalar, scalar.hasSuffix("/s"), let parts = String(scalar.dropLast(2)).numberAndUnit, let unit = Self.sizeUnits[parts.unit] ?? Self.bitUnits[parts.unit]
    else { throw error("\(kind) is not a bandwidth", remedy: remedy) }
    guard let perSecond = parts.number?.scaled(by: unit), perSecond <= Bounds.bytes else { throw error("\(kind) is too much", remedy: remedy) }
    let bytes = Self.sizeUnits[parts.unit] == nil ? perSecond / 8 : perSecond
    guard bytes >= least else { throw error("\(kind) is too little", remedy: least > 1 ? "Write at least \(least / 1_000)KB/s." : remedy) }
    return bytes
  }

  private static let durationUnits: [String: Int64] = [
    "ns": 1, "us": 1_000, "ms": 1_000_000, "s": 1_000_000_000, "m": 60_000_000_000, "min": 60_000_000_000, "h": 3_600_000_000_000,
    "d": 86_400_000_000_000,
  ]
  private static let countUnits: [String: Int64] = ["": 1, "k": 1_000, "M": 1_000_000]
  private static let sizeUnits: [String: Int64] = [
    "B": 1, "KB": 1_000, "MB": 1_000_000, "GB": 1_000_000_000, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30,
  ]
  private static let bitUnits: [String: Int64] = ["b": 1, "kb": 1_000, "Mb": 1_000_000, "Gb": 1_000_000_000]
}

/// A decimal number as an integer and the count of its decimals, so that nothing is rounded on the way to nanoseconds.
private struct Decimal {
  var digits: Int64
  var scale: Int64

  func scaled(by unit: Int64) -> Int64? {
    Int64(exactly: Int128(digits) * Int128(unit) / Int128(scale))
  }
}

extension String {
  /// A number and the text after it. The number is nil if it has too many digits to be exact.
  fileprivate var numberAndUnit: (number: Decimal?, unit: String)? {
    let number = utf8.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "_") }
    let halves = number.filter { $0 != UInt8(ascii: "_") }.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard halves.count == 1 || halves.count == 2, !halves[0].isEmpty else { return nil }
    let fraction = halves.count == 2 ? halves[1] : []
    guard fraction.count <= 9, halves.count == 1 || !fraction.isEmpty else { return nil }
    let scale = (0..<fraction.count).reduce(Int64(1)) { scale, _ in scale * 10 }
    let unit = utf8[number.endIndex...].drop { $0 == UInt8(ascii: " ") }
    return (Int64(String(decoding: halves[0] + fraction, as: UTF8.self)).map { Decimal(digits: $0, scale: scale) }, String(Substring(unit)))
  }
}
