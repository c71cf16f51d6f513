import Foundation
import Primitives
import Results
import Scenarios
import Workloads

/// Makes a failing trial smaller: a scenario without chance, of which everything goes that the failure does not need.
///
/// Each smaller scenario is run with the same seed, and stays only if it fails in the same way (`FailureKind`). The result is therefore a scenario that was seen to fail, at any time: it can be stopped when
/// it has been small enough or has taken long enough.
public final class Shrinker {
  /// What became of scenarios that were run, in the order in which they were given; nil for one whose process died.
  public typealias Run = (_ texts: [String], _ seeds: [UInt64]) throws -> [[FailureKind]?]

  /// What is being shrunk.
  public struct Failing: Sendable {
    public let name: String
    public let seed: UInt64
    /// The failure that has to stay.
    public let kind: FailureKind
    /// The evidence of the first run, for the text about the scenario.
    public let evidence: String
    /// The command that repeats the trial that it all began with.
    public let replay: String

    /// nil if the trial did not fail.
    public init?(_ result: RunResult) {
      guard let kind = result.failureKinds.first else { return nil }
      name = result.scenario
      seed = result.seed
      self.kind = kind
      evidence = result.verdicts.first { $0.guarantee.rawValue == kind.guarantee }?.cases.first ?? ""
      replay = result.replay
    }
  }

  public struct Progress: Sendable {
    /// The last thing that could go.
    public var words: String
    public var faults: Int
    /// Scenarios that were run.
    public var runs: Int
  }

  private let failing: Failing
  /// How many scenarios are run side by side.
  private let width: Int
  private let run: Run
  private let isOver: () -> Bool
  private(set) var document: Value
  /// What happens in the shrunk scenario; empty as long as that is not known.
  private var digest = ""
  /// Of the last scenario that was looked at.
  private var evidence: String
  /// Everything that was run, so that nothing is run twice.
  private var tried: Set<String> = []
  public private(set) var runs = 0

  /// - Parameters:
  ///   - text: the scenario without chance that failed.
  ///   - isOver: whether no further scenario is to be run.
  public init(_ text: String, of failing: Failing, width: Int, isOver: @escaping () -> Bool, run: @escaping Run) throws {
    self.failing = failing
    evidence = failing.evidence
    self.width = width
    self.run = run
    self.isOver = isOver
    document = try Value.parse(text, source: "shrunk.yaml").withKeyedFaults
    tried = [document.yaml]
  }

  /// Reduces until nothing more can go, or until it is over.
  ///
  /// - Parameter onProgress: called after each step with a scenario that fails.
  public func shrink(onProgress: (Progress) -> Void) throws {
    // Entries got keys for their random streams: they must not have changed the trial.
    guard try fails([document]).first == true else { throw ShrinkError.notRepeated }
    var isSmaller = true
    while isSmaller, !isOver() {
      isSmaller = false
      for pass in Reductions.passes {
        while !isOver(), let step = try firstThatFails(pass(document)) {
          document = step.document
          isSmaller = true
          onProgress(Progress(words: step.words, faults: faultCount, runs: runs))
        }
      }
    }
    try nameInstants(onProgress)
    try becomeRobust(onProgress)
    if !isOver() { tell(try look()) }
  }

  // MARK: Instants

  /// How many other ways to say when an entry happens are tried with other seeds.
  private static let mostTried = 3

  /// Says with named instants when entries happen, where no fewer seeds fail then.
  private func nameInstants(_ onProgress: (Progress) -> Void) throws {
    var failures: Int?
    for entry in MomentReductions(document: document, comings: []).entries where !isOver() {
      let moments = MomentReductions(document: document, comings: try look().instants)
      var best: (reduction: Reduction, failures: Int)?, tried = 0
      let before = try failures ?? failuresOfOtherSeeds()
      for reductions in moments.reductions(ofEntry: entry) where tried < Self.mostTried && best?.failures != Self.otherSeeds {
        guard let reduction = try firstThatFails(reductions) else { continue }
        tried += 1
        let count = try failuresOfOtherSeeds(of: reduction.document)
        if count > best?.failures ?? before - 1 { best = (reduction, count) }
      }
      failures = best?.failures ?? before
      guard let best else { continue }
      document = best.reduction.document
      onProgress(Progress(words: best.reduction.words, faults: faultCount, runs: runs))
    }
  }

  // MARK: Other seeds

  /// How many changes are tried with other seeds, so that the end is in sight.
  private static let mostChanges = 24

