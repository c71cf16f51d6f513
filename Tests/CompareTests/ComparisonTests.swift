import Measurement
import ResultSamples
import Results
import Testing
import Workloads

@testable import Compare

@Suite struct ComparisonTests {
  typealias Fixture = CompareFixture

  @Test func `Equal results pass every default gate, and are identical to the last event if both have a trace`() throws {
    let comparison = try Fixture.compare(Fixture.baseline)
    #expect(comparison.brokenCount == 0)
    #expect(comparison.heldCount > 40)
    #expect(comparison.exitCode(isStrict: true) == .asExpected)
    #expect(comparison.rows.allSatisfy { !$0.isIdentical })
    var hashed = Fixture.baseline
    hashed.rows[0].traceHash = 0xff
    #expect(try Comparison(baseline: [hashed], candidate: [hashed], gates: []).rows.map(\.isIdentical) == [true, false])
  }

  @Test func `With a gate of 0 percent the last digit counts, and 2 percent ends exactly there`() throws {
    let more = Fixture.measured { $0.latency.publish.p99 = 10.000001 }
    #expect(try Fixture.broken(more, "publish.p99 <= +0%") == ["publish.p99 <= +0%"])
    #expect(try Fixture.broken(more, "publish.p99 <= +2%") == [])
    let twoPercent = Fixture.measured { $0.latency.publish.p99 = 10.2 }
    #expect(try Fixture.broken(twoPercent, "publish.p99 <= +2%") == [])
    #expect(try Fixture.broken(twoPercent, "publish.p99 <= +1.999%") == ["publish.p99 <= +1.999%"])
    let less = Fixture.measured { $0.throughput.publish?.recordsPerSecond = 179_460 }
    #expect(try Fixture.broken(less, "throughput >= -0%") == ["throughput >= -0%"])
    #expect(try Fixture.broken(less, "throughput >= -0.3%") == [])
  }

  @Test func `A bound is a difference or a figure by itself`() throws {
    #expect(try Fixture.broken(Fixture.slower, "publish.p99 <= +0.8ms") == [])
    #expect(try Fixture.broken(Fixture.slower, "publish.p99 <= +799us") == ["publish.p99 <= +799us"])
    #expect(try Fixture.broken(Fixture.slower, "publish.p99 <= 10.8ms") == [])
    #expect(try Fixture.broken(Fixture.slower, "publish.p99 < 10.8ms") == ["publish.p99 < 10.8ms"])
    #expect(try Fixture.broken(Fixture.slower, "publish.p99 == baseline") == ["publish.p99 == baseline"])
    #expect(try Fixture.broken(Fixture.slower, "publish.p99 > 4ms", "publish.p99 != 4ms") == [])
    #expect(try Fixture.broken(Fixture.slower, "publish.p99 > 5ms") == ["publish.p99 > 5ms"])
  }

  @Test func `A gate holds for every row, or for those with its settings`() throws {
    #expect(try Fixture.broken(Fixture.baseline, "publish.p99 <= 4ms") == ["publish.p99 <= 4ms", "publish.p99 <= 4ms"])
    #expect(try Fixture.broken(Fixture.baseline, "publish.p99 <= 5ms") == ["publish.p99 <= 5ms"])
    #expect(try Fixture.broken(Fixture.baseline, "publish.p99 <= 5ms where acks=1") == [])
  }

