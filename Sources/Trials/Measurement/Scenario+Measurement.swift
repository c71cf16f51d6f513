import Client
import Measurement
import Primitives
import Scenarios
import Workloads

// What a measurement needs to know about a scenario, wherever that ran.

extension LawFacts.Producer {
  /// The entries of a scenario that send.
  static func all(of scenario: Scenario) -> [LawFacts.Producer] {
    scenario.workload.compactMap { plan in
      plan.application.producer.map { configuration in
        LawFacts.Producer(
          clients: plan.processCount, acks: configuration.acks.rawValue, linger: configuration.linger, batchSize: configuration.batchSize,
          maxInFlight: configuration.maxInFlightRequestsPerConnection, isCompressed: configuration.compression != .none,
          maxRequestSize: configuration.maxRequestSize)
      }
    }
  }
}

extension RecordRate {
  /// The rate that the schedules of a scenario request after the warm-up; nil if a producer follows none. The bytes a second use the mean size of the records
  /// that were sent.
  init?(offeredBy scenario: Scenario, _ log: LoadLog) {
    let warmup = scenario.warmup
    guard scenario.duration > warmup, let rate = scenario.offeredRate(from: warmup, to: scenario.duration)?.recordsPerSecond else { return nil }
    let bytes = log.records.reduce(0) { $0 + Int64($1.bytes) }
    self.init(recordsPerSecond: rate, bytesPerSecond: log.records.isEmpty ? 0 : rate * Double(bytes) / Double(log.records.count))
  }
}