  /// Says what happens in a way that fits more seeds, where more of them fail then.
  private func becomeRobust(_ onProgress: (Progress) -> Void) throws {
    var failures = try failuresOfOtherSeeds(), changes = 0, decided: Set<String> = []
    while failures < Self.otherSeeds, changes < Self.mostChanges, !isOver() {
      guard let choice = RobustnessChanges(document).choices.first(where: { decided.insert($0.place).inserted }) else { return }
      let alternatives = choice.alternatives.filter { tried.insert($0.document.yaml).inserted && isReadable($0.document) }
      var best: (change: Reduction, failures: Int)?
      for (change, fails) in zip(alternatives, try fails(alternatives.map(\.document))) where fails && !isOver() {
        changes += 1
        let count = try failuresOfOtherSeeds(of: change.document)
        if count > best?.failures ?? failures - (choice.isBetterInItself ? 1 : 0) { best = (change, count) }
      }
      guard let best else { continue }
      (document, failures) = (best.change.document, best.failures)
      onProgress(Progress(words: best.change.words, faults: faultCount, runs: runs))
    }
  }

  /// Runs the scenario once more within this process: it was seen to end.
  private func look() throws -> Trial {
    var options = Trial.Options(seed: failing.seed)
    options.tellsDetails = false
    options.keepsPictures = false
    options.recordsInstants = true
    let trial = Trial(try ScenarioDocument(document, file: "shrunk.yaml").scenario(), options: options)
    _ = trial.run()
    return trial
  }

  private func tell(_ trial: Trial) {
    guard let result = trial.outcome?.result, result.failureKinds.contains(failing.kind) else { return }
    digest = FailureStory(result.story).text
    evidence = result.verdicts.first { $0.guarantee.rawValue == failing.kind.guarantee }?.cases.first ?? evidence
  }

  private func firstThatFails(_ reductions: [Reduction]) throws -> Reduction? {
    var rest = reductions[...]
    while !rest.isEmpty, !isOver() {
      var batch: [Reduction] = []
      while batch.count < width, let next = rest.popFirst() {
        if tried.insert(next.document.yaml).inserted, isReadable(next.document) { batch.append(next) }
      }
      guard !batch.isEmpty else { break }
      if let index = try fails(batch.map(\.document)).firstIndex(of: true) { return batch[index] }
    }
    return nil
  }

  private func isReadable(_ document: Value) -> Bool { (try? ScenarioDocument(document, file: "shrunk.yaml").scenario()) != nil }

  private func fails(_ documents: [Value]) throws -> [Bool] {
    runs += documents.count
    return try run(documents.map(\.yaml), documents.map { _ in failing.seed }).map { $0?.contains(failing.kind) ?? false }
  }

  public var faultCount: Int { document["faults"]?.elements?.count ?? 0 }

  /// In how many of ten other seeds the shrunk scenario violates the guarantee.
  public func failuresOfOtherSeeds() throws -> Int { try failuresOfOtherSeeds(of: document) }

  private func failuresOfOtherSeeds(of document: Value) throws -> Int {
    let seeds = (1...UInt64(Self.otherSeeds)).map { failing.seed &+ $0 }
    return try run(seeds.map { _ in document.yaml }, seeds).count { kinds in kinds?.contains { $0.guarantee == failing.kind.guarantee } ?? false }
  }

  public static let otherSeeds = 10

  /// The shrunk scenario as a file to keep: it says what happens, and expects it.
  ///
  /// - Parameter otherFailures: see `failuresOfOtherSeeds`; nil if that is not known.
  public func text(otherFailures: Int?) -> String {
    var kept = document
    kept.put("name", .word("\(failing.name)-seed-\(failing.seed)"))
    kept.put("about", .word((digest.isEmpty ? "" : digest + " ") + "\(failing.kind.guarantee) is violated: \(evidence)"))
    if Guarantee(rawValue: failing.kind.guarantee) != nil { kept.put("expect", .map(["violates": .list([.word(failing.kind.guarantee)])])) }
    let others = otherFailures.map { "\n# Of \(Self.otherSeeds) other seeds \($0) fail as well." } ?? ""
    return """
      # Shrunk from: \(failing.replay)
      # It fails with --seed \(failing.seed).\(others)

      """ + kept.yaml
  }
}

public enum ShrinkError: Error {
  /// The trial that was written down does not fail as it did.
  case notRepeated
}

extension Value {
  /// The document with a key of its random streams at every fault, so that none of them draws otherwise when another one goes.
  var withKeyedFaults: Value {
    guard let entries = self["faults"]?.elements else { return self }
    var keyed = self, names: [String] = []
    keyed.put(
      "faults",
      .list(
        entries.enumerated().map { index, entry in
          var entry = entry
          let name = entry["name"]?.scalar ?? FaultReader.word(of: entry) ?? ""
          names.append(name)
          if entry["key"] == nil { entry.put("key", .word("\(index) \(name)")) }
          return entry
        }))
    return keyed
  }
}
