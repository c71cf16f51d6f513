import Primitives
import Testing
import Workloads

@Suite struct RateScalingTests {
  @Test func `A load whose peaks are far above its average is scaled up to the highest possible rate`() {
    let peak = LoadShape.burst(base: .zero, peak: .perSecond(1_000_000), every: .seconds(1_000_000), lasting: .milliseconds(1))
    let scaled = peak.scaled(by: 1_000_000_000_000_000, over: 1_000)
    #expect(scaled == .burst(base: .zero, peak: .highest, every: .seconds(1_000_000), lasting: .milliseconds(1)))
    #expect(Rate.perSecond(10).scaled(by: 3, over: 2) == .perSecond(15))
  }
}
