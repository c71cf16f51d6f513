import Primitives
import Results
import Sim
import Workloads

extension Trial {
  /// The version of this build: part of what a trial is a function of.
  public static let build = "0.1.0"

  func result(_ judgement: RunJudgement, faults: [FaultCount]) -> TrialResult {
    world.checkInvariants()
    let verdicts = judgement.verdicts + (invariantVerdict.map { [$0] } ?? [])
    let sightings = observer.sightings.merging(judgement.delivery.sightings, uniquingKeysWith: +)
    return TrialResult(
      scenario: scenario.name, about: scenario.about, variant: scenario.variant, seed: world.seed, build: Self.build, traceHash: world.traceHash, events: events,
      simulated: simulated, verdicts: verdicts, delivery: judgement.delivery, faults: faults, bands: bands,
      sightings: Sighting.allCases.compactMap { sighting in sightings[sighting].map { SightingCount(sighting, count: $0) } },
      expectations: scenario.expectationResults(verdicts, sightings), availability: availability?.summary, story: observer.story.map { line in
        var line = line
        line.time = line.time - (origin - .zero)
        return line
      }, replay: scenario.replayCommand(seed: world.seed) + (world.invariants.broken.isEmpty ? "" : " --check"))
  }

  /// When the faults of the schedule were at work, on the scenario's clock.
  private var bands: [FaultBand] {
    (driver?.spans ?? []).map { span in
      FaultBand(fault: span.name, fromSeconds: (span.from - origin).seconds, toSeconds: span.to.map { ($0 - origin).seconds })
    }
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
