import Measurement
import Results
import TextTable

extension VerifySummary {
  /// What was drawn how often, a table for each scenario; nil if no scenario draws.
  public var drawnText: String? {
    var tables: [String] = [], rest = drawn[...]
    while let scenario = rest.first?.scenario {
      let ofScenario = rest.prefix { $0.scenario == scenario }
      rest = rest.dropFirst(ofScenario.count)
      tables.append("drawn in \(scenario):\n" + tableText(ofScenario.map(\.columns)))
    }
    return tables.isEmpty ? nil : tables.joined(separator: "\n\n")
  }
}

extension DrawSum {
  fileprivate var columns: [Column] {
    [Column(title: "path", value: path), Column(title: "value", value: shortValue), .right("trials", grouped(trials)), .right("not as expected", grouped(notAsExpected))]
  }

  /// The value, cut off where it is long: whole entries are drawn, too.
  var shortValue: String { value.count > Self.longest ? value.prefix(Self.longest - 1) + "…" : value }

  private static let longest = 60
}
