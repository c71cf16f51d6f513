import Measurement
import Results

/// The names of a benchmark's rows in charts and pages: only what differs between them, in words: `acks=all lz4 linger 5 ms`.
struct RowNames {
  let names: [String]

  init(_ report: BenchReport) {
    let telling = report.tellingKeys
    names = report.rows.enumerated().map { index, row in
      let phrases = row.settings.filter { telling.contains($0.key) }.map(\.phrase)
      return phrases.isEmpty ? (report.rows.count == 1 ? report.scenario : "setting \(index + 1)") : phrases.joined(separator: ", ")
    }
  }

  subscript(_ row: Int) -> String { names[row] }
}

extension BenchReport {
  /// The varied keys whose value differs between rows, in the order given.
  var tellingKeys: [String] {
    varied.map(\.key).filter { key in
      let values = rows.map { $0.value(of: key) }
      return values.contains { $0 != values[0] }
    }
  }

  /// The values of a key in the order given, as far as rows have them.
  func values(of key: String) -> [String] {
    let asked = varied.first { $0.key == key }?.values ?? []
    return asked.filter { value in rows.contains { $0.value(of: key) == value } }
  }
}

extension BenchRow {
  func value(of key: String) -> String? { settings.first { $0.key == key }?.value }
}

extension ChosenSetting {
  /// `linger 5 ms`, `batch 16 KiB`, `lz4`, `acks=all`.
  var phrase: String {
    let (name, shown) = (Self.name(ofKey: key), Self.text(of: value, key: key))
    if key == "compression.type" { return value == "none" ? "no compression" : value }
    if shown != value { return "\(name) \(shown)" }
    return "\(name)=\(value)"
  }

  /// A key without its unit, and a path reduced to its end: `linger.ms` is `linger`.
  static func name(ofKey key: String) -> String {
    let last = key.contains(".config.") ? String(key.split(separator: ".config.").last ?? "") : key
    for unit in [".ms", ".bytes", ".size"] where last.hasSuffix(unit) && last.count > unit.count {
      return String(last.dropLast(unit.count)).replacing(".", with: " ")
    }
    return last
  }

  /// A value with the unit that its key implies.
  static func text(of value: String, key: String) -> String {
    guard let number = Double(value) else { return value }
    if key.hasSuffix(".ms") { return timeText(milliseconds: number) }
    if key.hasSuffix(".bytes") || key.hasSuffix(".size") { return bytesText(number) }
    return value
  }
}
