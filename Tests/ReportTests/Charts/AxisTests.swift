import Measurement
import Testing

@testable import Report

@Suite struct AxisTests {
  @Test(arguments: [0.003, 0.9, 1, 7, 42, 99, 100, 12_345, 1e9])
  func `A linear axis begins at zero and covers the largest value`(largest: Double) {
    let axis = Axis.linear("", upTo: largest, text: countText)
    #expect(axis.from == 0 && axis.to > largest && axis.to < largest * 1.7)
    #expect((3...8).contains(axis.ticks.count))
    #expect(axis.ticks[0].label == "0")
  }

  @Test(arguments: [(0.3, 0.4), (0.5, 90), (1, 1), (2, 20_000), (0.000_5, 600_000)])
  func `A logarithmic axis covers all values with few marks`(least: Double, largest: Double) {
    let axis = Axis.logarithmic("", from: least, to: largest, text: timeText(milliseconds:))
    #expect(axis.from <= least && axis.to >= largest && axis.from < axis.to)
    #expect((1...8).contains(axis.ticks.count))
    #expect(axis.ticks.allSatisfy { $0.position >= axis.from && $0.position <= axis.to })
  }

  @Test func `Values close to each other are distinguished, but not exaggerated`() {
    let axis = Axis.near("", from: 10_000, to: 10_005, text: countText)
    #expect(axis.from > 8_000 && axis.from < 9_700 && axis.to > 10_300 && axis.to < 12_000)
  }

  @Test func `An axis without measurements still exists`() {
    #expect(Axis.linear("", upTo: 0, text: countText).to > 0)
    let axis = Axis.logarithmic("", from: 0, to: 0, text: countText)
    #expect(axis.from > 0 && axis.from < axis.to)
  }

  @Test func `Words reach gnuplot unchanged`() {
    #expect(quoted("it's\n`date` \"$x\" \\n") == "'it''s `date` \"$x\" \\n'")
    // The words of marks are formats to gnuplot.
    #expect(Axis(label: "", from: 0, to: 1, ticks: [Axis.Tick(position: 0.5, label: "50 %")]).commands("x").contains("'50 %%' 0.5"))
  }

  @Test func `Long words lose their middle`() {
    #expect("compression".shortened(to: 7) == "com…ion")
    #expect("short".shortened(to: 7) == "short")
  }
}
