import Measurement
import Results
import Scenarios
import Workloads

extension Scenario {
  /// The scenario's expectations, compared with the outcome, wherever it ran.
  ///
  /// A guarantee that cannot be judged there has no verdict, and an occurrence that cannot be observed there has no sighting: an expectation that names either
  /// is reported as not shown.
  ///
  /// - Parameter seesAll: whether everything that happened was observed, so that what was not seen did not happen.
  func expectationResults(_ verdicts: [Verdict], _ sightings: [Sighting: Int], seesAll: Bool = true) -> [ExpectationResult] {
    var results: [ExpectationResult] = []
    for name in expectation.violates {
      let conclusion = verdicts.first { $0.guarantee.rawValue == name }?.conclusion
      results.append(ExpectationResult(name, "\(name) violated", conclusion == .violated ? .met : conclusion == .holds ? .notMet : .notExercised))
    }
    for verdict in verdicts where mustHold(verdict.guarantee, sightings) {
      guard verdict.conclusion != .unknown || isEssential(verdict.guarantee) else { continue }
      results.append(
        ExpectationResult(
          verdict.guarantee.rawValue, "\(verdict.guarantee.rawValue) to hold",
          verdict.conclusion == .holds ? .met : verdict.conclusion == .violated ? .notMet : .notExercised, advice: advice(on: verdict)))
    }
    for guarantee in namedGuarantees where !verdicts.contains(where: { $0.guarantee == guarantee }) {
      results.append(ExpectationResult(guarantee.rawValue, "\(guarantee.rawValue) to hold", .notExercised))
    }
    func isSeen(_ name: String) -> Bool { Sighting(rawValue: name).map { sightings[$0, default: 0] > 0 } ?? false }
    for name in expectation.seen { results.append(ExpectationResult(name, "\(name) to be seen", isSeen(name) ? .met : .notExercised)) }
    for name in expectation.never {
      results.append(ExpectationResult(name, "\(name) never to be seen", isSeen(name) ? .notMet : seesAll ? .met : .notExercised))
    }
    return results
  }

  /// Guarantees that the scenario expects to hold by name, not only as part of `all`.
  private var namedGuarantees: [Guarantee] {
    Guarantee.allCases.filter { guarantee in
      if case .some(let names) = expectation.holds, names.contains(guarantee.rawValue) { return true }
      return guarantee == .availability && expectation.availability != nil && !expectation.violates.contains(guarantee.rawValue)
    }
  }

  /// Advice on a violation that the settings of the producers explain.
  private func advice(on verdict: Verdict) -> String? {
    guard verdict.conclusion == .violated else { return nil }
    let remedy: String
    switch verdict.guarantee {
    case .reorder, .nonmonotonicSend: remedy = "set acks: all and enable.idempotence: true, or max.in.flight.requests.per.connection: 1"
    case .duplicate: remedy = "set acks: all and enable.idempotence: true, or retries: 0"
    default: return nil
    }
    // A connection with one request at a time cannot reorder them.
    let fewestInFlight = verdict.guarantee == .duplicate ? 1 : 2
    guard let producer = workload.first(where: { $0.repeatedInFlight >= fewestInFlight }) else { return nil }
    return "the producer '\(producer.name)' retries without idempotence, which Kafka's default producer has: \(remedy) in its config"
  }

  private func mustHold(_ guarantee: Guarantee, _ sightings: [Sighting: Int]) -> Bool {
    if guarantee == .invariants { return !expectation.violates.contains(guarantee.rawValue) }
    if guarantee == .availability, expectation.availability != nil { return !expectation.violates.contains(guarantee.rawValue) }
    switch expectation.holds {
    case .none: return false
    case .all: return true
    case .promised: return isPromised(guarantee, after: Set(sightings.lazy.filter { $0.value > 0 }.map(\.key)))
    case .some(let names): return names.contains(guarantee.rawValue)
    }
  }

  /// Essential guarantees: a trial that examined nothing for these has not been exercised. Some others
  /// have nothing to examine in some scenarios (a single record has no order).
  private func isEssential(_ guarantee: Guarantee) -> Bool {
    if case .some = expectation.holds { return true }
    if guarantee == .availability { return expectation.availability != nil }
    if expectation.holds == .promised { return [.durability, .replicaDivergence, .oneLeaderPerEpoch].contains(guarantee) }
    return [.lostWrite, .unseen, .durability, .replicaDivergence, .oneLeaderPerEpoch].contains(guarantee)
  }
}

extension WorkloadPlan {
  /// The number of requests that a connection may have in flight and retry individually; 0 if nothing is retried.
  var repeatedInFlight: Int {
    guard let producer = application.producer, !producer.isIdempotent, producer.retries > 0, producer.acks.rawValue != 0 else { return 0 }
    return producer.maxInFlightRequestsPerConnection
  }
}

extension Delivery {
  /// The sightings that follow from the counts of records.
  var sightings: [Sighting: Int] {
    let byRule = deletedBy.reduce(0) { $0 + ($1.reason == DurabilityContract.compaction ? 0 : $1.count) }
    return [.recordsDeleted: byRule, .permittedLoss: permittedLoss].filter { $0.value > 0 }
  }
}
