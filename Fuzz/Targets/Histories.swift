import Primitives
import Workloads

/// History files: a byte for the syntax, and the text. A history that was read is judged, and must be the same when it is written and read again.
@Sendable func fuzzHistories(_ input: Bytes) -> Int {
  guard !input.isEmpty else { return 0 }
  let syntax = HistorySyntax.allCases[Int(input[0]) % HistorySyntax.allCases.count]
  guard let read = history(input[1...].array, syntax) else { return 1 }
  _ = read.verdicts()
  var text: [UInt8] = []
  HistoryWriter(read.judged, as: syntax).write { text.append(contentsOf: $0.utf8) }
  guard let again = history(text, syntax) else { finding("a history that was written cannot be read: \(String(decoding: text, as: UTF8.self))") }
  if again.judged.history.operations.count < read.judged.history.operations.count { finding("operations are missing from \(String(decoding: text, as: UTF8.self))") }
  return 1
}

private func history(_ text: [UInt8], _ syntax: HistorySyntax) -> ReadHistory? {
  var pieces = [text]
  return try? HistoryReader.read(syntax) { pieces.popLast() ?? [] }
}
