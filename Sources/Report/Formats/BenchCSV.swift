import Results

extension BenchReport {
  /// One line for each setting: the varied settings, and every figure under the path that gates use. With several seeds, figures are means and counts are sums. Fields are quoted
  /// if necessary (RFC 4180); a missing figure is empty.
  public var csv: String {
    let sheets = rows.map { MetricSheet(of: ResultRow($0)) }
    var paths: [String] = []
    for metric in sheets.flatMap(\.metrics) where !paths.contains(metric.path) { paths.append(metric.path) }
    let header = varied.map(\.key) + paths
    let lines = zip(rows, sheets).map { row, sheet in row.settings.map(\.value) + paths.map { sheet[$0]?.value.csv ?? "" } }
    return ([header] + lines).map { $0.map(Self.field).joined(separator: ",") + "\n" }.joined()
  }

  private static func field(_ text: String) -> String {
    text.contains { $0 == "," || $0 == "\"" || $0.isNewline } ? "\"\(text.replacing("\"", with: "\"\""))\"" : text
  }
}

extension MetricValue {
  fileprivate var csv: String {
    switch self {
    case .number(let number): number == number.rounded() && number.magnitude < 1e15 ? String(Int64(number)) : String(number)
    case .word(let word, _): word
    }
  }
}
