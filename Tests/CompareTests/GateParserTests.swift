import Results
import Testing

@testable import Compare

@Suite struct GateParserTests {
  @Test(arguments: [
      ("throughput >= -0%", "throughput", Gate.Comparator.atLeast, Gate.Bound.percent(0)), ("publish.p99<=+2%", "publish.p99", .atMost, .percent(2)),
      ("endToEnd.p99.9 <= 20ms", "endToEnd.p99.9", .atMost, .value(20)), ("publish.mean <= +500us", "publish.mean", .atMost, .difference(0.5)),
      ("publish.p99 < 1.5s", "publish.p99", .below, .value(1_500)), ("publish.p50 <= -0.25ms", "publish.p50", .atMost, .difference(-0.25)),
      ("lost == 0", "lost", .equal, .value(0)), ("duplicated <= +0", "duplicated", .atMost, .difference(0)), ("acked > 1_000", "acked", .above, .value(1_000)),
      ("publish.p99 <= +0", "publish.p99", .atMost, .difference(0)), ("publishDelay.p99 <= 0", "publishDelay.p99", .atMost, .value(0)), ("lost != 1", "lost", .notEqual, .value(1)), ("throughput >= 200k/s", "throughput", .atLeast, .value(200_000)),
      ("throughput >= 200000", "throughput", .atLeast, .value(200_000)), ("throughput.bytes >= 10MB/s", "throughput.bytes", .atLeast, .value(1e7)),
      ("bytes.disk <= 1GiB", "bytes.disk", .atMost, .value(1_073_741_824)), ("compressionRatio >= 2.5x", "compressionRatio", .atLeast, .value(2.5)),
      ("cpu.broker <= +1s", "cpu.broker", .atMost, .difference(1)), ("utilisation.broker-1.network-out <= 0.9", "utilisation.broker-1.network-out", .atMost, .value(0.9)),
      ("publish.p99 <= baseline", "publish.p99", .atMost, .baseline), ("verdict.lost-write == holds", "verdict.lost-write", .equal, .word("holds")),
      ("verdict.* <= baseline", "verdict.*", .atMost, .baseline), ("law.little != broken", "law.little", .notEqual, .word("broken")),
      ("exitCode == 0", "exitCode", .equal, .word("0")), ("traceHash == baseline", "traceHash", .equal, .baseline),
      ("attribution.publish.p99.9.in-flight-limit <= 1ms", "attribution.publish.p99.9.in-flight-limit", .atMost, .value(1)),
      ("disturbance.kill-broker-1.recovery <= 5s", "disturbance.kill-broker-1.recovery", .atMost, .value(5)),
      ("faults.kill.hit >= 1", "faults.kill.hit", .atLeast, .value(1)),
    ])
  func `A bound is a figure, a difference or a percentage, by its sign and unit`(text: String, path: String, comparator: Gate.Comparator, bound: Gate.Bound) throws {
    let gate = try Gate(parsing: text)
    #expect(gate.text == text)
    #expect(gate.path == path)
    #expect(gate.comparator == comparator)
    #expect(gate.bound == bound)
  }

  @Test(arguments: [
      ("delivery.lost", "lost"), ("throughput.publish", "throughput"), ("errors", "throughput.errors"), ("backlog", "backlog.end"),
    ])
  func `Aliases of a figure mean the same`(word: String, path: String) throws {
    #expect(try Gate(parsing: "\(word) >= 0").path == path)
  }

  @Test func `Publish.p999 means publish.p99.9`() throws {
    #expect(try Gate(parsing: "publish.p999 <= 1ms").path == "publish.p99.9")
  }

  @Test func `A utilisation is written as a percentage or as a fraction`() throws {
    #expect(try Gate(parsing: "utilisation.*.disk <= 90%").bound == .value(0.9))
    #expect(try Gate(parsing: "utilisation.* <= +5%").bound == .percent(5))
  }

  @Test func `Rows are picked by their settings`() throws {
    let gate = try Gate(parsing: "lost == 0 where acks=all linger.ms=5")
    #expect(gate.condition == [ChosenSetting(key: "acks", value: "all"), ChosenSetting(key: "linger.ms", value: "5")])
    #expect(try Gate(parsing: "lost == 0").condition.isEmpty)
  }

