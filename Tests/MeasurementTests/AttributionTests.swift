import Host
import Primitives
import ResultSamples
import Testing
import Workloads

@testable import Measurement

@Suite struct AttributionTests {
  static func terms(_ latency: AttributedLatency?) -> [String] {
    latency?.terms.filter { $0.milliseconds > 0 }.map { "\($0.term.rawValue) \(shortest($0.milliseconds))" } ?? []
  }

  @Test func `A publish latency is split at each station that the record passes`() {
    var load = MeasuredLoad()
    load.batch(intended: [0], sent: [1_000], finished: 91_000) {
      $0.opened = MeasuredLoad.at(3_000)
      $0.ready = MeasuredLoad.at(6_000)
      $0.firstDrained = MeasuredLoad.at(10_000)
      $0.drained = MeasuredLoad.at(15_000)
      $0.exchange = .at(21_000, 28_000, 36_000, 45_000, 55_000, 66_000, 78_000, 90_000, diskWait: 2_000)
    }
    let publish = Metrics(load.input()).attribution.publish
    #expect(publish.map(\.of) == ["mean", "p50", "p90", "p99", "p99.9"])
    #expect(publish[0].milliseconds == 91)
    #expect(
      Self.terms(publish[0]) == [
        "schedule 1", "buffer 2", "batch 3", "in-flight limit 4", "retries 5", "client cpu 6", "network out 7", "request queue 8", "broker cpu 18",
        "disk 2", "replication 10", "network back 12", "client answer 13",
      ])
  }

  @Test func `The time up to the leader's sync is fsync, and the rest of the wait is replication`() {
    var load = MeasuredLoad()
    load.batch(intended: [0, 0], baseOffset: 7, finished: 20_000) { $0.exchange = .at(0, 0, 0, 2_000, 16_000, 16_000, 20_000, 20_000) }
    load.log.markSynced(0, upTo: 8, at: MeasuredLoad.at(5_000))
    load.log.markSynced(0, upTo: 9, at: MeasuredLoad.at(12_000))
    #expect(Self.terms(Metrics(load.input()).attribution.publish.first) == ["broker cpu 2", "fsync 10", "replication 4", "network back 4"])
  }

  @Test func `A sync within the handler is what it waited for`() {
    var load = MeasuredLoad()
    load.batch(intended: [0], finished: 20_000) { $0.exchange = .at(0, 0, 0, 12_000, 16_000, 16_000, 20_000, 20_000, diskWait: 9_000) }
    load.log.markSynced(0, upTo: 1, at: MeasuredLoad.at(12_000))
    #expect(Self.terms(Metrics(load.input()).attribution.publish.first) == ["broker cpu 3", "fsync 9", "replication 4", "network back 4"])
  }

  @Test func `Behind a batch that gets no answer others wait for a leader, and for the in-flight limit before and afterwards`() {
    var load = MeasuredLoad()
    load.batch(intended: [0], finished: 60_000) {
      ($0.ready, $0.firstDrained, $0.drained) = (MeasuredLoad.at(0), MeasuredLoad.at(10_000), MeasuredLoad.at(50_000))
      $0.attempts = 3
    }
    load.batch(intended: [0], baseOffset: 1, finished: 70_000) {
      ($0.ready, $0.firstDrained, $0.drained) = (MeasuredLoad.at(0), MeasuredLoad.at(65_000), MeasuredLoad.at(65_000))
    }
    let publish = Metrics(load.input()).attribution.publish
    // Both together: 10 and 25 ms at the limit, 40 ms each without an answer.
    #expect(Self.terms(publish.first) == ["in-flight limit 17.5", "retries 40", "round trip 7.5"])
  }

  /// The terms of a batch that waits from 0 to 50 ms, while one of partition 0 is sent in vain from 10 to 50 ms.
  static func termsBeside(_ stalled: Bool, isOwnUnderWay: Bool) -> [String] {
    var load = MeasuredLoad()
    load.batch(intended: [0], finished: 60_000) {
      ($0.ready, $0.firstDrained, $0.drained) = (MeasuredLoad.at(0), MeasuredLoad.at(10_000), MeasuredLoad.at(stalled ? 50_000 : 10_000))
    }
    if isOwnUnderWay { load.batch(intended: [0], partition: 1, finished: 50_000) }
    load.batch(intended: [0], partition: 1, baseOffset: 1, finished: 60_000) {
      ($0.ready, $0.firstDrained, $0.drained) = (MeasuredLoad.at(0), MeasuredLoad.at(50_000), MeasuredLoad.at(50_000))
    }
    let terms = LatencyTerms(LoadIndex(load.log, groups: 1))
    var sums = TermSums()
    guard let record = load.log.records.last, let batch = load.log.batches.last else { return [] }
    terms.addPublish(record, batch, to: &sums)
    return LatencyTerm.allCases.filter { sums[$0] > 0 }.map { "\($0.rawValue) \(sums[$0] / 1_000_000)" }
  }

  @Test func `Beside a partition without a leader another one waits for its own batches, or for that leader where it has none under way`() {
    #expect(Self.termsBeside(true, isOwnUnderWay: true) == ["in-flight limit 50", "round trip 10"])
    #expect(Self.termsBeside(true, isOwnUnderWay: false) == ["in-flight limit 10", "retries 40", "round trip 10"])
    #expect(Self.termsBeside(false, isOwnUnderWay: false) == ["in-flight limit 50", "round trip 10"])
  }

  @Test func `Where nothing at all is under way for long, no leader is there; a short pause is the producer's own`() {
    func waiting(_ pause: Int64) -> [String] {
      var load = MeasuredLoad()
      load.batch(intended: [0], finished: 10_000)
      load.batch(intended: [10_000], baseOffset: 1, finished: 20_000 + pause) {
        ($0.firstDrained, $0.drained) = (MeasuredLoad.at(10_000 + pause), MeasuredLoad.at(10_000 + pause))
      }
      return Self.terms(Metrics(load.input(window: 0..<2_000_000, end: 2_000_000)).attribution.publish.first)
    }
    #expect(waiting(90_000) == ["in-flight limit 45", "round trip 10"])
    #expect(waiting(600_000) == ["retries 300", "round trip 10"])
  }

  @Test func `On real sockets a round trip cannot be told apart`() {
    var load = MeasuredLoad()
    let values = load.batch(intended: [0], finished: 20_000) { $0.drained = MeasuredLoad.at(5_000) }
    load.deliver(values, at: 30_000)
    let attribution = Metrics(load.input()).attribution
    #expect(Self.terms(attribution.publish.first) == ["retries 5", "round trip 15"])
    #expect(Self.terms(attribution.endToEnd.first) == ["retries 5", "round trip 25"])
  }

  @Test func `End to end a record waits for the replicas, for a fetch, and for its consumer`() {
    var load = MeasuredLoad()
    let values = load.batch(intended: [0, 0], finished: 50_000) { $0.exchange = .at(1_000, 3_000, 6_000, 10_000, 40_000, 41_000, 45_000, 50_000) }
    load.log.markVisible(0, upTo: 1, at: MeasuredLoad.at(15_000))
    load.log.markVisible(0, upTo: 2, at: MeasuredLoad.at(21_000))
    load.deliver([values[1]], from: 1, at: 55_000, .at(0, 0, 0, 0, 28_000, 36_000, 45_000, 50_000))
    let endToEnd = Metrics(load.input()).attribution.endToEnd
    #expect(endToEnd[0].milliseconds == 55)
    #expect(
      Self.terms(endToEnd[0]) == [
        "client cpu 1", "network out 2", "request queue 3", "broker cpu 4", "replication 11", "fetch wait 7", "fetch cpu 8", "network to consumer 9",
        "consumer 10",
      ])
  }

  @Test func `A record that its own append made visible is visible when the append is done`() {
    var load = MeasuredLoad()
    let values = load.batch(intended: [0], finished: 20_000) { $0.exchange = .at(0, 0, 6_000, 10_000, 10_000, 10_000, 20_000, 20_000) }
    load.log.markVisible(0, upTo: 1, at: MeasuredLoad.at(6_000))
    load.deliver(values, at: 15_000, .at(0, 0, 0, 0, 6_000, 12_000, 15_000, 15_000))
    #expect(Self.terms(Metrics(load.input()).attribution.endToEnd.first) == ["request queue 6", "broker cpu 4", "fetch cpu 2", "network to consumer 3"])
  }

  @Test func `With acks=0 the offset of the delivery counts`() {
    var load = MeasuredLoad()
    let exchange = ExchangeTimes()
    (exchange.left, exchange.arrived, exchange.begun, exchange.worked) =
      (MeasuredLoad.at(1_000), MeasuredLoad.at(2_000), MeasuredLoad.at(3_000), MeasuredLoad.at(4_000))
    let values = load.batch(intended: [0], baseOffset: -1, finished: 1_000) { $0.exchange = exchange }
    load.log.markVisible(0, upTo: 5, at: MeasuredLoad.at(3_000))
    load.deliver(values, from: 4, at: 9_000, .at(0, 0, 0, 0, 6_000, 7_000, 8_000, 9_000))
    let attribution = Metrics(load.input()).attribution
    #expect(Self.terms(attribution.publish.first) == ["client cpu 1"])
    #expect(
      Self.terms(attribution.endToEnd.first) == [
        "client cpu 1", "network out 1", "request queue 1", "broker cpu 1", "fetch wait 2", "fetch cpu 1", "network to consumer 1", "consumer 1",
      ])
  }

  @Test(arguments: UInt64(1)...6)
  func `Terms add up to the latency to the nanosecond, whatever the instants are`(seed: UInt64) {
    let metrics = Metrics(Self.randomLoad(seed).input(window: 0..<2_000_000, end: 2_000_000, groups: 2))
    #expect(metrics.attribution.publish.count == 5)
    #expect(metrics.attribution.endToEnd.count == 5)
    for latency in metrics.attribution.publish + metrics.attribution.endToEnd {
      let terms = latency.terms.reduce(Int64(0)) { $0 + Int64(($1.milliseconds * 1e6).rounded()) }
      #expect(terms == Int64((latency.milliseconds * 1e6).rounded()))
      #expect(latency.terms.allSatisfy { $0.milliseconds >= 0 })
    }
    #expect(abs(metrics.attribution.publish[0].milliseconds - metrics.latency.publish.mean!) < 1e-6)
    #expect(abs(metrics.attribution.endToEnd[0].milliseconds - metrics.latency.endToEnd.mean!) < 1e-6)
  }

  @Test func `The records around a percentile are the nearest ones in rank`() {
    var load = MeasuredLoad()
    // Latencies of 1 to 20,000 microseconds, in an order of their own.
    for place in 0..<20_000 {
      let latency = Int64(place * 7_919 % 20_000 + 1)
      load.batch(intended: [0], baseOffset: Int64(place), finished: latency)
    }
    let publish = Metrics(load.input()).attribution.publish
    #expect(publish.map(\.records) == [20_000, 101, 101, 101, 101])
    // 101 latencies around the rank of 10,000, 18,000, 19,800; the last ones end with the longest.
    #expect(publish.map { shortest($0.milliseconds) } == ["10.0005", "10", "18", "19.8", "19.95"])
  }

  /// Records whose instants are drawn without any regard to their order.
  static func randomLoad(_ seed: UInt64) -> MeasuredLoad {
    var random = RandomStream(seed: seed, purpose: "attribution"), load = MeasuredLoad()
    func instant() -> Instant { Instant(nanoseconds: random.below(1_000_000_000)) }
    func exchange() -> ExchangeTimes {
      let times = ExchangeTimes()
      (times.left, times.arrived, times.begun, times.worked) = (instant(), instant(), instant(), instant())
      (times.answered, times.answerLeft, times.answerArrived) = (instant(), instant(), random.chance(1, in: 3) ? .distantFuture : instant())
      times.diskWait = Duration(nanoseconds: random.below(1_000_000))
      return times
    }
    var offset: Int64 = 0
    for number in 0..<400 {
      let count = 1 + Int(random.below(5))
      let intended = (0..<count).map { _ in random.below(1_000_000) }
      let values = load.batch(
        intended: intended, sent: intended.map { $0 + random.below(1_000) }, baseOffset: offset,
        finished: 1_000_000 + random.below(500_000)
      ) {
        ($0.opened, $0.ready, $0.firstDrained, $0.drained) = (instant(), instant(), instant(), instant())
        if number % 3 > 0 { $0.exchange = exchange() }
      }
      load.log.markVisible(0, upTo: Offset(offset + Int64(count)), at: instant())
      load.log.markSynced(0, upTo: Offset(offset + Int64(count)), at: instant())
      for group: Int32 in 0..<2 { load.deliver(values, from: offset, at: 1_000_000 + random.below(900_000), group: group, number % 4 > 0 ? exchange() : nil) }
      offset += Int64(count)
    }
    return load
  }
}
