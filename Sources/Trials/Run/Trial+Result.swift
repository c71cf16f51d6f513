import Primitives
import Report
import Sim
import Workloads

extension Trial {
  /// The version of this build: part of what a trial is a function of.
  public static let build = "0.1.0"

  func result(verdicts: [Verdict], delivery: Delivery, faults: [FaultCount]) -> TrialResult {
    var sightings = observer.sightings
    if delivery.deleted > 0 { sightings[.recordsDeleted, default: 0] += delivery.deleted }
    if delivery.permittedLoss > 0 { sightings[.permittedLoss, default: 0] += delivery.permittedLoss }
    return TrialResult(
      scenario: scenario.name, variant: scenario.variant, seed: world.seed, build: Self.build, traceHash: world.traceHash, events: events,
      simulated: simulated, verdicts: verdicts, delivery: delivery, faults: faults,
      sightings: Sighting.allCases.compactMap { sighting in sightings[sighting].map { SightingCount(sighting, count: $0) } },
      expectations: expectations(verdicts, sightings), availability: availability?.summary, story: observer.story.map { line in
        var line = line
        line.time = line.time - (origin - .zero)
        return line
      }, replay: scenario.replayCommand(seed: world.seed))
  }

  private func expectations(_ verdicts: [Verdict], _ sightings: [Sighting: Int]) -> [ExpectationResult] {
    var results: [ExpectationResult] = []
    for name in scenario.expectation.violates {
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
    for name in scenario.expectation.seen {
      let isSeen = Sighting(rawValue: name).map { sightings[$0, default: 0] > 0 } ?? false
      results.append(ExpectationResult(name, "\(name) to be seen", isSeen ? .met : .notExercised))
    }
    return results
  }

  /// What to say of a violation that the settings of the producers explain.
  private func advice(on verdict: Verdict) -> String? {
    guard verdict.conclusion == .violated else { return nil }
    let remedy: String
    switch verdict.guarantee {
    case .reorder, .nonmonotonicSend: remedy = "set retries: 0 or max.in.flight.requests.per.connection: 1"
    case .duplicate: remedy = "set retries: 0"
    default: return nil
    }
    // Requests that go one by one cannot change places.
    let fewestInFlight = verdict.guarantee == .duplicate ? 1 : 2
    guard let producer = scenario.workload.first(where: { settings.repeatingProducers[$0.name] ?? 0 >= fewestInFlight }) else { return nil }
    return "the producer '\(producer.name)' retries without idempotence, which Kafka's default producer has: \(remedy) in its config"
  }

  private func mustHold(_ guarantee: Guarantee) -> Bool {
    if guarantee == .availability, scenario.expectation.availability != nil { return !scenario.expectation.violates.contains(guarantee.rawValue) }
    switch scenario.expectation.holds {
    case .none: return false
    case .all: return true
    case .some(let names): return names.contains(guarantee.rawValue)
    }
  }

  /// Guarantees without which a trial has shown nothing: where these examined nothing, it was not exercised. Of the others, some
  /// have nothing to look at in some scenarios (a single producer record has no order).
  private func isEssential(_ guarantee: Guarantee) -> Bool {
    if case .some = scenario.expectation.holds { return true }
    if guarantee == .availability { return scenario.expectation.availability != nil }
    return [.lostWrite, .unseen, .durability, .replicaDivergence, .oneLeaderPerEpoch].contains(guarantee)
  }
}

extension Scenario {
  /// The command that repeats a trial of this scenario.
  func replayCommand(seed: UInt64) -> String {
    var words = ["trial replay", file, "--seed", String(seed)]
    if let variant { words += ["--variant", variant] }
    for override in overrides { words += ["--set", override.contains(" ") ? "'\(override)'" : override] }
    return words.joined(separator: " ")
  }
}

extension Delivery {
  /// What the history tells.
  init(_ analysis: Analysis) {
    self.init()
    for facts in analysis.values {
      switch facts.outcome {
      case .none: continue
      case .ok: acked += 1
      case .failed: failed += 1
      case .unknown, .open: unknown += 1
      }
      sent += 1
    }
  }
}
