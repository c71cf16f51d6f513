import Results

extension Comparison {
  /// The stored form, a function of both results and the gates alone.
  public func json(isStrict: Bool) -> JSON {
    let code = exitCode(isStrict: isStrict)
    return .object([
      ("outcome", .string(code.word)), ("exitCode", .integer(Int64(code.rawValue))), ("rows", .integer(Int64(rows.count))),
      ("held", .integer(Int64(heldCount))), ("broken", .integer(Int64(brokenCount))), ("better", .integer(Int64(improvementCount))),
      ("worse", .integer(Int64(worseCount))), ("unmeasured", .array(unmeasuredWords.map(JSON.string))), ("gates", .array(gates.map { .string($0.text) })),
      ("idleGates", .array(idleGates.map { .string($0.text) })), ("files", .array(files.map(\.json))),
    ])
  }
}

extension ComparedFile {
  var json: JSON { .object([("file", .string(name)), ("scenario", .string(scenario)), ("rows", .array(rows.map(\.json)))]) }
}

extension ComparedRow {
  var json: JSON {
    var entries: [(String, JSON)] = [
      ("row", .string(name)), ("settings", .object(settings.map { ($0.key, .string($0.value)) })), ("identical", .bool(isIdentical)),
      ("checks", .array(checks.map(\.json))), ("changes", .array(changes.map(\.json))), ("stations", .array(stations.map(\.json))),
    ]
    if let bottleneck {
      entries.append(("bottleneck", .object([("baseline", .string(bottleneck.baseline)), ("candidate", .string(bottleneck.candidate))])))
    }
    return .object(entries + [("notes", .array(notes.map(JSON.string)))])
  }
}

extension GateCheck {
  var json: JSON {
    .object([
      ("gate", .string(gate)), ("metric", .string(metric)), ("unit", .string(unit.rawValue)), ("outcome", .string(outcome.rawValue)),
      ("baseline", baseline.json), ("candidate", candidate.json), ("limit", limit.map(MetricValue.number).json), ("reason", .string(reason)),
    ])
  }
}

extension MetricChange {
  var json: JSON {
    .object(
      [
        ("metric", .string(metric)), ("unit", .string(unit.rawValue)), ("verdict", .string(verdict.rawValue)),
        ("baseline", MetricValue?.some(baseline).json), ("candidate", MetricValue?.some(candidate).json), ("terms", .array(terms.map(\.json))),
      ] + (seeds.map { [("seeds", $0.json)] } ?? []))
  }
}

extension TermChange {
  var json: JSON {
    .object([
      ("term", .string(term.rawValue)), ("baseline", .number(baseline)), ("candidate", .number(candidate)), ("difference", .number(difference)),
    ])
  }
}

extension StationChange {
  var json: JSON {
    .object([("node", .string(node)), ("kind", .string(kind.rawValue)), ("baseline", .number(baseline)), ("candidate", .number(candidate))])
  }
}

extension MetricValue? {
  /// Infinity, which stands for something that never happened, becomes null: JSON has no infinity.
  public var json: JSON {
    switch self {
    case nil: .null
    case .number(let number): number.isFinite ? .number(number) : .null
    case .word(let word, _): .string(word)
    }
  }
}