  @Test func `Words get worse from holds over unknown to violated, and a missing verdict was not examined`() throws {
    func verdict(_ conclusion: Conclusion?) -> StoredResult {
      Fixture.candidate { row in
        let guarantee = row.verdicts.removeFirst().guarantee
        guard let conclusion else { return }
        row.verdicts.insert(Verdict(guarantee, examined: conclusion == .unknown ? 0 : 10, cases: conclusion == .violated ? ["gone"] : []), at: 0)
      }
    }
    for word in [Conclusion.unknown, .violated, nil] { #expect(try Fixture.broken(verdict(word), "verdict.* <= baseline").count == 1) }
    for (old, new, breaks) in [(Conclusion.unknown, Conclusion.violated, true), (.violated, .unknown, false), (.unknown, .holds, false)] {
      let comparison = try Comparison(baseline: [verdict(old)], candidate: [verdict(new)], gates: [Gate(parsing: "verdict.* <= baseline")])
      #expect((comparison.brokenCount == 1) == breaks)
    }
    #expect(try Fixture.broken(verdict(.violated), "verdict.lost-write == holds").count == 1)
    #expect(try Fixture.broken(verdict(.violated), "verdict.lost-write != holds").count == 1)
  }

  @Test func `Exit codes get worse from as expected over not exercised to not as expected`() throws {
    for code in [Results.ExitCode.notAsExpected, .notExercised, .internalError] { #expect(try Fixture.broken(Fixture.candidate { $0.exitCode = code }) == ["exitCode <= baseline"]) }
    let comparison = try Comparison(
      baseline: [Fixture.candidate { $0.exitCode = .notAsExpected }], candidate: [Fixture.candidate { $0.exitCode = .notExercised }], gates: [])
    #expect(comparison.brokenCount == 0)
  }

  @Test func `A run that measured nothing is not a fast one`() throws {
    let empty = Fixture.measured { $0.latency.publish = .empty }
    #expect(try Fixture.broken(empty, "publish.p99 <= +0%") == ["publish.p99 <= +0%"])
    #expect(try Fixture.broken(empty, "publish.p99 <= 20ms") == ["publish.p99 <= 20ms"])
  }

  @Test func `A figure that only the candidate has is compared with absolute bounds, not with a missing baseline`() throws {
    let unmeasured = Fixture.candidate { $0.metrics = nil }
    func outcomes(_ gate: String) throws -> [GateCheck.Outcome] {
      try Comparison(baseline: [unmeasured], candidate: [Fixture.baseline], gates: [Gate(parsing: gate)]).rows[1].checks.map(\.outcome)
    }
    #expect(try outcomes("publish.p99 <= +0%") == [.broken])
    #expect(try outcomes("publish.p99 <= 20ms") == [.holds])
    #expect(try outcomes("publish.p99 <= 5ms") == [.broken])
  }

  @Test func `A requested gate breaks in each row that did not measure its figure, and says so`() throws {
    let empty = Fixture.measured { $0.latency.endToEnd = .empty }
    let comparison = try Comparison(baseline: [empty], candidate: [empty], gates: [Gate(parsing: "endToEnd.p99 <= 20ms")])
    #expect(comparison.rows.map { $0.broken.map(\.reason) } == [[], ["was not measured"]])
    #expect(comparison.idleGates == [])
    #expect(comparison.exitCode(isStrict: false) == .gateBroken)
    // What nobody asked for may be missing on both sides.
    #expect(try Comparison(baseline: [empty], candidate: [empty], gates: []).brokenCount == 0)
  }

  @Test func `Two results that measured nothing do not pass, whatever their gates say`() throws {
    let empty = Fixture.unmeasured
    let comparison = try Comparison(baseline: [empty], candidate: [empty], gates: [])
    #expect(comparison.brokenCount == 0)
    #expect(comparison.exitCode(isStrict: false) == .notExercised)
    #expect(comparison.exitCode(isStrict: true) == .notExercised)
    let words = "acks=all: nothing was measured by the baseline and the candidate"
    #expect(comparison.text(isStrict: false).contains(words))
    #expect(comparison.json(isStrict: false).text.contains(words))
  }

  @Test func `A measured rate of zero is a figure, and a result with it is compared`() throws {
    let failing = Fixture.measured { $0.throughput.publish = RecordRate(recordsPerSecond: 0, bytesPerSecond: 0) }
    #expect(try Fixture.broken(failing, "throughput >= -0%") == ["throughput >= -0%"])
  }

  @Test func `Lost records include permitted losses, violations do not`() throws {
    let permitted = Fixture.candidate { row in
      row.delivery.lost = 99
      row.delivery.permittedLoss = 99
    }
    #expect(try Fixture.broken(permitted, "lost == 0") == ["lost == 0"])
    #expect(try Fixture.broken(permitted, "violations == 0", "deleted == 0", "lost <= 99") == [])
    #expect(try Fixture.broken(permitted) == ["permittedLoss <= +0"])
    let violation = Fixture.candidate { $0.delivery.lost = 1 }
    #expect(try Fixture.broken(violation, "violations == 0", "permittedLoss == 0") == ["violations == 0"])
    let deleted = Fixture.candidate { $0.delivery.deleted = 7 }
    #expect(try Fixture.broken(deleted, "lost == 0", "violations == 0", "deleted == 0") == ["deleted == 0"])
    #expect(try Fixture.broken(deleted) == [])
  }

  @Test func `All differences between two runs are reported`() throws {
    func notes(_ change: (inout BenchReport) -> Void) throws -> [String] {
      var report = BenchReport.sample
      report.rows.removeFirst()
      var changed = report
      change(&changed)
      return try Comparison(baseline: [StoredResult(file: "a", report)], candidate: [StoredResult(file: "a", changed)], gates: []).rows[0].notes
    }
    #expect(try notes { _ in } == [])
    #expect(try notes { $0.rows[0].result.metrics.window.toSeconds = 11 } == ["duration: 10 s -> 11 s"])
    #expect(try notes { $0.rows[0].result.metrics.window.fromSeconds = 1 } == ["warm-up: 2 s -> 1 s"])
    #expect(try notes { $0.rows[0].result.metrics.throughput.offered?.recordsPerSecond = 4_000 } == ["rate: 180 000 records/s -> 4 000 records/s"])
    #expect(try notes { $0.rows[0].result.metrics.throughput.offered = nil } == ["rate: 180 000 records/s -> as fast as possible"])
    #expect(try notes { $0.inputs.overrides = ["workload.0.produce.config.acks=1"] } == ["--set: none -> workload.0.produce.config.acks=1"])
    #expect(try notes { $0.inputs.objectives = ["lost == 0"] } == ["search: none -> lost == 0"])
    #expect(
      try notes { $0.inputs.files = [BenchInputs.File(role: "scenario", crc32c: "0a0b0c0d")] } == ["scenario file: none -> crc32c 0a0b0c0d"])
    #expect(try notes { $0.rows[0].result.build = "other" } == ["build: sample -> other"])
    #expect(try notes { $0.rows[0].result.machine = "laptop" } == ["machine: nvme-10g -> laptop"])
    #expect(try notes { $0.rows[0].result.seed = 2 } == ["seed: 1 -> 2"])
  }

  @Test func `A gate that matches no figure is broken, and says why`() throws {
    let comparison = try Fixture.compare(Fixture.baseline, "utilisation.borker-1.processor <= 90%", "lost == 0 where acks=2", "faults.kill.hit >= 1")
    #expect(comparison.brokenCount == 3)
    #expect(comparison.exitCode(isStrict: false) == .gateBroken)
    #expect(
      comparison.idleGates.map(comparison.advice) == [
        "Did you mean 'utilisation.broker-1.processor'?", "No row has acks=2.", "No result has 'faults.kill.hit'.",
      ])
  }

