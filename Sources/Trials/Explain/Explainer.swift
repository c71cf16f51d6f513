import Host
import Primitives
import Results
import Scenarios
import Sim
import Workloads

/// Explains the first violation of a trial: what led to it, and which entries of the schedule it needs.
public final class Explainer {
  /// The results of scenarios that were run, in the order in which they were given; nil for one that was not run to its end.
  public typealias Run = (_ texts: [String], _ seed: UInt64) throws -> [RunResult?]

  private let trial: Trial
  private let result: RunResult
  private let verdict: Verdict
  private let facts: FactLog
  private let outcome: TrialOutcome
  private let driver: FaultDriver
  /// Empty until they were looked for.
  private var faults: [Explanation.Fault] = []
  /// The deeds without which the violation does not come.
  private var needed: [Int] = []

  /// Returns nil if there is nothing to explain: no guarantee was violated, or the cluster did not come up.
  ///
  /// - Parameters:
  ///   - trial: one that has run, with `TrialOptions.recordsCauses`.
  ///   - result: what its `run` gave.
  public init?(_ trial: Trial, _ result: RunResult) {
    guard let facts = trial.cluster.observer.facts, let outcome = trial.outcome, let rested = outcome.rested,
      let verdict = trial.cluster.scenario.violationToExplain(in: result)
    else { return nil }
    self.trial = trial
    self.result = result
    self.verdict = verdict
    self.facts = facts
    self.outcome = outcome
    driver = rested.played.driver
  }

  // MARK: Without each fault

  /// Runs the trial again without each entry of its schedule, written down without chance, one at a time.
  ///
  /// Throws `ExplainError.notRepeated` if the trial that was written down does not fail as it did.
  ///
  /// - Parameter folder: where the scenarios will be when they are run.
  public func tryWithoutFaults(in folder: String, _ run: Run) throws {
    let file = "\(folder)/explained.yaml", document = try Value.parse(trial.scenarioWithoutChance(for: file), source: file).withKeyedFaults
    guard let entries = document["faults"]?.elements, !entries.isEmpty, let written = trial.cluster.scenario.document["faults"]?.elements else { return }
    let deeds = self.deeds(of: ScheduleWithoutChance(of: driver, as: written).sources)
    let removals = entries.indices.map { FaultRemoval(of: $0, from: document, entries, file: file) }
    let runnable = removals.indices.filter { removals[$0].isReadable }
    let results = try run([document.yaml] + runnable.map { removals[$0].document.yaml }, result.seed)
    guard let repeated = results.first, let again = repeated.map(outcome(of:)) else { throw ExplainError.notRepeated }
    guard again == .same else { throw ExplainError.notRepeated }
    var outcomes = Array(repeating: Explanation.Fault.Outcome.unknown, count: removals.count)
    for (index, result) in zip(runnable, results.dropFirst()) { outcomes[index] = result.map(outcome(of:)) ?? .unknown }
    faults = removals.indices.map { index in
      let deed = deeds[index]
      return Explanation.Fault(
        what: deed.map { facts[$0].deed?.words ?? "" } ?? removals[index].name, seconds: deed.map { seconds(facts[$0].time) },
        together: removals[index].others.map { other in deeds[other].map { facts[$0].deed?.words ?? "" } ?? removals[other].name }, outcome: outcomes[index])
    }
    needed = removals.indices.filter { outcomes[$0] == .prevented }.compactMap { deeds[$0] }
  }

  /// For each written entry, where it is told that it began; nil where it never did. Entries that were made of one come in the order in which it acted.
  private func deeds(of sources: [Int]) -> [Int?] {
    let begun = (Array(facts.all(.fault)) + facts.all(.remedy)).sorted()
    var used: [Int: Int] = [:]
    return sources.map { source in
      let own = begun.filter { facts[$0].deed?.entry == source }, number = used[source, default: 0]
      used[source] = number + 1
      return own.indices.contains(number) ? own[number] : own.first
    }
  }

  private func outcome(of result: RunResult) -> Explanation.Fault.Outcome {
    guard let verdict = result.verdicts.first(where: { $0.guarantee == self.verdict.guarantee }) else { return .unknown }
    switch verdict.conclusion {
    case .unknown: return .unknown
    case .holds: return .prevented
    case .violated: return kind(of: verdict) == kind(of: self.verdict) ? .same : .otherEvidence
    }
  }

  private func kind(of verdict: Verdict) -> FailureKind { FailureKind(guarantee: verdict.guarantee.rawValue, evidence: verdict.cases.first) }

  // MARK: What led to it

  public var explanation: Explanation {
    let analysis = Analysis(of: outcome.judged.history, deletions: outcome.judged.deletions, origin: outcome.origin)
    let search = CauseSearch(facts, analysis, world: trial.cluster.world, nodes: trial.cluster.observer.nodes ?? trial.cluster.nodes, driver: driver,
      origin: outcome.origin)
    let told = facts.first(.finding) { fact in
      if case .finding(let words) = fact.content { words == verdict.cases.first } else { false }
    }
    let evidence = search.addEvidence(at: told.map { facts[$0].time } ?? trial.cluster.world.now, told.map { facts[$0].event } ?? .none)
    search.start(verdict.guarantee, verdict.subject, for: evidence)
    search.run()
    for deed in needed.map(search.occasion) { search.add(fact: deed, for: evidence, "without it this does not happen") }
    var explanation = ExplanationWriter(search, verdict, origin: outcome.origin).explanation
    explanation.faults = faults
    return explanation
  }

  private func seconds(_ time: Instant) -> Double { (time - outcome.origin).seconds }
}

public enum ExplainError: Error {
  /// The trial that was written down without chance does not fail as it did.
  case notRepeated
}

extension Scenario {
  /// The verdict whose violation is to be explained: the first one that the scenario does not expect, then the first one that it expects, then any.
  func violationToExplain(in result: RunResult) -> Verdict? {
    let violated = result.verdicts.filter { $0.conclusion == .violated }
    let unexpected = result.expectations.first { expectation in expectation.conclusion == .notMet && violated.contains { $0.guarantee.rawValue == expectation.subject } }
    let named = [unexpected?.subject].compactMap { $0 } + expectation.violates
    return named.lazy.compactMap { name in violated.first { $0.guarantee.rawValue == name } }.first ?? violated.first
  }
}
