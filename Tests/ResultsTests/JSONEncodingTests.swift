import Foundation
import Measurement
import ResultSamples
import Testing

@testable import Results

@Suite struct JSONEncodingTests {
  struct Sample: Codable, Equatable {
    struct Inner: Codable, Equatable { var b: Int; var a: [Double] }
    var z: String
    var missing: String?
    var missingInner: Inner?
    var present: Double?
    var seed: UInt64
    var isTrue: Bool
    var inner: Inner
    var list: [Inner]
    var nothing: [Int]
  }

  static let sample = Sample(
    z: "q\"", missing: nil, missingInner: nil, present: 1, seed: .max, isTrue: true, inner: Sample.Inner(b: -1, a: [0.1 + 0.2, 12, 1.0 / 3, 1e-7, 2.5e-5]),
    list: [Sample.Inner(b: 2, a: [])], nothing: [])

  @Test func `Keys come in the order of the declarations, and nil becomes null`() {
    let text = JSON(encoding: Self.sample).text.replacing("\n", with: "").replacing("  ", with: "")
    #expect(
      text
        == #"{"z": "q\"","missing": null,"missingInner": null,"present": 1,"seed": 18446744073709551615,"isTrue": true,"inner": {"b": -1,"a": [0.3,12,0.333333,0,0.000025]},"list": [{"b": 2,"a": []}],"nothing": []}"#)
  }

  @Test func `Foundation reads it back`() throws {
    let read = try JSONDecoder().decode(Sample.self, from: Data(JSON(encoding: Self.sample).text.utf8))
    #expect(read.seed == .max)
    #expect(read.missing == nil)
    #expect(read.inner.a[1] == 12)
    #expect(JSON(encoding: read).text == JSON(encoding: Self.sample).text)
  }

  @Test func `A single value needs no object`() {
    #expect(JSON(encoding: [LatencyTerm.fsync]).text == "[\n  \"fsync\"\n]\n")
    #expect(JSON(encoding: 7).text == "7\n")
    #expect(JSON(encoding: ["a": 1]).text == "{\n  \"a\": 1\n}\n")
  }

  @Test(arguments: [
    (0.0, "0"), (-0.0, "0"), (1.5, "1.5"), (-2.25, "-2.25"), (1e-6, "0.000001"), (-0.000_12, "-0.00012"), (123_456.789_012_3, "123456.789012"),
    (4e9 + 0.5, "4000000000.5"), (1e15, "1000000000000000"), (99.999_999_9, "100"),
  ])
  func `Numbers have at most six decimals and no trailing zeros`(value: Double, text: String) {
    #expect(shortest(value) == text)
  }

  @Test func `A report is read back as it was, with the settings of its rows in their order`() throws {
    let report = BenchSample.report
    let text = report.json.text
    let read = try JSONDecoder().decode(BenchReport.self, from: Data(text.utf8))
    #expect(read.rows.map(\.name) == report.rows.map(\.name))
    #expect(read.rows[0].name == "linger.ms=0 acks=1")
    #expect(read.json.text == text)
    #expect(text.contains(#""utilisation": {"#))
    #expect(text.contains(#""broker-1.processor": 0.5"#))
  }
}
