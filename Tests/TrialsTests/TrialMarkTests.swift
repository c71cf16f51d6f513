import Foundation
import Primitives
import Results
import Scenarios
import Synchronization
import Testing

@testable import Trials

@Suite struct TrialMarkTests {
  private func run(_ file: String, seed: UInt64, countsMarks: Bool = true, _ invariants: InvariantChecks = .usual) throws -> RunResult {
    let path = TrialTests.root.appendingPathComponent("scenarios/\(file).yaml").path
    var options = Trial.Options(seed: seed)
    options.countsMarks = countsMarks
    options.invariants = invariants
    let scenario = try ScenarioLibrary.scenario(at: path, overrides: file.hasPrefix("smoke/") ? ["duration=5s", "faults[0].to=4s"] : []).drawn(seed: seed)
    return Trial(scenario, options: options).run()
  }

  @Test func `A trial passes the marks of what it shows, and counting them changes nothing else`() throws {
    var counted = try run("hazards/kip-101-truncation-loss", seed: 7)
    #expect(counted.marks.contains { $0.mark == .leadershipEnded } && counted.marks.contains { $0.mark == .brokerRegisteredAgain })
    let plain = try run("hazards/kip-101-truncation-loss", seed: 7, countsMarks: false)
    #expect(plain.marks.isEmpty)
    counted.marks = []
    #expect(counted == plain)
  }

  @Test func `Checks of invariants pass no marks`() throws {
    #expect(try run("smoke/crash", seed: 3, .told).marks == run("smoke/crash", seed: 3, .off).marks)
  }

  @Test func `Trials that run at the same time on two threads have the counts that each has alone`() throws {
    let seeds: [UInt64] = [3, 4]
    let alone = try seeds.map { try run("smoke/crash", seed: $0).marks }
    #expect(alone[0] != alone[1] && alone.allSatisfy { !$0.isEmpty })
    let together = Mutex<[UInt64: [MarkCount]]>([:]), threads = DispatchGroup()
    for seed in seeds {
      threads.enter()
      let thread = Thread {
        let marks = (try? run("smoke/crash", seed: seed).marks) ?? []
        together.withLock { $0[seed] = marks }
        threads.leave()
      }
      thread.stackSize = 8 << 20
      thread.start()
    }
    threads.wait()
    let found = together.withLock { $0 }
    #expect(seeds.map { found[$0] } == alone)
  }
}
