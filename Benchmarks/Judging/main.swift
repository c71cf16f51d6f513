// Measures the processor time to judge a history, all checkers together: a line for each number of operations, with its ratio to the bound. The history has a
// group of three applications that make a value from each record, in transactions of ten records of which one in ten is aborted, and processes that send and read.
//
//     scripts/build-release judging-benchmark && .build/release/judging-benchmark [operations...]
//
// The bound is 5 s for a million operations, and 2 GiB. The last column shows how the time grows with the number of operations.

import BenchmarkSupport
import Glibc
import Primitives
import Workloads

let sizes = CommandLine.arguments.dropFirst().compactMap { Int($0) }
for size in sizes.isEmpty ? [250_000, 500_000, 1_000_000] : sizes {
  let judged = MadeHistory(operations: size).judged
  let begin = processorTime()
  let (verdicts, transactions) = judged.verdicts()
  let taken = processorTime() - begin
  let count = judged.history.operations.count
  guard verdicts.allSatisfy({ $0.conclusion != .violated }) else { fatalError("the history is sound: \(verdicts.filter { $0.conclusion == .violated })") }
  print(
    "\(count) operations, \(transactions?.begun ?? 0) transactions: \(hundredths(taken)) s (\(hundredths(taken / 5 / Double(count) * 1e6)) of the bound), "
      + "at most \(peakMemory() >> 10) MiB by now, \(Int(taken / Double(count) * 1e9)) ns an operation")
}
benchmarkFiles(operations: sizes.first ?? 250_000)

/// The value with two decimals.
func hundredths(_ value: Double) -> String {
  let hundredths = Int((value * 100).rounded())
  return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
}

/// The peak memory of the process so far, in KiB.
func peakMemory() -> Int {
  var usage = rusage()
  getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
  return usage.ru_maxrss
}

/// Writes a history and reads it back.
func benchmarkFiles(operations: Int) {
  let judged = MadeHistory(operations: operations).judged
  for syntax in HistorySyntax.allCases {
    var text: [UInt8] = []
    var begin = processorTime()
    HistoryWriter(judged, as: syntax).write { text.append(contentsOf: $0.utf8) }
    let written = processorTime() - begin
    begin = processorTime()
    var next = 0
    let piece = 1 << 18
    guard
      let read = try? HistoryReader.read(syntax, {
        defer { next = min(next + piece, text.count) }
        return Array(text[next..<min(next + piece, text.count)])
      }), read.judged.history.operations.count == judged.history.operations.count
    else { fatalError("what was written does not read back") }
    let taken = processorTime() - begin
    print("\(judged.history.operations.count) operations as \(syntax.rawValue), \(text.count >> 20) MiB: written in \(hundredths(written)) s, read in \(hundredths(taken)) s")
  }
}
