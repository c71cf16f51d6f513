import Primitives
import Results

/// Two sets of results side by side: what the gates say, what moved, and why.
public struct Comparison: Sendable, Equatable {
  public var gates: [Gate]
  public var files: [ComparedFile]
  /// Requested gates that matched no figure: they count as broken.
  public var idleGates: [Gate]

  /// Pairs the files by name, unless there is only one on each side, and their rows by their settings.
  ///
  /// An empty list of gates means `Gate.defaults`. Throws if paired files are of different scenarios.
  public init(baseline: [StoredResult], candidate: [StoredResult], gates: [Gate]) throws(ComparisonError) {
    let gates = gates.isEmpty ? Gate.defaults : gates
    var files: [ComparedFile] = []
    for (old, new) in Self.pairs(baseline, candidate) {
      if let old, let new, old.scenario != new.scenario { throw ComparisonError(file: new.file, baseline: old.scenario, candidate: new.scenario) }
      files.append(ComparedFile(old, new, gates))
    }
    self.gates = gates
    let rows = files.flatMap(\.rows)
    let idleGates = gates.filter { gate in
      !gate.isOptional && !rows.contains { $0.checks.contains { $0.gate == gate.text && ($0.baseline != nil || $0.candidate != nil) } }
    }
    // Report these once, and not again in each row.
    let idle = Set(idleGates.map(\.text))
    for file in files.indices {
      for row in files[file].rows.indices { files[file].rows[row].checks.removeAll { idle.contains($0.gate) } }
    }
    self.files = files
    self.idleGates = idleGates
  }

  /// What to do about a gate that matched nothing.
  public func advice(on gate: Gate) -> String {
    if !gate.condition.isEmpty, !rows.contains(where: { $0.candidate.map(gate.concerns) ?? false }) { return "No row has \(gate.condition.text)." }
    let known = rows.compactMap(\.candidate).flatMap { MetricSheet(of: $0).metrics.map(\.path) }
    if let nearest = nearestName(to: gate.path, among: known), nearest != gate.path { return didYouMean(nearest) }
    return "No result has '\(gate.path)'."
  }

  public var rows: [ComparedRow] { files.flatMap(\.rows) }
  public var brokenCount: Int { rows.reduce(idleGates.count) { $0 + $1.broken.count } }
  public var heldCount: Int { rows.reduce(0) { $0 + $1.checks.count { $0.outcome == .holds } } }
  public var improvementCount: Int { rows.reduce(0) { $0 + $1.changes.count { $0.verdict == .better } } }
  public var worseCount: Int { rows.reduce(0) { $0 + $1.changes.count { $0.verdict == .worse } } }

  /// Rows that measured nothing on one of the sides, with the side: a missing figure must not look as good as the others.
  public var unmeasured: [(row: ComparedRow, sides: [String])] {
    rows.compactMap { row in
      let sides = [("baseline", row.baseline), ("candidate", row.candidate)].filter { $0.1.map { !$0.isMeasured } ?? false }.map { $0.0 }
      return sides.isEmpty ? nil : (row, sides)
    }
  }

  /// 2 if a gate broke, 3 if a row measured nothing. With `isStrict`, 4 if all gates hold but something improved and nothing got worse: the baseline is
  /// out of date.
  public func exitCode(isStrict: Bool) -> ExitCode {
    if brokenCount > 0 { return .gateBroken }
    if !unmeasured.isEmpty { return .notExercised }
    return isStrict && improvementCount > 0 && worseCount == 0 ? .onlyImprovements : .asExpected
  }

  private static func pairs(_ baseline: [StoredResult], _ candidate: [StoredResult]) -> [(StoredResult?, StoredResult?)] {
    if baseline.count == 1, candidate.count == 1 { return [(baseline[0], candidate[0])] }
    let names = Set(baseline.map(\.file) + candidate.map(\.file)).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    return names.map { name in (baseline.first { $0.file == name }, candidate.first { $0.file == name }) }
  }
}

/// The error for results that cannot be compared, because they are of different scenarios.
public struct ComparisonError: Error, Equatable, CustomStringConvertible {
  public let file: String
  public let baseline: String
  public let candidate: String

  public var description: String {
    "\(file): the candidate is of the scenario '\(candidate)', the baseline of '\(baseline)'\n  Compare two results of one scenario."
  }
}

/// The results of one file on both sides.
public struct ComparedFile: Sendable, Equatable {
  public var name: String
  public var scenario: String
  public var rows: [ComparedRow]

  init(_ baseline: StoredResult?, _ candidate: StoredResult?, _ gates: [Gate]) {
    name = candidate?.file ?? baseline?.file ?? ""
    scenario = candidate?.scenario ?? baseline?.scenario ?? ""
    rows = RowPairs(baseline?.rows ?? [], candidate?.rows ?? []).pairs.map { ComparedRow($0, $1, gates) }
  }
}

/// Pairs rows with equal settings. If several rows have the same settings, those with equal variant and seed are paired, then those at the same position.
private struct RowPairs {
  var pairs: [(ResultRow?, ResultRow?)] = []

  init(_ baseline: [ResultRow], _ candidate: [ResultRow]) {
    var rest = Array(candidate.indices)
    func take(where belongs: (ResultRow) -> Bool) -> ResultRow? {
      guard let place = rest.firstIndex(where: { belongs(candidate[$0]) }) else { return nil }
      return candidate[rest.remove(at: place)]
    }
    let exact = baseline.map { old in take { $0.sortedSettings == old.sortedSettings && $0.variant == old.variant && $0.seed == old.seed } }
    pairs = zip(baseline, exact).map { old, new in (old, new ?? take { $0.sortedSettings == old.sortedSettings }) }
    pairs += rest.map { (nil, candidate[$0]) }
  }
}

extension ResultRow {
  /// Sorted, because the order in which settings were varied does not matter.
  fileprivate var sortedSettings: [ChosenSetting] { settings.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) } }
}
