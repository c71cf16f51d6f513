import Measurement
import Results
import Scenarios
import Workloads

extension Scenario {
  /// What the scenario expects, held against what came of it, wherever it ran.
  ///
  /// A guarantee that nobody can judge there has no verdict, and what nobody can see there no sighting: whoever expects them by name is told that the run
  /// did not show them.
  ///
  /// - Parameter seesAll: whether everything that happened was seen, so that what was not seen did not happen.
  func expectationResults(_ verdicts: [Verdict], _ sightings: [Sighting: Int], seesAll: Bool = true) -> [ExpectationResult] {
    var results: [ExpectationResult] = []
    for name in expectation.violates {
      let conclusion = verdicts.first { $0.guarantee.rawValue == name }?.conclusion
      results.append(ExpectationResult(name, "\(name) violated", conclusion == .violated ? .met : conclusion == .holds ? .notMet : .notExercised))
    }
    for verdict in verdicts where mustHold(verdict.guarantee) {
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

  /// What must hold by name, and not only as one of all.
  private var namedGuarantees: [Guarantee] {
    Guarantee.allCases.filter { guarantee in
      if case .some(let names) = expectation.holds, names.contains(guarantee.rawValue) { return true }
      return guarantee == .availability && expectation.availability != nil && mustHold(guarantee)
    }
  }

  /// What to say of a violation that the settings of the producers explain.
  private func advice(on verdict: Verdict) -> String? {
    guard verdict.conclusion == .violated else { return nil }
    let remedy: String
    switch verdict.guarantee {
    case .reorder, .nonmonotonicSend: remedy = "set acks: all and enable.idempotence: true, or max.in.flight.requests.per.connection: 1"
    case .duplicate: remedy = "set acks: all and enable.idempotence: true, or retries: 0"
    default: return nil
    }
    // Requests that go one by one cannot change places.
    let fewestInFlight = verdict.guarantee == .duplicate ? 1 : 2
    guard let producer = workload.first(where: { $0.repeatedInFlight >= fewestInFlight }) else { return nil }
    return "the producer '\(producer.name)' retries without idempotence, which Kafka's default producer has: \(remedy) in its config"
  }

  private func mustHold(_ guarantee: Guarantee) -> Bool {
    if guarantee == .invariants { return !expectation.violates.contains(guarantee.rawValue) }
    if guarantee == .availability, expectation.availability != nil { return !expectation.violates.contains(guarantee.rawValue) }
    switch expectation.holds {
    case .none: return false
    case .all: return true
    case .some(let names): return names.contains(guarantee.rawValue)
    }
  }

  /// Guarantees without which a trial has shown nothing: where these examined nothing, it was not exercised. Of the others, some
  /// have nothing to look at in some scenarios (a single producer record has no order).
  private func isEssential(_ guarantee: Guarantee) -> Bool {
    if case .some = expectation.holds { return true }
    if guarantee == .availability { return expectation.availability != nil }
    return [.lostWrite, .unseen, .durability, .replicaDivergence, .oneLeaderPerEpoch].contains(guarantee)
  }
}

extension WorkloadPlan {
  /// How many requests of a connection may be under way together and be written again, each by itself; 0 where nothing is.
  fileprivate var repeatedInFlight: Int {
    guard let producer = application.producer, !producer.isIdempotent, producer.retries > 0, producer.acks.rawValue != 0 else { return 0 }
    return producer.maxInFlightRequestsPerConnection
  }
}

extension Delivery {
  /// What the counts of records show to have happened.
  var sightings: [Sighting: Int] {
    let byRule = deletedBy.reduce(0) { $0 + ($1.reason == DurabilityContract.compaction ? 0 : $1.count) }
    return [.recordsDeleted: byRule, .permittedLoss: permittedLoss].filter { $0.value > 0 }
  }
}
