import Compare

extension Comparison {
  /// One suite for each file, one test case for each gate and row. There are no times, because a comparison takes almost none.
  var junit: String {
    var suites = files.map { file in
      (name: title(of: file), cases: file.rows.flatMap { row in TestCase.all(row, suite: title(of: file)) })
    }
    if !idleGates.isEmpty {
      let cases = idleGates.map { gate in
        let problem = "nothing to hold it against. \(advice(on: gate))"
        return TestCase(suite: "gates", row: "", name: gate.text, outcome: .broken, message: problem, body: [problem])
      }
      suites.append(("gates", cases))
    }
    let cases = suites.flatMap(\.cases)
    var lines = ["<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "<testsuites name=\"trial compare\" \(TestCase.counts(cases))>"]
    for suite in suites {
      lines.append("  <testsuite name=\"\(suite.name.xml)\" \(TestCase.counts(suite.cases))>")
      lines += suite.cases.flatMap(\.lines)
      lines.append("  </testsuite>")
    }
    return (lines + ["</testsuites>", ""]).joined(separator: "\n")
  }
}

private struct TestCase {
  var suite: String
  var row: String
  var name: String
  var outcome: GateCheck.Outcome
  var message: String
  var body: [String]

  /// All figures that one gate matches in a row become one test case.
  static func all(_ row: ComparedRow, suite: String) -> [TestCase] {
    var gates: [String] = []
    for check in row.checks where !gates.contains(check.gate) { gates.append(check.gate) }
    return gates.map { gate in
      let checks = row.checks.filter { $0.gate == gate }
      let broken = checks.filter { $0.outcome == .broken }
      let outcome: GateCheck.Outcome = !broken.isEmpty ? .broken : checks.contains { $0.outcome == .holds } ? .holds : .notMeasured
      let told = broken.isEmpty ? checks : broken
      return TestCase(
        suite: suite, row: row.name, name: gate, outcome: outcome, message: told.map(\.sentence).joined(separator: "; "),
        body: told.map { check in
          let terms = row.changes.first { $0.metric == check.metric }?.termsText ?? ""
          return check.sentence + (terms.isEmpty ? "" : ": \(terms)")
        } + ((row.candidate ?? row.baseline).map { ["again: \($0.replay)"] } ?? []))
    }
  }

  static func counts(_ cases: [TestCase]) -> String {
    let failures = cases.count { $0.outcome == .broken }, skipped = cases.count { $0.outcome == .notMeasured }
    return "tests=\"\(cases.count)\" failures=\"\(failures)\" errors=\"0\" skipped=\"\(skipped)\" time=\"0\""
  }

  var lines: [String] {
    let opening = "    <testcase classname=\"\((row.isEmpty || row == suite ? suite : "\(suite).\(row)").xml)\" name=\"\(name.xml)\" time=\"0\""
    switch outcome {
    case .holds: return [opening + "/>"]
    case .notMeasured: return [opening + ">", "      <skipped message=\"\(message.xml)\"/>", "    </testcase>"]
    case .broken:
      return [
        opening + ">", "      <failure type=\"gate\" message=\"\(message.xml)\">\(body.joined(separator: "\n").xml)</failure>", "    </testcase>",
      ]
    }
  }
}

extension String {
  fileprivate var xml: String {
    var text = ""
    for scalar in unicodeScalars {
      switch scalar {
      case "&": text += "&amp;"
      case "<": text += "&lt;"
      case ">": text += "&gt;"
      case "\"": text += "&quot;"
      case "\n", "\t": text.unicodeScalars.append(scalar)
      // XML cannot represent other control characters, not even escaped.
      case let control where control.value < 0x20: text += " "
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text
  }
}
