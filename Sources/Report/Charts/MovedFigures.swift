import Compare
import Measurement
import Results

/// A figure of a comparison that moved, as pages show it: named with its row, and with what it means.
struct MovedFigure {
  enum Meaning: Int, CaseIterable { case broken, worse, different, better }

  let row: String
  let metric: String
  /// `4.10 -> 4.90 ms`
  let text: String
  /// `+19.5 %`
  let difference: String
  let meaning: Meaning
  /// By how much it moved, as a part of the baseline: more than 0 for what got worse. Infinite where the baseline is nothing; nil for words.
  let worsening: Double?
  /// The gates that it broke.
  let gates: [String]
  /// The terms that moved, for a latency.
  let terms: String

  init(_ change: MetricChange, row: ComparedRow, named name: String) {
    self.row = name
    metric = change.metric
    difference = change.differenceText
    gates = row.broken.filter { $0.metric == change.metric }.map(\.gate)
    terms = change.termsText
    let sign = change.better == .higher ? -1.0 : 1.0
    if let old = change.baseline.number, let new = change.candidate.number {
      worsening = old == 0 || !old.isFinite || !new.isFinite ? (new > old ? sign : -sign) * .infinity : (new - old) / old.magnitude * sign
      let texts = FigureText.texts(old, new, change.unit)
      text = "\(texts.baseline) -> \(FigureText.withUnit(texts.candidate, change.unit))"
    } else {
      worsening = nil
      text = change.text
    }
    switch change.verdict {
    case _ where !gates.isEmpty: meaning = .broken
    case .worse: meaning = .worse
    case .better: meaning = .better
    case .different: meaning = .different
    }
  }

  /// A gate that broke on a figure that is what it was, or that only one side has.
  init(_ check: GateCheck, named name: String) {
    row = name
    metric = check.metric
    text = check.reason
    difference = ""
    meaning = .broken
    worsening = nil
    gates = [check.gate]
    terms = ""
  }

  /// Whether it is speed or delivery, which one looks at first, and not what it took.
  private var isMain: Bool { !["cpu.", "publishDelay", "compressionRatio", "recordsPerBatch", "utilisation.", "attribution."].contains { metric.hasPrefix($0) } }

  /// By what figures are put in order, the least first: what broke a gate before what got worse, speed and delivery before the rest, and large moves before small ones.
  var order: (Int, Int, Double) { (meaning.rawValue, isMain ? 0 : 1, -(worsening?.magnitude ?? .infinity)) }

  /// Whether one would call it a move: ties are not.
  var isTold: Bool { meaning == .broken || worsening.map { $0.magnitude >= BenchReport.tie } ?? true }
}

extension Comparison {
  /// What a row is called on a page.
  func pageName(of row: ComparedRow, in file: ComparedFile) -> String {
    let settings = row.settings.map(\.phrase).joined(separator: ", "), name = settings.isEmpty ? row.name : settings
    return files.count > 1 ? "\(title(of: file)): \(name)" : name
  }

  /// Every figure that moved or broke a gate, in their order.
  var movedFigures: [MovedFigure] {
    let moved = files.flatMap { file in
      file.rows.flatMap { row -> [MovedFigure] in
        let name = pageName(of: row, in: file)
        return row.changes.map { MovedFigure($0, row: row, named: name) }
          + row.broken.filter { check in !row.changes.contains { $0.metric == check.metric } }.map { MovedFigure($0, named: name) }
      }
    }
    return moved.enumerated().sorted { left, right in
      left.element.order == right.element.order ? left.offset < right.offset : left.element.order < right.element.order
    }.map(\.element)
  }
}
