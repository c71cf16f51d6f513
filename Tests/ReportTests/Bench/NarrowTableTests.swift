import Measurement
import ResultSamples
import Results
import Testing
import TextTable

@testable import Report

/// Tables where there is little room.
@Suite struct NarrowTableTests {
  private func widest(_ text: String) -> Int { text.split(separator: "\n").map(\.count).max() ?? 0 }

  @Test(arguments: [80, 100]) func `No line of a benchmark is wider than the terminal`(width: Int) {
    let text = wrapped(BenchSample.report.text(width: width), to: width)
    #expect(widest(text) <= width, "\(text)")
    #expect(text.contains("none (50 % busy)") || text.contains("no bottleneck in any row"))
    #expect(text.contains("0 in every row: failed, unknown, lost, dup, reordered"))
    #expect(widest(BenchSample.report.text()) > 120)
  }

  @Test func `A column of records is left out only where it is 0 in every row`() {
    let rows = [("0", 0), ("5", 1)].map { value, lost in BenchSample.row([("linger.ms", value)], rate: 200, p99: 2, lost: lost) }
    let text = BenchSample.report([("linger.ms", ["0", "5"])], rows).text(width: 80)
    #expect(text.contains(" lost"))
    #expect(text.contains("0 in every row: failed, unknown, dup, reordered"), "\(text)")
  }

  @Test func `Sent and acknowledged are left out where they are the same`() {
    let rows = ["0", "5"].map { value in BenchSample.row([("linger.ms", value), ("compression.type", "zstd")], rate: 200, p99: 2) { $0.delivery.acked = $0.delivery.sent } }
    let text = BenchSample.report([("linger.ms", ["0", "5"]), ("compression.type", ["zstd"])], rows).text(width: 100)
    #expect(
      text.contains("every record sent was acknowledged; no bottleneck in any row; 0 in every row: failed, unknown, lost, dup, reordered (--wide shows all columns)"), "\(text)")
    #expect(!text.contains("acked"))
  }

  @Test func `Compression that is varied is told with its ratio and the bytes on the wire`() {
    let rows = ["none", "zstd"].map { codec in
      BenchSample.row([("compression.type", codec)], rate: 200, p99: 2) {
        $0.metrics.volume.compressionRatio = codec == "none" ? 1 : 3.456
        $0.metrics.volume.networkBytes = Int64(2_500_000 * $0.metrics.window.seconds)
      }
    }
    let text = BenchSample.report([("compression.type", ["none", "zstd"])], rows).text()
    let lines = text.split(separator: "\n")
    #expect(lines[0].contains("MB/s ratio wire MB/s p50 ms"))
    #expect(lines[2].contains(" 1.00       2.5 ") && lines[3].contains(" 3.46       2.5 "), "\(text)")
    #expect(!BenchSample.report.text().contains("ratio"))
  }

  @Test func `What does not fit stands in tables of their own below, with the names of the rows`() {
    let rows = [("a", "1"), ("b", "2")].map { name, figure in
      [Column(title: "row", value: name), .right("first figure", figure), .right("second figure", figure), .right("third", figure)]
    }
    #expect(
      tableText(rows, keys: 1, width: 30) == """
        row first figure second figure
        --- ------------ -------------
        a              1             1
        b              2             2

        row third
        --- -----
        a       1
        b       2
        """)
    #expect(tableText(rows, keys: 1, width: 36) == tableText(rows))
    #expect(tableText(rows, keys: 1, width: 35).contains("\n\n"))
  }
}
