import Measurement
import TextTable

/// A table of rows that all have the same columns, no wider than a terminal where a width is given: columns for which there is no room follow in tables
/// of their own below, each beside the first columns again.
///
/// - Parameter keys: how many of the first columns identify a row.
func tableText(_ rows: [[Column]], keys: Int = 0, width: Int? = nil) -> String {
  guard let first = rows.first else { return "" }
  let parts = width.map { dividedColumns(first.indices.map { Column.width(of: $0, in: rows) }, keys: keys, width: $0) } ?? [Array(first.indices)]
  let tables = parts.map { columns in
    let table = TextTable<[Column]> { row in columns.map { row[$0] } }
    return trimmed(table.string(for: rows) ?? "")
  }
  return tables.joined(separator: "\n\n")
}

/// Whether the rows fit without being divided.
func fits(_ rows: [[Column]], _ width: Int) -> Bool {
  guard let first = rows.first else { return true }
  return first.indices.reduce(first.count - 1) { $0 + Column.width(of: $1, in: rows) } <= width
}

/// Columns of a table by their places, divided so that each part is narrow enough, or has one column beside the keys.
private func dividedColumns(_ widths: [Int], keys: Int, width: Int) -> [[Int]] {
  let ownKeys = Array(0..<keys), keyWidth = widths.prefix(keys).reduce(0) { $0 + $1 + 1 }
  var parts: [[Int]] = [], used = 0
  for column in keys..<widths.count {
    if parts.isEmpty || used + 1 + widths[column] > width {
      parts.append(ownKeys)
      used = keyWidth - 1
    }
    parts[parts.count - 1].append(column)
    used += 1 + widths[column]
  }
  return parts
}

extension Column {
  fileprivate static func width(of place: Int, in rows: [[Column]]) -> Int {
    rows.reduce(rows[0][place].headerString(for: Style.simple).count) { max($0, $1[place].string(for: Style.simple).count) }
  }
}

/// The text without trailing blanks in its lines.
func trimmed(_ text: String) -> String {
  let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { $0.without(trailing: " ") }
  return String(lines.joined(separator: "\n")[...].without(trailing: "\n"))
}

extension Substring {
  fileprivate func without(trailing character: Character) -> Substring {
    var rest = self
    while rest.last == character { rest.removeLast() }
    return rest
  }
}

extension Column {
  static func right(_ title: String, _ value: String) -> Column { Column(title: title, value: value, align: .right) }
}

/// At least three digits: `0.412`, `4.18`, `41.8`, `418`.
func significant(_ milliseconds: Double) -> String {
  fixed(milliseconds, places: milliseconds < 1 ? 3 : milliseconds < 10 ? 2 : milliseconds < 100 ? 1 : 0)
}
