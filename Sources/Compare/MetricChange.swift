import Measurement
import Results

/// A figure that changed.
public struct MetricChange: Sendable, Equatable {
  public enum Verdict: String, Sendable { case better, worse, different }

  public var metric: String
  public var unit: MetricUnit
  public var better: MetricDirection
  public var baseline: MetricValue
  public var candidate: MetricValue
  /// For a latency, the terms of its sum that changed, the largest difference first.
  public var terms: [TermChange]
  /// nil if there is a single seed, or if the seeds differ.
  public var seeds: SeedDifferences?

  public var verdict: Verdict {
    switch (baseline, candidate) {
    case (.number(let old), .number(let new)):
      switch better {
      case .higher: new > old ? .better : .worse
      case .lower: new < old ? .better : .worse
      case .neither: .different
      }
    case (.word(_, let old?), .word(_, let new?)): new < old ? .better : new > old ? .worse : .different
    default: .different
    }
  }

  /// `4.10 -> 4.90 ms (+19.5 %)`
  public var text: String {
    guard let old = baseline.number, let new = candidate.number else {
      return "\(FigureText.text(baseline, unit)) -> \(FigureText.text(candidate, unit))"
    }
    return FigureText.change(old, new, unit)
  }

  /// `+19.5 %`, or the absolute difference if the baseline is zero; empty for words.
  public var differenceText: String {
    guard let old = baseline.number, let new = candidate.number else { return "" }
    return FigureText.percent(old, new) ?? (new.isFinite && old.isFinite ? (new < old ? "-" : "+") + FigureText.text((new - old).magnitude, unit) : "")
  }

  /// `replication +0.71, request queue +0.08, 3 others -0.01`; empty where the terms are not known or did not move. Terms that moved by less than a
  /// hundredth of the first are among the others.
  public var termsText: String {
    let least = (terms.first?.difference.magnitude ?? 0) / 100
    let shown = terms.prefix(4).prefix { $0.difference.magnitude >= least }
    var words = shown.map { "\($0.term.rawValue) \(FigureText.signed($0.difference))" }
    let others = terms.dropFirst(shown.count)
    if !others.isEmpty { words.append("\(others.count) other\(others.count > 1 ? "s" : "") \(FigureText.signed(others.reduce(0) { $0 + $1.difference }))") }
    return words.joined(separator: ", ")
  }
}

/// The share of one term in a latency's difference.
public struct TermChange: Sendable, Equatable {
  public var term: LatencyTerm
  /// Milliseconds.
  public var baseline: Double
  public var candidate: Double
  public var difference: Double { candidate - baseline }

  /// The terms that changed in the latency with this path; empty if either side lacks its terms.
  static func all(_ path: String, _ baseline: Attribution?, _ candidate: Attribution?) -> [TermChange] {
    guard let baseline, let candidate, let dot = path.firstIndex(of: ".") else { return [] }
    let of = path[path.index(after: dot)...]
    let lists: (old: [AttributedLatency], new: [AttributedLatency])
    switch path[..<dot] {
    case "publish": lists = (baseline.publish, candidate.publish)
    case "endToEnd": lists = (baseline.endToEnd, candidate.endToEnd)
    default: return []
    }
    guard let old = lists.old.first(where: { $0.of == of }), let new = lists.new.first(where: { $0.of == of }) else { return [] }
    let terms = LatencyTerm.allCases.map { term in
      TermChange(
        term: term, baseline: old.milliseconds(of: term), candidate: new.milliseconds(of: term))
    }
    // Terms with equal differences stay in chronological order. Differences below a nanosecond are only rounding.
    return terms.enumerated().filter { $0.element.difference.magnitude >= 5e-7 }
      .sorted { ($1.element.difference.magnitude, $0.offset) < ($0.element.difference.magnitude, $1.offset) }.map(\.element)
  }
}

/// A station whose utilisation changed.
public struct StationChange: Sendable, Equatable {
  public var node: String
  public var kind: StationMetrics.Kind
  /// 0 to 1.
  public var baseline: Double
  public var candidate: Double
  public var difference: Double { candidate - baseline }

  /// The largest difference first; stations with equal differences stay in the candidate's order.
  static func all(_ baseline: [StationMetrics], _ candidate: [StationMetrics]) -> [StationChange] {
    let changes = candidate.compactMap { new -> StationChange? in
      guard let old = baseline.first(where: { $0.node == new.node && $0.kind == new.kind }), old.utilisation != new.utilisation else { return nil }
      return StationChange(node: new.node, kind: new.kind, baseline: old.utilisation, candidate: new.utilisation)
    }
    return changes.enumerated().sorted { ($1.element.difference.magnitude, $0.offset) < ($0.element.difference.magnitude, $1.offset) }.map(\.element)
  }

  /// `broker-1 processor 41.0 -> 63.2 %`
  public var text: String {
    let texts = FigureText.texts(baseline, candidate, .fraction)
    return "\(node) \(kind.rawValue) \(texts.baseline) -> \(texts.candidate) %"
  }
}