  @Test func `A row that only one side has is a broken gate with its name`() throws {
    var short = Fixture.baseline
    short.rows.removeFirst()
    let missing = try Fixture.compare(short)
    #expect(missing.rows.first { !$0.broken.isEmpty }?.name == "acks=1")
    #expect(missing.rows.flatMap(\.broken).map(\.reason) == ["the candidate does not have this row"])
    let extra = try Comparison(baseline: [short], candidate: [Fixture.baseline], gates: [])
    #expect(extra.rows.flatMap(\.broken).map(\.reason) == ["the baseline does not have this row"])
    #expect(extra.exitCode(isStrict: false) == .gateBroken)
  }

  @Test func `Rows are paired by their settings, in any order, and by seed if settings are equal`() throws {
    var old = Fixture.baseline, new = Fixture.baseline
    old.rows[0].settings = [ChosenSetting(key: "acks", value: "1"), ChosenSetting(key: "linger.ms", value: "0")]
    new.rows[0].settings = old.rows[0].settings.reversed()
    #expect(try Comparison(baseline: [old], candidate: [new], gates: []).brokenCount == 0)
    var twice = Fixture.baseline
    twice.rows = [twice.rows[0], twice.rows[0]]
    twice.rows[1].seed = 2
    twice.rows[1].delivery.lost = 5
    var reversed = twice
    reversed.rows.reverse()
    #expect(try Comparison(baseline: [twice], candidate: [reversed], gates: []).brokenCount == 0)
  }

