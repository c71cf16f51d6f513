import Foundation
import Measurement
import ResultSamples
import Testing

@testable import Results

@Suite struct ResultReaderTests {
  /// A folder that is gone after the test.
  private final class Folder {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("compare-\(UUID().uuidString)").path

    init(_ files: [(name: String, text: String)]) throws {
      for file in files {
        let url = URL(fileURLWithPath: "\(path)/\(file.name)")
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(file.text.utf8).write(to: url)
      }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
  }

  private static func sampleText() throws -> String { String(decoding: try JSONEncoder().encode(BenchReport.sample), as: UTF8.self) }

  @Test func `A benchmark reads back as it was, whatever else is in the file`() throws {
    let text = try Self.sampleText()
    let folder = try Folder([("bench.json", text), ("with-host.json", #"{"host": {"cpuSeconds": 1}, "# + text.dropFirst())])
    for name in ["bench.json", "with-host.json"] {
      #expect(try ResultReader.contents(of: "\(folder.path)/\(name)").results == [StoredResult(file: name, .sample)])
    }
  }

  @Test func `A trial reads as one row without metrics`() throws {
    var result = SampleTrial.result(faults: [FaultCount(name: "kill", planned: 1, hit: 0)])
    result.variant = "fixed"
    result.seed = .max
    let folder = try Folder([("result.json", result.json.text)])
    let row = try #require(try ResultReader.contents(of: folder.path).results.first?.rows.first)
    #expect(row.name == "fixed")
    #expect(row.seed == .max)
    #expect(row.exitCode == .notExercised)
    #expect(row.metrics == nil)
    #expect(row.traceHash == 0xabc)
    #expect(row.faults == [FaultCount(name: "kill", planned: 1, hit: 0)])
  }

  @Test func `A sweep is listed separately from the results, because it has no rows`() throws {
    var summary = VerifySummary(replay: "trial verify s.yaml --seeds 1..2")
    summary.add(SampleTrial.result(), cpuSeconds: 0)
    let folder = try Folder([("result.json", SampleTrial.result().json.text), ("verify.json", summary.json.text)])
    let contents = try ResultReader.contents(of: folder.path)
    #expect(contents.results.map(\.file) == ["result.json"])
    #expect(contents.sweeps.map(\.file) == ["verify.json"] && contents.sweeps[0].summary.json.text == summary.json.text)
    #expect(try ResultReader.contents(of: folder.path + "/verify.json").sweeps.count == 1)
  }

  @Test func `A folder gives its results in the order of their paths, and names JSON of another kind`() throws {
    let text = try Self.sampleText()
    let folder = try Folder([
      ("b/bench.json", text), ("a.json", text), ("a/omb.json", #"{"workload": "w"}"#), ("list.json", "[1]"), ("table.txt", "no JSON"),
    ])
    let contents = try ResultReader.contents(of: folder.path)
    #expect(contents.results.map(\.file) == ["a.json", "b/bench.json"])
    #expect(contents.others == ["a/omb.json", "list.json"])
  }

  @Test func `A result of another format, or of none, is refused with the command that runs it again`() throws {
    let text = try Self.sampleText(), format = "\"format\":\(StoredFormat.current)"
    #expect(text.contains(format))
    for (changed, problem) in [
      (text.replacingOccurrences(of: format, with: "\"format\":99"), "the result has format 99; this build reads format \(StoredFormat.current)"),
      (text.replacingOccurrences(of: format, with: "\"form\":1"), "the result does not say its format; this build reads format \(StoredFormat.current)"),
    ] {
      let error = #expect(throws: ResultFileError.self) { try ResultReader.stored(Data(changed.utf8), at: "r.json", called: "r.json") }
      #expect(error?.problem == problem)
      #expect(error?.remedy == "It was made by another version. Run it again: trial bench sample.yaml --vary acks=1,all")
    }
    // As the version before wrote it.
    let trial = SampleTrial.result().json.text.replacingOccurrences(of: "\"format\": \(StoredFormat.current)", with: "\"format\": 1")
    #expect(throws: ResultFileError.self) { try ResultReader.stored(Data(trial.utf8), at: "t.json", called: "t.json") }
  }

  @Test func `A result that is not UTF-8 is refused, because not every reader of JSON checks it`() throws {
    var text = Array(try Self.sampleText().utf8)
    let place = try #require(text.firstIndex(of: UInt8(ascii: "s")))
    text[place] = 0xfd
    let error = #expect(throws: ResultFileError.self) { try ResultReader.stored(Data(text), at: "r.json", called: "r.json") }
    #expect(error?.problem.contains("this is not JSON") == true)
  }

  @Test func `Impossible figures are refused with their place`() throws {
    func problem(_ change: (inout BenchReport) -> Void) throws -> String? {
      var report = BenchReport.sample
      change(&report)
      let data = try JSONEncoder().encode(report)
      do {
        _ = try ResultReader.stored(data, at: "r.json", called: "r.json")
        return nil
      } catch { return (error as ResultFileError).problem }
    }
    #expect(try problem { _ in } == nil)
    let place = "rows[1].result"
    #expect(
      try problem { $0.rows[1].result.metrics.latency.publish.p99 = 1e300 }?.hasPrefix("\(place).metrics.latency.publish.p99 is 1e+300") == true)
    #expect(try problem { $0.rows[1].result.delivery.sent = .max }?.hasPrefix("\(place).delivery.sent is 9223372036854775807") == true)
    #expect(try problem { $0.rows[1].result.delivery.lost = -1 } == "\(place).delivery.lost is -1: nothing is counted below 0")
    #expect(try problem { $0.rows[1].result.delivery.permittedLoss = 1 } == "\(place).delivery.permittedLoss is larger than lost, which includes it")
    #expect(try problem { $0.rows[1].result.metrics.series.publishRate = [1] } == "\(place).metrics.series: its lists are not of one length")
    #expect(try problem { $0.rows = [] } == "the result has no rows, so there is nothing to show or to compare")
    #expect(try problem { $0.pareto = [2] } == "pareto names row 2, which is not there")
    // Seeds are any 64 bits.
    #expect(try problem { $0.rows[1].result.seed = .max } == nil)
  }

  @Test func `A result that cannot be read is reported with the place in the file`() throws {
    let text = try Self.sampleText()
    let folder = try Folder([
      ("missing.json", text.replacingOccurrences(of: "\"bottleneck\"", with: "\"bottle\"")),
      ("kind.json", text.replacingOccurrences(of: "\"outcome\":\"as expected\"", with: "\"outcome\":0")), ("broken/cut.json", String(text.dropLast(20))),
      ("empty/table.txt", ""), ("other/other.json", "{}"), ("null.json", "null"), ("huge.json", text.replacingOccurrences(of: "\"seed\":", with: "\"seconds\":1e999,\"seed\":")),
    ])
    func problem(_ name: String) -> String? {
      do {
        _ = try ResultReader.contents(of: "\(folder.path)/\(name)")
        return nil
      } catch {
        return error.file.hasPrefix(folder.path) ? error.problem : nil
      }
    }
    #expect(problem("missing.json") == "rows[0].result.metrics.bottleneck is missing")
    #expect(problem("kind.json") == "rows[0].result.outcome is of the wrong kind")
    #expect(problem("broken") == "this is not JSON")
    #expect(problem("null.json") == "this is not a result")
    let huge = problem("huge.json") ?? ""
    #expect(huge.hasPrefix("the number 1e999 at 1:") && huge.hasSuffix("is too large: no figure of a result is that large"))
    #expect(problem("empty") == "there is no result in this folder")
    #expect(problem("other/other.json") == "this is not a result")
    for (text, place) in [("{\n  \"rows\": [,]\n}", "r.json:2:12"), ("{\n", "r.json:2:1"), ("", "r.json:1:1")] {
      let error = #expect(throws: ResultFileError.self) { try ResultReader.stored(Data(text.utf8), at: "r.json", called: "r.json") }
      #expect(error?.file == place)
    }
    #expect(problem("nowhere.json") == "there is no such file, and no result of this name in results/")
  }
}
