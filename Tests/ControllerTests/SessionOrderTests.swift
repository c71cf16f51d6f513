import Primitives
import Testing
import Wire

@testable import Controller

@Suite struct SessionOrderTests {
  /// `31 * id + (epoch ^ epoch >>> 32)`, the upper half of that folded in, by the size of the table.
  @Test func `The place of a session follows from broker id and epoch`() {
    let order = SessionOrder(sessionCount: 3)
    #expect(order.place(of: 1, 10) == 9)
    #expect(order.place(of: 2, 12) == 10)
    #expect(order.place(of: 3, 14) == 11)
    #expect(order.place(of: 1, 20) == 3)
    #expect(order.place(of: 1, BrokerEpoch(1 << 33 | 5)) == 6)
    #expect(order.place(of: 1, 65_536) == 14)
    #expect(SessionOrder(sessionCount: 11).place(of: 1, 20) == 3)
    #expect(SessionOrder(sessionCount: 12).place(of: 1, 20) == 19)
    #expect(SessionOrder(sessionCount: 3).place(of: .init(.max), .init(.max)) >= 0)
  }

  @Test func `Sessions that end together end in the order of their places`() {
    var cluster = TestCluster()
    // A broker that registers later has another epoch, and so another place.
    cluster.apply([.noOp(NoOpRecord()), .noOp(NoOpRecord()), .noOp(NoOpRecord())])
    cluster.now = cluster.now + .milliseconds(20_000)
    cluster.state.sessions.restart(with: cluster.state.image, at: cluster.now)
    cluster.now = cluster.now + .milliseconds(9_000)
    let order = SessionOrder(sessionCount: 3)
    let expected = cluster.state.image.brokers.sorted { order.place(of: $0.id, $0.epoch) < order.place(of: $1.id, $1.epoch) }.map(\.id)
    #expect(cluster.state.sessions.expired(at: cluster.now) == expected)
  }

  @Test func `A session that ended earlier does not wait for its place`() {
    var cluster = TestCluster()
    for broker: Int32 in [3, 1, 2] {
      cluster.now = cluster.now + .milliseconds(100)
      cluster.heartbeat(broker)
    }
    var ended: [NodeID] = []
    for _ in 0..<3 {
      cluster.now = cluster.state.sessions.nextExpiry!
      ended += cluster.state.sessions.expired(at: cluster.now)
      cluster.apply(cluster.state.fenceExpired(at: cluster.now))
    }
    #expect(ended == [3, 1, 2])
  }
}