  @Test func `Files of folders are paired by name, and a file that only one side has lacks all its rows`() throws {
    func named(_ name: String) -> StoredResult {
      var copy = Fixture.baseline
      copy.file = name
      return copy
    }
    let comparison = try Comparison(baseline: [named("a.json"), named("b.json")], candidate: [named("c.json"), named("a.json")], gates: [])
    #expect(comparison.files.map(\.name) == ["a.json", "b.json", "c.json"])
    #expect(comparison.files.map { $0.rows.flatMap(\.broken).count } == [0, 2, 2])
    #expect(try Comparison(baseline: [named("a.json")], candidate: [named("b.json")], gates: []).brokenCount == 0)
  }

  @Test func `Results of different scenarios cannot be compared`() throws {
    var other = Fixture.baseline
    other.scenario = "other"
    #expect(throws: ComparisonError(file: "bench.json", baseline: "sample", candidate: "other")) { try Fixture.compare(other) }
  }

  @Test func `Improvements alone have their own exit code on request, unless anything is worse`() throws {
    let better = Fixture.measured { $0.latency.publish.p99 = 9 }
    #expect(try Fixture.compare(better).exitCode(isStrict: true) == .onlyImprovements)
    #expect(try Fixture.compare(better).exitCode(isStrict: false) == .asExpected)
    let mixed = Fixture.measured { metrics in
      metrics.latency.publish.p99 = 9
      metrics.volume.brokerCPUSeconds = 5
    }
    #expect(try Fixture.compare(mixed).exitCode(isStrict: true) == .asExpected)
    let broken = Fixture.measured { metrics in
      metrics.latency.publish.p99 = 9
      metrics.throughput.publish?.recordsPerSecond = 1
    }
    #expect(try Fixture.compare(broken).exitCode(isStrict: true) == .gateBroken)
  }

  @Test func `The terms that moved are shown, the largest first`() throws {
    let change = try #require(try Fixture.compare(Fixture.slower).rows[1].changes.first { $0.metric == "publish.p99" })
    #expect(change.text == "10.00 -> 10.80 ms (+8.0 %)")
    #expect(change.termsText == "replication +0.72, request queue +0.08")
    #expect(change.verdict == .worse)
  }

  @Test func `What moved comes first, with its terms; what broke a gate comes last before the sum`() throws {
    let text = try Fixture.compare(Fixture.slower, "publish.p99 <= +2%").text(isStrict: false)
    let lines = text.split(separator: "\n")
    let fail = try #require(lines.firstIndex { $0.hasPrefix("FAIL  ") })
    #expect(lines[fail].hasPrefix("FAIL  acks=all: publish.p99 10.00 -> 10.80 ms (+8.0 %)"), "\(text)")
    #expect(lines[(fail + 1)...].dropLast() == ["      gate publish.p99 <= +2%", "      replication +0.72, request queue +0.08"], "\(text)")
    #expect(lines.last?.contains("1 broken in 1 row") == true)
  }

  @Test func `Figures that moved by less than half a percent are counted, unless they broke a gate or all are asked for`() throws {
    let candidate = Fixture.measured { metrics in
      metrics.latency.publish.p99 = 10.04
      metrics.latency.publish.p999 = 1_000
      metrics.volume.recordsPerBatch = metrics.volume.recordsPerBatch.map { $0 * 1.00001 }
    }
    let comparison = try Fixture.compare(candidate, "publish.p99 <= +1%")
    let text = comparison.text(isStrict: false)
    #expect(comparison.hiddenChanges() == HiddenChanges(small: 2, smallRows: 0, ungated: 0))
    #expect(text.contains("      2 figures moved by less than 0.5 %; --all shows them"), "\(text)")
    #expect(!text.contains("publish.p99 ") && text.contains("publish.p99.9 "))
    let all = comparison.text(isStrict: false, showsAll: true)
    #expect(all.contains("publish.p99 ") && !all.contains("--all"), "\(all)")
    #expect(try Fixture.compare(candidate).text(isStrict: false).contains("FAIL  acks=all: publish.p99 10.00 -> 10.04 ms (+0.4 %)"))
    // A record that is lost is never a small matter.
    let lost = Fixture.candidate { $0.delivery.lost = $0.delivery.acked / 1_000_000 + 1 }
    #expect(try Fixture.compare(lost, "publish.p99 <= +1%").hiddenChanges().small == 0)
  }

