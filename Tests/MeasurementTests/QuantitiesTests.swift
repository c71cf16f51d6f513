import Testing

@testable import Measurement

@Suite struct QuantitiesTests {
  @Test(arguments: [
    (0, "0 ms"), (0.000_5, "0.5 µs"), (0.85, "850 µs"), (0.999_7, "1 ms"), (1.25, "1.25 ms"), (12.04, "12 ms"), (999.7, "1 s"), (12_345, "12.3 s"),
  ])
  func `Times have the unit in which they are short`(milliseconds: Double, text: String) { #expect(timeText(milliseconds: milliseconds) == text) }

  @Test(arguments: [(0, "0"), (12, "12"), (999.7, "1k"), (1_200, "1.2k"), (200_000, "200k"), (1_500_000, "1.5M"), (2_000_000_000, "2G")])
  func `Counts are short`(count: Double, text: String) { #expect(countText(count) == text) }

  @Test(arguments: [(100, "100 B"), (16_384, "16 KiB"), (1_572_864, "1.5 MiB")])
  func `Bytes are counted in powers of two`(bytes: Double, text: String) { #expect(bytesText(bytes) == text) }

  @Test(arguments: [(0, "0 B"), (999, "999 B"), (999.7, "1 kB"), (30_720_000, "30.7 MB"), (999_700_000, "1 GB")])
  func `What was moved counts by powers of ten, as rates do`(bytes: Double, text: String) { #expect(volumeText(bytes) == text) }

  @Test(arguments: [(0, "0 ns"), (999, "999 ns"), (255_777, "255.777 µs"), (5_000_000, "5 ms"), (5_000_001, "5.000001 ms"), (1_500_000_001, "1.500000001 s")])
  func `A time that is compared is exact`(nanoseconds: Int64, text: String) { #expect(exactTimeText(nanoseconds: nanoseconds) == text) }

  @Test(arguments: [(1.5, 3, "1.500"), (-0.0406, 3, "-0.041"), (0, 1, "0.0"), (12_345.678, 0, "12346"), (0.999_6, 3, "1.000")])
  func `Decimals have a fixed number of places`(value: Double, places: Int, text: String) {
    #expect(fixed(value, places: places) == text)
  }

  @Test func `Large numbers are grouped`() {
    #expect(grouped(1_234_567) == "1 234 567")
    #expect(grouped(-999) == "-999")
  }

  @Test(arguments: [(1e300, "9223372036854775807"), (-1e300, "-9223372036854775808"), (Double.nan, "0"), (2.5, "3")])
  func `Foreign numbers are rounded without a trap`(value: Double, text: String) {
    #expect(String(Int64(rounding: value)) == text)
    #expect(!fixed(value, places: 6).isEmpty)
  }
}
