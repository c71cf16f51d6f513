import Results
import Testing

@testable import Compare

@Suite struct FigureTextTests {
  @Test(arguments: [
      (4.1, 4.9, MetricUnit.milliseconds, "4.10 -> 4.90 ms (+19.5 %)"), (10, 10.000001, .milliseconds, "10.000000 -> 10.000001 ms (+0.00001 %)"),
      (200_000, 199_400, .recordsPerSecond, "200 000 -> 199 400 records/s (-0.3 %)"), (200_000, 199_999.5, .recordsPerSecond, "200 000.0 -> 199 999.5 records/s (-0.0003 %)"),
      (0, 3, .count, "0 -> 3"), (0.4, 0.65, .fraction, "40.0 -> 65.0 % (+62.5 %)"), (2, .infinity, .seconds, "2.00 -> never"),
      (0.004, 0.005, .milliseconds, "0.0040 -> 0.0050 ms (+25.0 %)"), (1e15, 2e15, .bytes, "1 000 000 000 000 000 -> 2 000 000 000 000 000 B (+100.0 %)"),
    ])
  func `A change shows enough decimals to be visible`(baseline: Double, candidate: Double, unit: MetricUnit, text: String) {
    #expect(FigureText.change(baseline, candidate, unit) == text)
  }

  @Test(arguments: [(0.714, "+0.71"), (-0.08, "-0.08"), (0.00123, "+0.0012"), (-0.000004, "-0.000004")])
  func `A difference shows its first digits`(difference: Double, text: String) {
    #expect(FigureText.signed(difference) == text)
  }
}
