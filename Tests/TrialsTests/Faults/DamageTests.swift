import Results
import Testing

@testable import Scenarios
@testable import Trials

/// What the story says in the end of damage that nobody was told of.
@Suite struct DamageTests {
  func fates(_ faults: String..., topics: String = "[{ name: t, replicas: [[1, 2, 3]] }]", duration: String = "20s") throws -> [String] {
    let scenario = try FaultEndTests.scenario(faults, topics: topics, duration: duration)
    return Trial(scenario, options: Trial.Options(seed: 1)).run().story.filter { $0.who == "trial" && $0.what.hasPrefix("disk: ") }.map(\.what)
  }

  @Test func `Rot on a leader is noticed by its readers`() throws {
    let told = try fates("{ at: 10s, disk: rot, node: 1, files: \"*/t-0/*.log\", bits: 40 }")
    #expect(told.contains { $0.contains("flipped bit") && $0.contains("t-0/00000000000000000000.log of broker-1: noticed by audit at ") }, "\(told)")
  }

  @Test func `Rot on a follower is never read`() throws {
    let told = try fates("{ at: 10s, disk: rot, node: 2, files: \"*/t-0/*.log\" }")
    let words = "t-0/00000000000000000000.log of broker-2: not noticed: never read since"
    #expect(told.count == 1 && told[0].contains("1 flipped bit in ") && told[0].hasSuffix(words), "\(told)")
  }

  @Test func `A recovery that truncates the log notices what it cannot read`() throws {
    let told = try fates(
      "{ at: 10s, disk: rot, node: 2, files: \"*/t-0/*.log\" }", "{ at: 11s, for: 2s, kill: 2 }")
    #expect(told.count == 1 && told[0].contains(": noticed by broker-2 at 13"), "\(told)")
  }

  @Test func `Phantom writes are in the page cache until a power loss takes them`() throws {
    let kept = try fates("{ from: 5s, to: 6s, disk: phantom-write, node: 2, files: \"*/t-0/*.log\" }")
    let words = "not noticed: the page cache has them, and no power was lost since"
    #expect(kept.count == 1 && kept[0].contains(" bytes that were never written in ") && kept[0].hasSuffix(words), "\(kept)")
    let lost = try fates(
      "{ from: 5s, to: 6s, disk: phantom-write, node: 2, files: \"*/t-0/*.log\" }", "{ at: 8s, for: 2s, power-loss: { nodes: 2, unsynced: kept } }")
    #expect(!lost.isEmpty && !lost.contains { $0.contains("page cache") }, "\(lost)")
  }

  @Test func `Damage that is deleted or overwritten before it is read is reported as such`() throws {
    for (delay, words) in [("1000", "deleted or replaced"), ("60000", "deleted")] {
      let told = try fates(
        "{ at: 4s, disk: rot, node: 2, files: \"*/t-0/00000000000000000000.log\" }", "{ at: 5s, admin: { delete-topic: { topic: t } } }",
        topics: "[{ name: t, replicas: [[1, 2, 3]], config: { file.delete.delay.ms: \(delay) } }]")
      #expect(told.count == 1 && told[0].hasSuffix("not noticed: the file was \(words) before anybody read it"), "\(told)")
    }
  }

  @Test func `If files are intact nothing is reported`() throws {
    #expect(try fates("{ from: 5s, to: 6s, disk: slow, node: 2 }").isEmpty)
  }
}
