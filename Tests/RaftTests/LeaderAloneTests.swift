import Host
import Primitives
import Sim
import Testing

@testable import Raft

/// A leader that other voters have deposed, with the quorum as the check of its epoch and without.
@Suite struct LeaderAloneTests {
  private func cutOff(checks: Bool) throws -> (quorum: Quorum, former: NodeIndex, observer: NodeIndex, fault: FaultID) {
    let quorum = Quorum(voters: 3, observers: 1) {
      $0.switches.controllerEpochCheck = checks
      $0.switches.checkQuorum = false
    }
    let former = try #require(quorum.leader()), observer = quorum.observers[0]
    quorum.run(100)
    let others = quorum.voters.filter { $0 != former }
    let fault = quorum.world.apply(.partition([[former, observer], others]), name: "cut off")
    quorum.node(former).append("alone")
    let next = try #require(quorum.leader(otherThan: former))
    quorum.node(next).append("together")
    quorum.run(2_000)
    return (quorum, former, observer, fault)
  }

  @Test func `What a former leader writes is told to nobody`() throws {
    let (quorum, former, observer, fault) = try cutOff(checks: true)
    #expect(quorum.node(former).topics.isEmpty && quorum.node(observer).topics.isEmpty)
    quorum.world.lift(fault)
    quorum.run(5_000)
    for node in quorum.voters + quorum.observers { #expect(quorum.node(node).topics == ["together"] && quorum.node(node).failure == nil) }
  }

  @Test func `Without the check it decides alone, and who went along ends, and starts again with what the others have`() throws {
    let (quorum, former, observer, fault) = try cutOff(checks: false)
    #expect(quorum.node(former).topics == ["alone"] && quorum.node(observer).topics == ["alone"])
    quorum.world.lift(fault)
    quorum.run(5_000)
    #expect(quorum.node(observer).failure?.contains("what a former leader decided alone") == true, "\(quorum.node(observer).failure ?? "no failure")")
    for node in [former, observer] {
      quorum.world.kill(node)
      quorum.world.start(node)
    }
    quorum.run(5_000)
    for node in quorum.voters + quorum.observers { #expect(quorum.node(node).topics == ["together"] && quorum.node(node).failure == nil) }
  }
}
