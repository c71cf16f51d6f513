import Primitives
import Results
import Testing

@testable import Trials

/// Trials that are chosen because they come near a mark.
@Suite struct SeedSeekerTests {
  /// Runs a number of trials of two files: only one of ten values in one of them brings the mark about. Returns how many passed it.
  private func hits(of trials: Int, draws: (PlannedTrial) -> Bool = { _ in true }) -> (passed: Int, chosen: [PlannedTrial]) {
    var seeker = SeedSeeker([.tornTailCut]), chosen: [PlannedTrial] = [], passed = 0, looked: UInt64 = 0
    func draw(_ trial: PlannedTrial) -> [DrawnChoice]? { draws(trial) ? [DrawnChoice(path: "x", value: "\(trial.seed * 7 % 10)"), DrawnChoice(path: "y", value: "\(trial.seed % 3)")] : nil }
    for _ in 0..<trials {
      let next = seeker.trial({
        looked += 1
        return PlannedTrial(file: looked.isMultiple(of: 2) ? "a.yaml" : "b.yaml", seed: 100 + looked / 2)
      }, draw)
      guard let next, let choices = draw(next) else { continue }
      chosen.append(next)
      let isPassed = next.file == "a.yaml" && choices[0].value == "3"
      if isPassed { passed += 1 }
      seeker.learn(next, choices, isPassed ? [MarkCount(.tornTailCut, count: 2)] : [MarkCount(.batchSplit, count: 1)])
    }
    return (passed, chosen)
  }

  @Test func `Values that brought a mark about are drawn again`() {
    let (passed, chosen) = hits(of: 200)
    #expect(chosen.count == 200)
    // One in twenty by chance.
    #expect(passed > 60, "\(passed) of 200")
  }

  @Test func `Every fourth trial is the next one as it comes, and none is run twice`() {
    let chosen = hits(of: 200).chosen
    #expect(Set(chosen.map(\.line)).count == 200)
    #expect(chosen.count { $0.file == "b.yaml" } > 10)
  }

  @Test func `Values that do not fit together are not chosen`() {
    let chosen = hits(of: 100) { !$0.seed.isMultiple(of: 5) }.chosen
    #expect(chosen.allSatisfy { !$0.seed.isMultiple(of: 5) } && chosen.count > 70)
  }

  @Test func `It ends where there are no more trials`() {
    var seeker = SeedSeeker([.tornTailCut])
    var rest = [PlannedTrial(file: "a.yaml", seed: 1)]
    #expect(seeker.trial({ rest.popLast() }, { _ in [] })?.seed == 1)
    #expect(seeker.trial({ rest.popLast() }, { _ in [] }) == nil)
  }
}
