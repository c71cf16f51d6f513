import Measurement
import Results
import TextTable

extension [ClientErrorCount] {
  private static let shown = 10

  /// The most frequent errors that clients received, in the order in which each first came; nil if there were none.
  var text: String? {
    guard !isEmpty else { return nil }
    let frequent = indices.sorted { (-self[$0].count, $0) < (-self[$1].count, $1) }.prefix(Self.shown).sorted()
    let table = TextTable<ClientErrorCount> { error in
      [
        Column(title: "client", value: error.client), Column(title: "request", value: error.api), Column(title: "was told", value: error.error), .right("times", grouped(error.count)),
        .right("first s", fixed(error.first.seconds, places: 3)), .right("last s", fixed(error.last.seconds, places: 3)),
      ]
    }
    let rest = count - frequent.count
    let text = trimmed(table.string(for: frequent.map { self[$0] }) ?? "")
    return rest > 0 ? "\(text)\nand \(rest) more kinds of errors, which came less often" : text
  }
}
