import Results

/// A condition on a figure, by itself or relative to the baseline: `throughput >= -0%`, `publish.p99 <= +2%`, `endToEnd.p99.9 <= 20ms`,
/// `lost == 0`, `verdict.lost-write == holds`, `utilisation.*.disk <= 90% where acks=all`.
///
/// A number with a sign is a difference from the baseline, one without is the figure itself. `*` in a path stands for any part of it;
/// then every matching figure must meet the condition. `baseline` stands for the baseline's value.
public struct Gate: Sendable, Equatable {
  public enum Comparator: String, Sendable, CaseIterable {
    // In parsing order: longer ones first.
    case atMost = "<="
    case atLeast = ">="
    case equal = "=="
    case notEqual = "!="
    case below = "<"
    case above = ">"

    /// In words: `not at most 20 ms`.
    var words: String { self == .notEqual ? "anything but" : key.replacing("-", with: " ") }

    /// The key of a limit in a file of gates.
    public var key: String {
      switch self {
      case .atMost: "at-most"
      case .atLeast: "at-least"
      case .equal: "exactly"
      case .notEqual: "not"
      case .below: "less-than"
      case .above: "more-than"
      }
    }
  }

  public enum Bound: Sendable, Equatable {
    /// The baseline's value.
    case baseline
    /// This many percent more than the baseline; less if negative.
    case percent(Double)
    /// This much more than the baseline, in the metric's unit; less if negative.
    case difference(Double)
    /// In the metric's unit.
    case value(Double)
    case word(String)
  }

  /// As it was written; one of a file with its name in front.
  public var text: String
  public var path: String
  public var comparator: Comparator
  public var bound: Bound
  /// Only rows with these settings are meant. `scenario` and `variant` are settings of every row.
  public var condition: [ChosenSetting]
  /// Whether rows that do not measure its figure are passed over, and break other gates. Those that hold where none are given are such.
  public var isOptional = false

  /// Whether the bound needs no baseline, as objectives require.
  public var isAbsolute: Bool {
    switch bound {
    case .value, .word: true
    case .baseline, .percent, .difference: false
    }
  }

  func concerns(_ row: ResultRow) -> Bool {
    condition.allSatisfy { setting in
      switch setting.key {
      case "scenario": setting.value == row.scenario
      case "variant": row.settings.contains(setting) || setting.value == row.variant
      default: row.settings.contains(setting)
      }
    }
  }

  /// The same gate under a name, and only in these rows where some are given.
  public func named(_ name: String, in rows: [ChosenSetting] = []) -> Gate {
    var gate = self
    gate.condition += rows
    gate.text = "\(name): \(text)"
    if !rows.isEmpty { gate.text += " where \(rows.text)" }
    return gate
  }

  /// The gates that apply if none are given: nothing measured may be worse than the baseline, not even slightly. A lost record is either permitted or a
  /// violation, so gates on both make one on their sum unnecessary.
  public static let defaults: [Gate] = [
    "throughput >= -0%", "throughput.consume >= -0%", "publish.p50 <= +0%", "publish.p99 <= +0%", "endToEnd.p50 <= +0%", "endToEnd.p99 <= +0%",
    "compressionRatio >= -0%", "failed <= +0", "unknown <= +0", "permittedLoss <= +0", "violations <= +0", "duplicated <= +0", "reordered <= +0",
    "verdict.* <= baseline", "law.* <= baseline", "exitCode <= baseline",
  ].map { text in
    guard var gate = try? Gate(parsing: text) else { preconditionFailure("the default gate '\(text)' is not one") }
    gate.isOptional = true
    return gate
  }
}

/// The error for a gate that cannot be parsed: where, what is wrong, and what would be right.
public struct GateError: Error, Equatable, CustomStringConvertible {
  public let gate: String
  /// Counted from 1.
  public let column: Int
  public let problem: String
  public let remedy: String

  public var description: String {
    "--gate:\(column): \(problem)\n  \(gate)\n  \(String(repeating: " ", count: max(0, column - 1)))^\n  \(remedy)"
  }
}

extension [ChosenSetting] {
  /// `acks=all linger.ms=5`.
  var text: String { map { "\($0.key)=\($0.value)" }.joined(separator: " ") }
}
