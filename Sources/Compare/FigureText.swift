import Measurement
import Results

/// Formats figures for readers.
public enum FigureText {
  /// `4.10 ms`, `200 000 records/s`, `97.0 %`.
  public static func text(_ value: Double, _ unit: MetricUnit) -> String { withUnit(digits(value, unit, places: places(value, unit)), unit) }

  public static func text(_ value: MetricValue?, _ unit: MetricUnit) -> String {
    switch value {
    case nil: "-"
    case .word(let word, _): word
    case .number(let number): text(number, unit)
    }
  }

  /// `4.10 -> 4.90 ms (+19.5 %)`, with enough decimals to distinguish the two.
  public static func change(_ baseline: Double, _ candidate: Double, _ unit: MetricUnit) -> String {
    let texts = texts(baseline, candidate, unit)
    let percent = percent(baseline, candidate).map { " (\($0))" } ?? ""
    return "\(texts.baseline) -> \(withUnit(texts.candidate, unit))\(percent)"
  }

  /// Both values without their unit, with enough decimals to distinguish them.
  public static func texts(_ baseline: Double, _ candidate: Double, _ unit: MetricUnit) -> (baseline: String, candidate: String) {
    var places = max(places(baseline, unit), places(candidate, unit))
    while places < 6, baseline != candidate, digits(baseline, unit, places: places) == digits(candidate, unit, places: places) { places += 1 }
    return (digits(baseline, unit, places: places), digits(candidate, unit, places: places))
  }

  /// `+19.5 %`; nil if nothing changed or the baseline is zero.
  public static func percent(_ baseline: Double, _ candidate: Double) -> String? {
    guard baseline != candidate, baseline != 0, baseline.isFinite, candidate.isFinite else { return nil }
    let percent = (candidate - baseline) / baseline.magnitude * 100
    for places in 1...5 where fixed(percent.magnitude, places: places).contains(where: { ("1"..."9").contains($0) }) {
      return "\(percent < 0 ? "-" : "+")\(digits(percent.magnitude, .count, places: places)) %"
    }
    return percent < 0 ? "-0.00001 %" : "+0.00001 %"
  }

  /// `+0.71`, with enough decimals to be visible.
  public static func signed(_ difference: Double) -> String {
    let magnitude = difference.magnitude
    let places = magnitude >= 0.01 ? 2 : magnitude >= 0.0001 ? 4 : 6
    return (difference < 0 ? "-" : "+") + fixed(magnitude, places: places)
  }

  private static func places(_ value: Double, _ unit: MetricUnit) -> Int {
    switch unit {
    case .milliseconds: value.magnitude < 0.1 && value != 0 ? 4 : 2
    case .seconds, .ratio: 2
    case .fraction: 1
    case .recordsPerSecond, .bytesPerSecond, .bytes, .count, .word: 0
    }
  }

  private static func digits(_ value: Double, _ unit: MetricUnit, places: Int) -> String {
    let shown = unit == .fraction ? value * 100 : value
    guard shown.isFinite else { return "never" }
    guard shown.magnitude < 1e12 else { return grouped(Int64(rounding: shown.rounded(.towardZero))) }
    let text = fixed(shown, places: places)
    let whole = text.prefix { $0 != "." }
    guard let number = Int64(whole), number.magnitude >= 10_000 else { return text }
    return grouped(number) + text.dropFirst(whole.count)
  }

  public static func withUnit(_ digits: String, _ unit: MetricUnit) -> String {
    digits == "never" || unit == .count || unit == .word ? digits : "\(digits) \(unit.rawValue)"
  }
}
