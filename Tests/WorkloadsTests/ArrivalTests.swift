import Primitives
import Testing

@testable import Workloads

@Suite struct ArrivalTests {
  func arrivals(_ shape: LoadShape, client: Int = 0, of clients: Int = 1, until end: Duration, seed: UInt64 = 1) -> [Duration] {
    var schedule = ArrivalSchedule(shape, client: client, of: clients, random: RandomStream(seed: seed, purpose: "arrivals", Int64(client)))
    var times: [Duration] = []
    while let next = schedule.next(), next < end { times.append(next) }
    return times
  }

  func count(_ times: [Duration], from start: Duration, to end: Duration) -> Int { times.count { $0 >= start && $0 < end } }

  @Test func `A constant rate is evenly spaced from the start`() {
    #expect(arrivals(.constant(.perSecond(100)), until: .seconds(1)) == (0..<100).map { .milliseconds(10 * $0) })
  }

  @Test func `Times of a rate that does not divide a second do not drift`() {
    let times = arrivals(.constant(.perSecond(300_000)), until: .seconds(2))
    #expect(times.count == 600_000)
    #expect(times[300_000] == .seconds(1))
    #expect(times[1] == .nanoseconds(3_334))
    #expect(times[3] == .microseconds(10))
  }

  @Test func `The clients of an entry together send what one alone would send`() {
    let ramp = LoadShape.ramp(from: .zero, to: .perSecond(1_000), over: .seconds(2))
    let whole = arrivals(ramp, until: .seconds(3))
    let parts = (0..<3).flatMap { arrivals(ramp, client: $0, of: 3, until: .seconds(3)) }.sorted()
    // Rounding up to whole nanoseconds happens at different places.
    #expect(zip(whole, parts).allSatisfy { abs($0.nanoseconds - $1.nanoseconds) <= 1 })
    #expect(whole.count == parts.count)
  }

  @Test func `Poisson arrivals come at the requested rate, with exponential gaps`() {
    let times = arrivals(.poisson(.perSecond(1_000)), until: .seconds(20))
    #expect((19_400...20_600).contains(times.count))
    let gaps = zip(times, times.dropFirst()).map { $1 - $0 }
    let long = gaps.count { $0 > .milliseconds(1) }
    // e^-1 of the gaps are longer than the mean.
    #expect(abs(Double(long) / Double(gaps.count) - 0.3679) < 0.015)
    #expect(arrivals(.poisson(.perSecond(1_000)), until: .seconds(1), seed: 2) != Array(times.prefix { $0 < .seconds(1) }))
    let ofFour = (0..<4).reduce(0) { $0 + arrivals(.poisson(.perSecond(1_000)), client: $1, of: 4, until: .seconds(20)).count }
    #expect((19_400...20_600).contains(ofFour))
  }

  @Test func `Steps follow each other, and nothing comes after a last one that ends`() {
    let steps = [RateStep(.perSecond(10), for: .seconds(2)), RateStep(.zero, for: .seconds(1)), RateStep(.perSecond(100), for: .seconds(1))]
    let times = arrivals(.steps(steps), until: .seconds(60))
    #expect(count(times, from: .zero, to: .seconds(2)) == 20)
    #expect(count(times, from: .seconds(2), to: .seconds(3)) == 0)
    #expect(count(times, from: .seconds(3), to: .seconds(4)) == 100)
    #expect(times.count == 120)
    #expect(arrivals(.steps([RateStep(.perSecond(10), for: .seconds(1)), RateStep(.perSecond(1))]), until: .seconds(11)).count == 20)
  }

  @Test func `A ramp rises evenly and then holds`() {
    let times = arrivals(.ramp(from: .perSecond(100), to: .perSecond(1_100), over: .seconds(10)), until: .seconds(20))
    #expect(abs(count(times, from: .zero, to: .seconds(10)) - 6_000) <= 1)
    #expect(abs(count(times, from: .zero, to: .seconds(5)) - 1_750) <= 1)
    #expect(abs(count(times, from: .seconds(10), to: .seconds(20)) - 11_000) <= 1)
    #expect(arrivals(.ramp(from: .perSecond(100), to: .zero, over: .seconds(1)), until: .seconds(100)).count == 50)
  }

  @Test func `Bursts come at the end of each period`() {
    let shape = LoadShape.burst(base: .perSecond(10), peak: .perSecond(1_000), every: .seconds(5), lasting: .milliseconds(500))
    let times = arrivals(shape, until: .seconds(10))
    #expect(count(times, from: .zero, to: .milliseconds(4_500)) == 45)
    #expect(count(times, from: .milliseconds(4_500), to: .seconds(5)) == 500)
    #expect(count(times, from: .seconds(5), to: .milliseconds(9_500)) == 45)
    #expect(times.count == 1_090)
  }

  @Test func `A day is highest after one quarter and lowest after three`() {
    let times = arrivals(.diurnal(mean: .perSecond(1_000), amplitude: 0.8, period: .seconds(10)), until: .seconds(20))
    #expect(abs(times.count - 20_000) <= 2)
    #expect((1_780...1_800).contains(count(times, from: .seconds(2), to: .seconds(3))))
    #expect((200...220).contains(count(times, from: .seconds(7), to: .seconds(8))))
    #expect(abs(count(times, from: .zero, to: .seconds(5)) - 7_546) <= 10)
  }

  @Test func `A schedule that starts later leaves out what has passed and keeps its times`() {
    var schedule = ArrivalSchedule(.constant(.perSecond(100)), client: 1, of: 2, random: RandomStream(seed: 1, purpose: "arrivals"))
    #expect(schedule.next(from: .milliseconds(105)) == .milliseconds(110))
    #expect(schedule.next() == .milliseconds(130))
    var poisson = ArrivalSchedule(.poisson(.perSecond(100)), client: 0, of: 1, random: RandomStream(seed: 1, purpose: "arrivals"))
    #expect(poisson.next(from: .seconds(50))! >= .seconds(50))
  }

  @Test func `A rate of zero never sends`() {
    #expect(arrivals(.constant(.zero), until: .seconds(10)).isEmpty)
    #expect(arrivals(.poisson(.zero), until: .seconds(10)).isEmpty)
    #expect(arrivals(.steps([]), until: .seconds(10)).isEmpty)
  }

  @Test func `The average rate of an interval counts what is sent in it`() {
    let ramp = LoadShape.ramp(from: .zero, to: .perSecond(1_000), over: .seconds(10))
    #expect(abs(ramp.averageRate(from: .zero, to: .seconds(10))!.recordsPerSecond - 500) < 0.01)
    #expect(abs(ramp.averageRate(from: .seconds(5), to: .seconds(15))!.recordsPerSecond - 875) < 0.01)
    #expect(LoadShape.saturating.averageRate(from: .zero, to: .seconds(1)) == nil)
    #expect(LoadShape.constant(.perSecond(7)).scaled(by: 3, over: 2) == .constant(Rate(microrecordsPerSecond: 10_500_000)))
  }
}
