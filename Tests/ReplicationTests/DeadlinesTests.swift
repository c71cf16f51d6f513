import Primitives
import Testing

@testable import Replication

/// Requests that wait, and the objects that they leave behind.
@Suite struct DeadlinesTests {
  @Test func `The object of an answered request serves the next one, unless somebody else holds it`() {
    let cluster = ReplicaCluster.running { _ in }, manager = cluster.manager(1)
    let deadlines = Deadlines<DelayedProduce>(reactor: cluster.broker(1).reactor)
    // Nobody waits for their outcomes, so they count as answered.
    let held = DelayedProduce(manager: manager)
    deadlines.insert(held, after: .seconds(5))
    for _ in 1..<16 { deadlines.insert(DelayedProduce(manager: manager), after: .seconds(5)) }
    #expect(deadlines.takeSpare() == nil)
    let waiting = DelayedProduce(manager: manager)
    var outcomes: [AppendOutcome] = []
    waiting.begin(&outcomes, AppendCompletion { _ in })
    deadlines.insert(waiting, after: .seconds(5))
    #expect(deadlines.entries.map { $0.operation === waiting } == [true])
    var spare: [DelayedProduce] = []
    while let next = deadlines.takeSpare() { spare.append(next) }
    #expect(spare.count == 15 && !spare.contains { $0 === held || $0 === waiting })
  }

  @Test func `An object that is kept is not held by anybody, and few are kept`() {
    let cluster = ReplicaCluster.running { _ in }, manager = cluster.manager(1)
    let deadlines = Deadlines<DelayedProduce>(reactor: cluster.broker(1).reactor)
    let held = DelayedProduce(manager: manager)
    var second = held
    deadlines.keep(&second)
    #expect(deadlines.takeSpare() == nil)
    for _ in 0..<100 {
      var left = DelayedProduce(manager: manager)
      deadlines.keep(&left)
    }
    var count = 0
    while deadlines.takeSpare() != nil { count += 1 }
    #expect(count == 32)
    withExtendedLifetime(held) {}
  }
}
