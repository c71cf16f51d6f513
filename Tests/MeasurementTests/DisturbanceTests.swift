import Primitives
import ResultSamples
import Testing
import Workloads

@testable import Measurement

@Suite struct DisturbanceTests {
  /// A record each millisecond for a second that takes `latency` milliseconds by its intended time.
  static func load(_ latency: (Int64) -> Int64) -> MeasuredLoad {
    var load = MeasuredLoad()
    for millisecond: Int64 in 0..<1_000 {
      load.batch(intended: [millisecond * 1_000], baseOffset: millisecond, finished: (millisecond + latency(millisecond)) * 1_000)
    }
    return load
  }

  static func fault(_ from: Int64, _ to: Int64?, hit: Int = 1) -> FaultSpan {
    FaultSpan(name: "kill", from: MeasuredLoad.at(from * 1_000), to: to.map { MeasuredLoad.at($0 * 1_000) }, hit: hit)
  }

  static func disturbance(_ load: MeasuredLoad, _ faults: [FaultSpan] = [fault(400, 500)], _ delivery: DeliveryFacts = DeliveryFacts()) -> [Disturbance] {
    Metrics(load.input(window: 100_000..<1_000_000, end: 1_100_000, series: 50_000, faults: faults, delivery: delivery)).disturbances
  }

  @Test func `Latency and rate are reported before, during and after a fault, with the time to recover`() {
    let disturbance = Self.disturbance(Self.load { $0 >= 400 && $0 < 450 ? 60 : 2 })[0]
    #expect(disturbance.before.publishMax == 2)
    #expect(disturbance.during.publishMax == 60)
    #expect(disturbance.after.publishMax == 2)
    #expect(disturbance.before.recordsPerSecond == 1_000)
    #expect(disturbance.late == 50)
    // The records of the first 50 ms are told in the second 60 ms: the windows up to 550 ms are disturbed.
    #expect(disturbance.recoverySeconds == 0.15)
    #expect(disturbance.fromSeconds == 0.4)
    #expect(disturbance.toSeconds == 0.5)
  }

  @Test func `A fault without an effect has recovered immediately`() {
    let disturbance = Self.disturbance(Self.load { _ in 2 })[0]
    #expect(disturbance.recoverySeconds == 0)
    #expect(disturbance.late == 0)
  }

  @Test func `A latency that stays high never recovers`() {
    #expect(Self.disturbance(Self.load { $0 >= 400 ? 3 : 2 })[0].recoverySeconds == nil)
  }

  @Test func `A fault that never took effect gets no figures`() {
    let disturbance = Self.disturbance(Self.load { _ in 2 }, [Self.fault(400, nil, hit: 0)])[0]
    #expect(!disturbance.isExercised)
    #expect(disturbance.recoverySeconds == nil)
    #expect(disturbance.toSeconds == nil)
  }

  @Test func `Loss is attributed to the next fault to end, duplication to the last that had begun`() {
    let faults = [Self.fault(300, 350), Self.fault(600, 650), Self.fault(700, 720, hit: 0)]
    let list = Self.disturbance(Self.load { _ in 2 }, faults, DeliveryFacts(lost: [310, 500], duplicated: [400, 610, 900]))
    #expect(list.map(\.lost) == [1, 1, 0])
    #expect(list.map(\.duplicated) == [1, 2, 0])
  }
}
