import Rainbow
import Results

/// Checks whether gates catch regressions: each known regression is injected into a separate copy of a result, and the copy is compared with the
/// result. A gate that breaks on an unchanged copy is no better than one that misses a regression.
public struct SelfTest: Sendable {
  public enum Conclusion: String, Sendable {
    case caught
    case missed
    /// The result has nothing that could get worse in this way.
    case notApplicable = "not applicable"
  }

  public struct Outcome: Sendable {
    public var regression: String
    public var conclusion: Conclusion
    /// The gates that broke, with the figures.
    public var caughtBy: [String]
  }

  public var outcomes: [Outcome]
  /// The gates that broke on the unchanged copy; `Gate` texts.
  public var falseAlarms: [String]
  /// Whether every row has figures. Without figures, gates have nothing to catch.
  public var isMeasured: Bool

  /// Checks exactly these gates on each regression.
  public init(_ result: StoredResult, gates: [Gate], regressions: [Regression] = Regression.all) throws(ComparisonError) {
    func broken(_ candidate: StoredResult) throws(ComparisonError) -> [String] {
      // An empty list does not mean the default gates here.
      guard !gates.isEmpty else { return [] }
      let comparison = try Comparison(baseline: [result], candidate: [candidate], gates: gates)
      return comparison.idleGates.map(\.text) + comparison.rows.flatMap(\.broken).map { $0.gate.hasPrefix($0.metric) ? $0.gate : "\($0.gate) (\($0.metric))" }
    }
    isMeasured = result.rows.allSatisfy(\.isMeasured)
    falseAlarms = try broken(result)
    outcomes = []
    for regression in regressions {
      var copy = result
      guard regression.inject(&copy) else {
        outcomes.append(Outcome(regression: regression.name, conclusion: .notApplicable, caughtBy: []))
        continue
      }
      let gates = try broken(copy).filter { !falseAlarms.contains($0) }
      outcomes.append(Outcome(regression: regression.name, conclusion: gates.isEmpty ? .missed : .caught, caughtBy: gates))
    }
  }

  public var missed: [String] { outcomes.filter { $0.conclusion == .missed }.map(\.regression) }

  /// Whether nothing was missed, there was no false alarm, and at least one regression was caught.
  public var succeeded: Bool { missed.isEmpty && falseAlarms.isEmpty && isMeasured && outcomes.contains { $0.conclusion == .caught } }

  public var exitCode: ExitCode { succeeded ? .asExpected : isMeasured ? .gateBroken : .notExercised }

  public var text: String {
    let width = outcomes.map(\.regression.count).max() ?? 0
    var lines = outcomes.map { outcome in
      let name = outcome.regression + String(repeating: " ", count: width - outcome.regression.count)
      return switch outcome.conclusion {
      case .caught: "\("caught".green)  \(name)  \(outcome.caughtBy.joined(separator: ", "))"
      case .missed: "\("MISSED".red.bold)  \(name)"
      case .notApplicable: "\("------".dim)  \(name)  the result has nothing of the kind"
      }
    }
    lines += falseAlarms.map { "\("FALSE ".red.bold)  \($0): broken on an unchanged copy" }
    return (lines + ["", summary]).joined(separator: "\n")
  }

  /// The number of regressions caught, and those that were missed.
  public var summary: String {
    let caught = outcomes.count { $0.conclusion == .caught }
    let alarms = falseAlarms.isEmpty ? "nothing" : "\(falseAlarms.count) gates broken"
    let text = "\(caught) of \(caught + missed.count) regressions caught, \(alarms) on the unchanged copy"
    let words = isMeasured ? text : text + "\n" + "a row measured nothing: there is nothing to test gates on".yellow
    return missed.isEmpty ? words : words + "\n" + "missed: \(missed.joined(separator: ", "))".red
  }

  public var json: JSON {
    .object([
      ("outcome", .string(exitCode.word)), ("exitCode", .integer(Int64(exitCode.rawValue))),
      (
        "regressions",
        .array(
          outcomes.map {
            .object([
              ("regression", .string($0.regression)), ("outcome", .string($0.conclusion.rawValue)), ("caughtBy", .array($0.caughtBy.map(JSON.string))),
            ])
          })
      ), ("missed", .array(missed.map(JSON.string))), ("falseAlarms", .array(falseAlarms.map(JSON.string))),
    ])
  }
}