  @Test func `Only an absolute bound can be an objective`() throws {
    #expect(try Gate(parsing: "publish.p99 <= 20ms").isAbsolute)
    #expect(try Gate(parsing: "verdict.lost-write == holds").isAbsolute)
    for text in ["publish.p99 <= +20ms", "publish.p99 <= +2%", "publish.p99 <= baseline"] { #expect(try !Gate(parsing: text).isAbsolute) }
  }

  @Test(arguments: [
      ("publsh.p99 <= +2%", 1, "there is no metric 'publsh.p99'", "Did you mean 'publish.p99'?"),
      ("  lsot == 0", 3, "there is no metric 'lsot'", "Did you mean 'lost'?"),
      ("delivery.lots == 0", 1, "there is no metric 'delivery.lots'", "Did you mean 'delivery.lost'?"),
      ("utilisation.broker-1 <= 1", 1, "there is no metric 'utilisation.broker-1'",
        "Write utilisation.NAME.processor; it may end with .processor, .application, .network-out, .network-in, .disk, .disk-flush."),
      ("", 1, "a metric is missing", "Write a gate such as publish.p99 <= +2%."), ("<= 3", 1, "a metric is missing", "Write a gate such as publish.p99 <= +2%."),
      ("lost", 5, "expected a comparison, found nothing", "One of <=, >=, ==, !=, < and >."),
      ("lost = 0", 6, "expected a comparison, found '='", "One of <=, >=, ==, !=, < and >."),
      ("lost ==", 8, "a bound is missing", "Write a value such as 0, a difference to the baseline such as +2%, or baseline."),
      ("lost == none", 9, "'none' is not a number", "Write a value such as 0, a difference to the baseline such as +2%, or baseline."),
      ("lost == 1.2.3", 9, "'1.2.3' is not a number", "Write a value such as 0, a difference to the baseline such as +2%, or baseline."),
      ("publish.p99 <= 20", 18, "'20' has no unit", "Write a number with its unit, such as 20ms."),
      ("publish.p99 <= 20kg", 18, "'kg' is not a unit of 'publish.p99'", "Write a number with its unit, such as 20ms."),
      ("lost <= +9999999999999999%", 9, "a bound of 16 digits is too large", "No figure of a result is above 1e15."),
      ("publish.p99 <= 2%", 17, "'%' is not a unit of 'publish.p99'", "A difference to the baseline has a sign: +2% or -2%."),
      ("publish.* <= +2%", 1, "'publish.*' matches figures of different kinds", "Write more of the path, such as verdict.* or utilisation.*.disk."),
      ("verdict.lost-write == hold", 23, "'verdict.lost-write' is never 'hold'", "Did you mean 'holds'?"),
      ("law.little == violated", 15, "'law.little' is never 'violated'", "One of holds, broken, or baseline."),
      ("verdict.lost-write <= holds", 23, "'verdict.lost-write' is a word, not a number",
        "Write verdict.lost-write == holds, or verdict.lost-write <= baseline for no worse than it."),
      ("traceHash <= baseline", 14, "'traceHash' is a word, not a number", "Write traceHash == baseline."),
      ("lost == 0 and more", 11, "'and' is too much", "A gate ends after its bound, or continues with where KEY=VALUE."),
      ("lost == 0 where", 16, "a setting is missing", "Write rows by their settings, such as where acks=all linger.ms=5."),
      ("lost == 0 where acks", 17, "'acks' is not a setting with its value", "Write rows by their settings, such as where acks=all linger.ms=5."),
    ])
  func `A gate that cannot be read is reported with the column and what would be right`(text: String, column: Int, problem: String, remedy: String) {
    #expect(throws: GateError(gate: text, column: column, problem: problem, remedy: remedy)) { try Gate(parsing: text) }
  }

  @Test func `An error points at its column`() {
    let error = GateError(gate: "publish.p99 <= 2%", column: 17, problem: "p", remedy: "r")
    #expect(error.description == "--gate:17: p\n  publish.p99 <= 2%\n                  ^\n  r")
  }
}
