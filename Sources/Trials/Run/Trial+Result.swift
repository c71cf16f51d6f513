import Primitives
import Results
import Sim
import Workloads

extension Trial {
  /// The version of this build: a trial depends on it.
  public static let build = "0.1.0"
}

extension RunResult {
  /// The result of a finished trial.
  ///
  /// - Parameters:
  ///   - played: nil if the cluster did not come up.
  ///   - groups: nil if there are no consumer groups.
  ///   - transactions: nil if no client has a transactional id.
  init(
    of cluster: TrialCluster, _ judgement: RunJudgement, _ played: PlayedScenario?, _ groups: GroupsReport? = nil,
    _ transactions: TransactionsReport? = nil
  ) {
    let scenario = cluster.scenario, world = cluster.world, observer = cluster.observer, origin = observer.origin
    if cluster.checks != .off { world.checkInvariants() }
    let verdicts = judgement.verdicts + (cluster.invariantVerdict.map { [$0] } ?? [])
    let sightings = observer.sightings.merging(judgement.delivery.sightings, uniquingKeysWith: +)
    self.init(
      scenario: scenario.name, about: scenario.about, variant: scenario.variant, seed: world.seed, choices: scenario.choices, build: Trial.build, traceHash: world.traceHash,
      events: world.statistics.events, simulated: world.now - .zero, verdicts: verdicts, delivery: judgement.delivery,
      faults: (played?.driver.counts ?? []).map { FaultCount(name: $0.name, planned: $0.planned, hit: $0.hit) },
      bands: (played?.driver.spans ?? []).map { span in
        FaultBand(fault: span.name, fromSeconds: (span.from - origin).seconds, toSeconds: span.to.map { ($0 - origin).seconds })
      },
      sightings: Sighting.allCases.compactMap { sighting in sightings[sighting].map { SightingCount(sighting, count: $0) } },
      expectations: scenario.expectationResults(verdicts, sightings), clientErrors: observer.clientErrors.counts(since: origin),
      availability: played?.availability.summary, groups: groups, transactions: judgement.transactions,
      coordinatedTransactions: transactions,
      story: observer.story.map { line in
        var line = line
        line.time = line.time - (origin - .zero)
        return line
      }, replay: scenario.replayCommand(seed: world.seed) + (world.invariants.broken.isEmpty ? "" : " --check"))
  }
}

extension Scenario {
  /// The command that repeats a trial of this scenario.
  public func replayCommand(seed: UInt64) -> String {
    var words = ["trial replay", file, "--seed", String(seed)]
    if let variant { words += ["--variant", variant] }
    for override in overrides { words += ["--set", override.contains(" ") ? "'\(override)'" : override] }
    return words.joined(separator: " ")
  }
}
