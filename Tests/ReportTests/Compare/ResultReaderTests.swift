import Foundation
import Testing

@testable import Report

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

  @Test("A benchmark reads back as what it was, whatever else stands in the file") func benchmark() throws {
    let text = try Self.sampleText()
    let folder = try Folder([("bench.json", text), ("with-host.json", #"{"host": {"cpuSeconds": 1}, "# + text.dropFirst())])
    for name in ["bench.json", "with-host.json"] {
      #expect(try ResultReader.contents(of: "\(folder.path)/\(name)").results == [StoredResult(file: name, .sample)])
    }
  }

  @Test("A trial reads as one row without metrics") func trial() throws {
    var result = ReportTests.result(faults: [FaultCount(name: "kill", planned: 1, hit: 0)])
    result.variant = "fixed"
    result.seed = .max
    let folder = try Folder([("result.json", result.json().text)])
    let row = try #require(try ResultReader.contents(of: folder.path).results.first?.rows.first)
    #expect(row.name == "fixed")
    #expect(row.seed == .max)
    #expect(row.exitCode == 3)
    #expect(row.metrics == nil)
    #expect(row.traceHash == "0000000000000abc")
    #expect(row.faults == [FaultCount(name: "kill", planned: 1, hit: 0)])
  }

  @Test("A folder gives its results in the order of their paths, and names JSON of another kind") func folder() throws {
    let text = try Self.sampleText()
    let folder = try Folder([
      ("b/bench.json", text), ("a.json", text), ("a/omb.json", #"{"workload": "w"}"#), ("list.json", "[1]"), ("table.txt", "no JSON"),
    ])
    let contents = try ResultReader.contents(of: folder.path)
    #expect(contents.results.map(\.file) == ["a.json", "b/bench.json"])
    #expect(contents.others == ["a/omb.json", "list.json"])
  }

  @Test("What cannot be read is told with its place in the file") func errors() throws {
    let text = try Self.sampleText()
    let folder = try Folder([
      ("missing.json", text.replacingOccurrences(of: "\"bottleneck\"", with: "\"bottle\"")),
      ("kind.json", text.replacingOccurrences(of: "\"exitCode\":0", with: "\"exitCode\":\"0\"")), ("broken/cut.json", String(text.dropLast(20))),
      ("empty/table.txt", ""), ("other/other.json", "{}"),
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
    #expect(problem("kind.json") == "rows[0].result.exitCode is of the wrong kind")
    #expect(problem("broken") == "this is not JSON")
    #expect(problem("empty") == "there is no result in this folder")
    #expect(problem("other/other.json") == "this is not a result")
    for (text, place) in [("{\n  \"rows\": [,]\n}", "r.json:2:12"), ("{\n", "r.json:2:1"), ("", "r.json:1:1")] {
      let error = #expect(throws: ResultFileError.self) { try ResultReader.result(Data(text.utf8), at: "r.json", called: "r.json") }
      #expect(error?.file == place)
    }
    #expect(problem("nowhere.json") == "there is no such file")
  }
}
