import Foundation

/// The Markdown page that shows how well predictions agree with measurements.
public struct FidelityPage {
  private let tables: [ComparisonTable]
  private let model: String

  /// - Parameters:
  ///   - tables: comparisons, in the order of the page.
  ///   - model: a handwritten text on what is modelled and what is not, as Markdown below a second-level heading.
  public init(tables: [ComparisonTable], model: String) {
    self.tables = tables
    self.model = model
  }

  public var text: String {
    var lines = [
      "# Fidelity", "",
      "How far the simulation can be believed: its predictions beside measurements, then the list of what is modelled and what is not. The first part is written by "
        + "`trial fidelity`, which measures anew; run it on a machine that does nothing else.", "",
      "A figure is marked *fit* where costs of the machine profile were chosen so that it comes out; all others are predicted. Errors are predicted / measured - 1.", "",
    ]
    lines += summary
    for table in tables { lines += section(table) }
    return (lines + [model.trimmingCharacters(in: .newlines), ""]).joined(separator: "\n")
  }

  // MARK: The summary

  private var summary: [String] {
    var lines = ["## In short", "", "| against | figure | compared | rank correlation | median error | p50 within 25 % / p99 within a factor of 2 |", "|---|---|---|---|---|---|"]
    for table in tables {
      for metric in ComparedMetric.allCases {
        let predicted = table.pairs(metric, fitted: false)
        guard !predicted.isEmpty else { continue }
        let fitted = table.pairs(metric, fitted: true).count
        let cells = [
          table.title, metric.rawValue, "\(predicted.count)" + (fitted > 0 ? " (and \(fitted) fitted)" : ""), Agreement.rankCorrelation(predicted).map { number($0, 2) } ?? "",
          Agreement.medianError(predicted).map(percent) ?? "", shareThatAgrees(metric, predicted).map(percent) ?? "",
        ]
        lines.append("| " + cells.joined(separator: " | ") + " |")
      }
    }
    return lines + [""]
  }

  /// The fraction of pairs that agree: real clusters are no more repeatable than this.
  private func shareThatAgrees(_ metric: ComparedMetric, _ pairs: [(predicted: Double, measured: Double)]) -> Double? {
    switch metric {
    case .publishP50, .endToEndP50: Agreement.shareWithin(error: 0.25, pairs)
    case .publishP99, .publishP999, .endToEndP99, .endToEndP999: Agreement.shareWithin(factor: 2, pairs)
    case .throughput, .consumed, .cpu: nil
    }
  }

  // MARK: The tables

  private func section(_ table: ComparisonTable) -> [String] {
    let metrics = ComparedMetric.allCases.filter { metric in table.rows.contains { $0.metric == metric } }
    var lines = ["## \(table.title)", "", table.about, ""]
    lines.append("| | " + metrics.map { "\($0.rawValue), \($0.unit): predicted | measured | error" }.joined(separator: " | ") + " |")
    lines.append("|---|" + String(repeating: "---:|", count: 3 * metrics.count))
    var names: [String] = []
    for row in table.rows where !names.contains(row.name) { names.append(row.name) }
    for name in names {
      let cells = metrics.map { metric in
        guard let row = table.rows.first(where: { $0.name == name && $0.metric == metric }) else { return " | | " }
        let error = row.measured == 0 ? "" : String(format: "%+.0f %%", (row.predicted / row.measured - 1) * 100)
        return "\(figure(row.predicted)) | \(figure(row.measured)) | \(error)\(row.isFitted ? " *fit*" : "")"
      }
      lines.append("| \(name) | " + cells.joined(separator: " | ") + " |")
    }
    return lines + [""]
  }

  /// Three significant digits, or all digits before the decimal point.
  private func figure(_ value: Double) -> String {
    switch abs(value) {
    case 100...: number(value, 0)
    case 10...: number(value, 1)
    default: number(value, 2)
    }
  }

  private func number(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }
  private func percent(_ part: Double) -> String { String(format: "%.0f %%", part * 100) }
}
