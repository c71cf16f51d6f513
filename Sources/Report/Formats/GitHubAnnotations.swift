import Compare

extension Comparison {
  /// `::error` for each row with a broken gate, `::warning` for each that measured nothing, `::notice` with the summary. GitHub shows ten of a kind per step;
  /// the tenth counts the rest.
  var gitHubAnnotations: String {
    var errors: [(title: String, text: String)] = idleGates.map { ($0.text, "nothing to hold it against. \(advice(on: $0))") }
    for file in files {
      for row in file.rows where !row.broken.isEmpty {
        let title = title(of: file)
        errors.append((row.name == title ? title : "\(title) \(row.name)", row.broken.map { row.annotation($0) }.joined(separator: "\n")))
      }
    }
    let shown = errors.count > 10 ? Array(errors.prefix(9)) + [("\(errors.count - 9) more", "broken gates in \(errors.count - 9) more rows")] : errors
    let lines = shown.map { "::error title=\($0.title.commandProperty)::\($0.text.commandData)" }
    let unmeasured = unmeasuredWords.map { "::warning title=trial compare::\($0.commandData)" }
    return (lines + unmeasured + ["::notice title=trial compare::\(summary.commandData)", ""]).joined(separator: "\n")
  }
}

extension ComparedRow {
  fileprivate func annotation(_ check: GateCheck) -> String {
    let terms = changes.first { $0.metric == check.metric }?.termsText ?? ""
    // A gate begins with its metric, unless that contains a *.
    let words = check.gate.hasPrefix(check.metric) ? check.reason : check.sentence
    return "\(check.gate): \(words)" + (terms.isEmpty ? "" : ": \(terms)")
  }
}

extension String {
  fileprivate var commandData: String { replacing("%", with: "%25").replacing("\r", with: "%0D").replacing("\n", with: "%0A") }

  fileprivate var commandProperty: String { commandData.replacing(":", with: "%3A").replacing(",", with: "%2C") }

  private func replacing(_ character: Character, with text: String) -> String {
    String(flatMap { $0 == character ? text : String($0) })
  }
}