  @Test(arguments: [50, 80, 100]) func `No line is wider than the terminal: names of rows stand above their figures where there is no room beside them`(width: Int) throws {
    let text = wrapped(try Fixture.compare(Fixture.slower, "publish.p99 <= +50%").text(isStrict: false, showsAll: true, width: width), to: width)
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= width }, "\(text)")
    #expect(text.contains(width == 50 ? "\n      acks=all\n-     publish.p99 " : "\n-     acks=all  publish.p99 "), "\(text)")
  }

  @Test func `Small terms are summed behind the four largest`() {
    let terms = LatencyTerm.allCases.prefix(6).enumerated().map { TermChange(term: $0.element, baseline: 0, candidate: Double(6 - $0.offset)) }
    let change = MetricChange(metric: "publish.p99", unit: .milliseconds, better: .lower, baseline: .number(0), candidate: .number(21), terms: terms)
    #expect(change.termsText == "schedule +6.00, buffer +5.00, batch +4.00, in-flight limit +3.00, 2 others +3.00")
  }

  @Test func `Stations that moved are shown, and the bottleneck if it is another one`() throws {
    let busier = Fixture.measured { metrics in
      metrics.stations[0].utilisation = 0.65
      metrics.bottleneck = "none: busiest is broker-1 processor, 65 %"
    }
    let row = try Fixture.compare(busier).rows[1]
    #expect(row.stations.map(\.text) == ["broker-1 processor 40.0 -> 65.0 %"])
    #expect(row.bottleneck == nil)
    for text in ["none: busiest is broker-2 processor, 40 %", "broker-1: processor 97 % busy", "broker-1: processor 97% busy"] {
      #expect(try Fixture.compare(Fixture.measured { $0.bottleneck = text }).rows[1].bottleneck?.candidate == text)
    }
  }

  @Test func `Runs with another seed, machine or build get a note`() throws {
    let other = Fixture.candidate { row in
      row.seed = 2
      row.machine = "laptop"
      row.build = "2"
    }
    #expect(try Fixture.compare(other).rows[1].notes == ["seed: 1 -> 2", "machine: nvme-10g -> laptop", "build: sample -> 2"])
    var all = Fixture.baseline
    for index in all.rows.indices { all.rows[index].machine = "laptop" }
    let text = try Fixture.compare(all).text(isStrict: false)
    #expect(text.contains("all rows: machine: nvme-10g -> laptop"))
    #expect(!text.contains("acks=1: machine"))
  }

  @Test func `A recovery that never came is worse than any other`() throws {
    func disturbed(_ seconds: Double?) -> StoredResult {
      let phase = Disturbance.Phase(recordsPerSecond: 1_000, publishP50: 1, publishP99: 2, publishMax: 3)
      return Fixture.measured {
        $0.disturbances = [
          Disturbance(
            fault: "kill broker-1", fromSeconds: 3, toSeconds: 4, isExercised: true, before: phase, during: phase, after: phase, recoverySeconds: seconds,
            lost: 0, duplicated: 0, late: 0)
        ]
      }
    }
    let gate = try Gate(parsing: "disturbance.kill-broker-1.recovery <= +0")
    let comparison = try Comparison(baseline: [disturbed(2)], candidate: [disturbed(nil)], gates: [gate])
    #expect(comparison.rows.flatMap(\.broken).map(\.reason) == ["2.00 -> never"])
    #expect(try Comparison(baseline: [disturbed(nil)], candidate: [disturbed(2)], gates: [gate]).brokenCount == 0)
  }
}
