import Sim
import Testing

@testable import Trials

@Suite struct NodeLivesTests {
  private let node: NodeIndex

  init() {
    let world = World(seed: 1)
    node = world.addNode(name: "broker-1") { _ in fatalError("never started") }
  }

  @Test func `A requested end is a clean one`() {
    var lives = NodeLives()
    #expect(lives.recordStart(of: node) == true)
    lives.recordShutdown(of: node)
    #expect(lives.recordEnd(of: node) == "ends in good order")
    #expect(lives.failure(of: node) == nil)
  }

  @Test func `A node that cannot start says why once, and its failures are counted`() {
    var lives = NodeLives()
    for round in 0..<4 {
      #expect(lives.recordStart(of: node) == (round == 0))
      #expect(lives.recordReason("cannot start: the log is torn", of: node) == (round == 0))
      #expect(lives.recordEnd(of: node) == (round == 0 ? "ends by itself: cannot start: the log is torn" : nil))
    }
    #expect(lives.failure(of: node)?.count == 4)
    #expect(lives.failure(of: node)?.reason == "cannot start: the log is torn")
    lives.recordKill(of: node)
    #expect(lives.recordStart(of: node) == true)
  }

  @Test func `Another reason is reported again`() {
    var lives = NodeLives()
    for reason in ["one", "other"] {
      _ = lives.recordStart(of: node)
      #expect(lives.recordReason(reason, of: node) == true)
      #expect(lives.recordEnd(of: node) == "ends by itself: \(reason)")
    }
    #expect(lives.failure(of: node)?.count == 1)
  }
}
