import Testing

@testable import Measurement

@Suite struct BottleneckTests {
  static func station(_ node: String, _ utilisation: Double) -> StationMetrics {
    StationMetrics(
      node: node, kind: .processor, servers: 1, utilisation: utilisation, completionsPerSecond: 0, bytesPerSecond: 0, meanMilliseconds: 0,
      serviceMilliseconds: 0, meanJobs: 0)
  }

  static func text(_ utilisation: Double, isSaturating: Bool = false, _ terms: [TermTime] = []) -> String {
    Bottleneck.text(
      [station("broker-1", 0.2), station("produce-1", utilisation), station("broker-2", utilisation)], isOfClient: [false, true, false],
      isSaturating: isSaturating, publish: AttributedLatency(of: "mean", records: 1, milliseconds: 0, terms: terms))
  }

  @Test func `The busiest station is the bottleneck, even if it is the client`() {
    #expect(Self.text(0.97) == "client produce-1: processor 97 % busy")
  }

  @Test func `If nothing is near saturation there is no bottleneck`() {
    #expect(Self.text(0.43) == "none: busiest is client produce-1: processor, 43 % busy")
    #expect(Bottleneck.text([], isOfClient: [], isSaturating: false, publish: nil) == "none")
  }

  @Test func `The in-flight limit is the bottleneck of any load whose batches mostly wait for it`() {
    let waiting = [TermTime(.inFlight, milliseconds: 60), TermTime(.brokerCPU, milliseconds: 40)]
    #expect(Self.text(0.43, waiting) == "in-flight limit: 60 % of a batch's time; busiest is client produce-1: processor, 43 % busy")
    #expect(Self.text(0.43, [TermTime(.inFlight, milliseconds: 40), TermTime(.brokerCPU, milliseconds: 60)]).hasPrefix("none"))
  }

  @Test func `A leader that does not answer holds a load of any kind`() {
    let waiting = [TermTime(.retries, milliseconds: 90), TermTime(.brokerCPU, milliseconds: 10)]
    #expect(Self.text(0.43, waiting) == "no answer or no leader: 90 % of a batch's time; busiest is client produce-1: processor, 43 % busy")
  }

  @Test func `A load that takes all it can get may be held by a setting`() {
    let waiting = [TermTime(.buffer, milliseconds: 900), TermTime(.inFlight, milliseconds: 60), TermTime(.brokerCPU, milliseconds: 40)]
    #expect(Self.text(0.43, isSaturating: true, waiting) == "in-flight limit: 60 % of a batch's time; busiest is client produce-1: processor, 43 % busy")
    #expect(Self.text(0.43, isSaturating: true, [TermTime(.batch, milliseconds: 5)]).hasPrefix("linger.ms: 100 %"))
    #expect(Self.text(0.43, isSaturating: false, [TermTime(.batch, milliseconds: 5)]).hasPrefix("none"))
    #expect(Self.text(0.97, isSaturating: true, waiting) == "client produce-1: processor 97 % busy")
  }
}
