import Results

/// One gate, checked on one figure of one row.
public struct GateCheck: Sendable, Equatable {
  public enum Outcome: String, Sendable {
    case holds
    case broken
    /// Neither side has the figure, or only the candidate has it and the baseline is needed. A requested gate is broken by that, except for figures of
    /// faults.
    case notMeasured = "not measured"
  }

  /// The name of the gate that a row without a counterpart breaks.
  public static let presence = "row present"

  /// The gate as written.
  public var gate: String
  /// The path of the figure; the gate's own path may contain `*`.
  public var metric: String
  public var unit: MetricUnit
  public var baseline: MetricValue?
  public var candidate: MetricValue?
  /// The limit for the candidate; nil for a word, or if there was none.
  public var limit: Double?
  public var outcome: Outcome
  /// What is wrong, in words; empty if the gate holds.
  public var reason: String

  /// `publish.p99 4.10 -> 4.90 ms (+19.5 %)`
  public var sentence: String { gate == Self.presence ? reason : "\(metric) \(reason)" }
}

extension Gate {
  /// Checks the gate on every figure it matches. Without a baseline, only absolute bounds are checked.
  public func checks(candidate: MetricSheet, baseline: MetricSheet?) -> [GateCheck] {
    let paths = paths(in: baseline, candidate)
    return paths.map { path in
      var check = check(path, baseline?[path], candidate[path])
      // What is optional may be missing, and so may a fault that this row does not have; what else was asked for may not.
      if check.outcome == .notMeasured, !isOptional, !isOfFault { check.outcome = .broken }
      return check
    }
  }

  /// Whether the figure belongs to a fault: only rows whose schedule has that fault can have it.
  private var isOfFault: Bool { path.hasPrefix("disturbance.") || path.hasPrefix("faults.") }

  /// The matching figures: those of the baseline in its order, then those that only the candidate has. A path without `*` always counts as matching.
  private func paths(in baseline: MetricSheet?, _ candidate: MetricSheet) -> [String] {
    guard path.utf8.contains(UInt8(ascii: "*")) else { return [path] }
    let old = (baseline?.metrics ?? []).map(\.path).filter { MetricCatalogue.matches($0, pattern: path) }
    return old + candidate.metrics.map(\.path).filter { MetricCatalogue.matches($0, pattern: path) && !old.contains($0) }
  }

  private func check(_ path: String, _ baseline: Metric?, _ candidate: Metric?) -> GateCheck {
    var check = GateCheck(
      gate: text, metric: path, unit: candidate?.unit ?? baseline?.unit ?? MetricCatalogue.units(of: path).first ?? .count, baseline: baseline?.value,
      candidate: candidate?.value, outcome: .notMeasured, reason: "")
    if check.unit == .word {
      decideWord(&check)
    } else {
      decideNumber(&check)
    }
    return check
  }

  // MARK: Numbers

  private func decideNumber(_ check: inout GateCheck) {
    guard let candidate = check.candidate?.number else {
      guard check.baseline != nil else { return check.reason = "was not measured" }
      check.outcome = .broken
      return check.reason = "the candidate did not measure it any more"
    }
    let baseline = check.baseline?.number
    guard let limit = limit(over: baseline) else { return check.reason = "the baseline did not measure it" }
    check.limit = limit.value
    guard !isMet(candidate, limit) else { return check.outcome = .holds }
    check.outcome = .broken
    check.reason = brokenText(candidate, baseline, limit.value, check.unit)
  }

  /// The limit for the candidate. A computed bound may be off by a few units in the last place; the baseline itself and a written number
  /// are exact.
  private func limit(over baseline: Double?) -> (value: Double, isExact: Bool)? {
    switch bound {
    case .value(let value): (value, false)
    case .baseline: baseline.map { ($0, true) }
    case .percent(let percent): baseline.map { (percent == 0 ? $0 : $0 + $0 * percent / 100, percent == 0) }
    case .difference(let difference): baseline.map { ($0 + difference, difference == 0) }
    case .word: nil
    }
  }

  private func isMet(_ value: Double, _ limit: (value: Double, isExact: Bool)) -> Bool {
    let slack = limit.isExact || !limit.value.isFinite ? 0 : limit.value.magnitude * 1e-12
    return switch comparator {
    case .atMost: value <= limit.value + slack
    case .atLeast: value >= limit.value - slack
    case .equal: value == limit.value || (value - limit.value).magnitude <= slack
    case .notEqual: value != limit.value && !((value - limit.value).magnitude <= slack)
    case .below: value < limit.value - slack
    case .above: value > limit.value + slack
    }
  }

  private func brokenText(_ candidate: Double, _ baseline: Double?, _ limit: Double, _ unit: MetricUnit) -> String {
    let demand = "not \(comparator.words) \(FigureText.text(limit, unit))"
    guard let baseline else { return "\(FigureText.text(candidate, unit)), \(demand)" }
    guard baseline != candidate else { return "still \(FigureText.text(candidate, unit)), \(demand)" }
    let change = FigureText.change(baseline, candidate, unit)
    return baseline == limit ? change : "\(change), \(demand)"
  }

  // MARK: Words

  private func decideWord(_ check: inout GateCheck) {
    guard check.candidate != nil || check.baseline != nil else { return check.reason = "neither result has it" }
    let candidate = check.candidate.word ?? Self.missing, baseline = check.baseline.word ?? Self.missing
    let holds: Bool
    switch (comparator, bound) {
    case (.equal, .word(let word)): holds = candidate.text == word
    case (.notEqual, .word(let word)): holds = candidate.text != word
    case (.equal, .baseline): holds = candidate.text == baseline.text
    case (.notEqual, .baseline): holds = candidate.text != baseline.text
    default: holds = (candidate.rank ?? 0) <= (baseline.rank ?? 0)
    }
    check.outcome = holds ? .holds : .broken
    if !holds { check.reason = baseline.text == candidate.text ? "still \(candidate.text)" : "\(baseline.text) -> \(candidate.text)" }
  }

  /// A verdict that is missing in a result was not examined.
  private static let missing = (text: "not examined", rank: Int?.some(MetricCatalogue.unexaminedRank))
}

extension MetricValue? {
  fileprivate var word: (text: String, rank: Int?)? {
    if case .word(let text, let rank) = self { (text, rank) } else { nil }
  }
}
