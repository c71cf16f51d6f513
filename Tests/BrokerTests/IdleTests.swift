import Broker
import Host
import Primitives
import Sim
import Testing
import Wire

@Suite struct IdleTests {
  /// What a cluster does when nobody asks anything of it: heartbeats, fetches that wait, idle records of the controller, checkpoints.
  @Test func `An idle cluster sends few messages`() throws {
    let cluster = try TestCluster()
    try cluster.start()
    try cluster.createTopic("t", (0..<12).map { [[1, 2, 3], [2, 3, 1], [3, 1, 2]][$0 % 3] })
    cluster.world.run(for: .seconds(10))
    let before = cluster.world.statistics
    cluster.world.run(for: .seconds(100))
    let after = cluster.world.statistics
    #expect(after.framesDelivered - before.framesDelivered < 100 * 80, "\(after.framesDelivered - before.framesDelivered) messages in 100 s")
    #expect(after.timersFired - before.timersFired < 100 * 80, "\(after.timersFired - before.timersFired) timers in 100 s")
  }

  @Test func `Nothing is left of a killed broker`() throws {
    let cluster = try TestCluster(brokers: 2)
    try cluster.start()
    try cluster.createTopic("t", [[1, 2]])
    let id = try cluster.topicID("t")
    _ = try cluster.ask(cluster.node(1), produce("t", id, batch(["a"])))
    _ = cluster.begin(cluster.node(1), fetch("t", id, from: 1, maxWait: 5000))
    cluster.world.run(for: .milliseconds(10))
    weak let broker = cluster.broker(cluster.node(1))
    weak let replicas = broker?.replicaManager
    #expect(replicas != nil)
    cluster.world.kill(cluster.node(1))
    #expect(broker == nil)
    #expect(replicas == nil)
  }
}
