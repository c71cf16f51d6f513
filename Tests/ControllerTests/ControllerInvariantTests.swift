import Host
import Primitives
import Testing
import Wire

@testable import Controller
@testable import Raft
@testable import Transport

/// What must hold of the metadata and of a controller between two events. Each is broken on purpose by a change of the state that no decision makes.
@Suite struct ControllerInvariantTests {
  private func broken(_ image: MetadataImage) -> [String] {
    var check = InvariantCheck()
    image.checkInvariants(&check, "image")
    #expect(check.examined > 0)
    return check.broken
  }

  private func broken(_ state: ControllerState) -> [String] {
    var check = InvariantCheck()
    state.checkInvariants(&check, of: 3_001)
    return check.broken
  }

  private func cluster() -> TestCluster {
    var cluster = TestCluster(brokers: 1...3)
    cluster.createTopic("t", [[1, 2, 3], [2, 3, 1]])
    return cluster
  }

  /// The image after a change of `t-0`.
  private func image(_ change: (inout PartitionRegistration) -> Void) throws -> MetadataImage {
    var image = cluster().state.image
    let topic = try #require(image.topicID(named: "t"))
    change(&image.topics[topic]!.partitions[0])
    return image
  }

  @Test func `Metadata made by decisions keeps the invariants, while brokers come and go`() {
    var cluster = cluster()
    #expect(broken(cluster.state) == [])
    for broker: Int32 in [1, 3, 2] {
      cluster.fence(broker)
      #expect(broken(cluster.state) == [])
    }
    cluster.heartbeat(2)
    #expect(broken(cluster.state) == [])
    cluster.register(3)
    cluster.heartbeat(3)
    #expect(broken(cluster.state) == [])
  }

  @Test func `A fenced broker that leads is reported, and so is one that is not registered`() throws {
    var image = cluster().state.image
    image.brokers[0].isFenced = true
    #expect(broken(image).contains("image: t-0 is led by broker 1, which is fenced"))
    image.brokers.removeFirst()
    #expect(broken(image).contains("image: t-0 is led by broker 1, which is not registered"))
  }

  @Test func `An ISR outside of the replicas, and a leader outside of the ISR, are reported`() throws {
    #expect(try broken(image { $0.isr = [1, 9] }).contains("image: t-0: the ISR [1, 9] is not within the replicas [1, 2, 3]"))
    #expect(try broken(image { $0.isr = [2, 3] }) == ["image: t-0: it is led by broker 1, which is not in the ISR [2, 3]"])
    #expect(try broken(image { $0.isr = [1, 2] }) == [])
  }

  @Test func `Eligible leader replicas that are in the ISR are reported`() throws {
    #expect(
      try broken(image { $0.eligibleLeaderReplicas = [3] })
        == ["image: t-0: the eligible leader replicas [3] do not fit the ISR [1, 2, 3] of the replicas [1, 2, 3]"])
    #expect(try broken(image { ($0.isr, $0.eligibleLeaderReplicas) = ([1], [3]) }) == [])
  }

  @Test func `Replicas that are listed twice or lack a directory, and reassignments of others, are reported`() throws {
    #expect(try broken(image { $0.replicas = [1, 2, 3, 3]; $0.directories.append(.zero) }) == ["image: t-0: its replicas are [1, 2, 3, 3]"])
    #expect(try broken(image { $0.directories = [] }) == ["image: t-0: 0 directories are known of 3 replicas"])
    #expect(try broken(image { $0.addingReplicas = [4] }) == ["image: t-0: [4] are being added, and the replicas are [1, 2, 3]"])
    #expect(try broken(image { $0.removingReplicas = [4] }) == ["image: t-0: [4] are being removed, and the replicas are [1, 2, 3]"])
  }

  @Test func `A topic that cannot be found by its name is reported`() throws {
    var image = cluster().state.image
    image.topicIDs["t"] = Uuid(high: 0, low: 77)
    #expect(broken(image) == ["image: topic t is not found by its name"])
  }

  @Test func `An active broker without a session is reported, and so is one that shuts down without one`() {
    var cluster = cluster()
    cluster.state.sessions.end(2)
    #expect(broken(cluster.state) == ["controller 3001: broker 2 is not fenced in epoch \(cluster.epoch(of: 2)), and has no session"])
    cluster.fence(2)
    #expect(broken(cluster.state) == [])
    cluster.state.sessions.beginControlledShutdown(of: 2, at: 5)
    #expect(broken(cluster.state) == ["controller 3001: broker 2 has no session, and is shutting down"])
  }

  @Test func `Sessions of brokers that do not ascend are reported`() {
    var cluster = cluster()
    cluster.state.sessions.sessions.swapAt(0, 1)
    #expect(broken(cluster.state) == ["controller 3001: the session of broker 1 stands behind that of broker 2"])
    cluster.state.sessions.sessions.swapAt(0, 1)
    #expect(broken(cluster.state) == [])
  }

  @Test func `A check of a controller covers its metadata log, both of its images and its connections`() throws {
    let cluster = SimulatedCluster(brokers: 3)
    #expect(cluster.settle())
    let controller = cluster.controller()
    func broken() -> [String] {
      var check = InvariantCheck()
      controller.checkInvariants(&check)
      return check.broken
    }
    #expect(broken() == [])
    controller.state?.image.topicIDs["u"] = Uuid(high: 0, low: 78)
    #expect(broken() == ["controller 101, what was decided: there are 0 topics, and 1 names"])
    controller.state?.image.topicIDs["u"] = nil
    controller.image.topicIDs["u"] = Uuid(high: 0, low: 78)
    #expect(broken() == ["controller 101, what is committed: there are 0 topics, and 1 names"])
    controller.image.topicIDs["u"] = nil
    let channel = try #require(controller.server.channels.all.first)
    channel.isTaking = true
    #expect(broken() == ["controller 101, \(channel.connection): a request is being taken, and no event is handled"])
    channel.isTaking = false
    let end = controller.quorum.logEndOffset
    controller.quorum.durableEndOffset = end + 5
    #expect(broken() == ["metadata log at node 101: \(end.value + 5) offsets count as synced, and the log ends at \(end)"])
  }

  @Test func `A controller keeps the invariants while brokers come and go, and one that decides without leading is reported`() {
    let cluster = SimulatedCluster(brokers: 3)
    func broken() -> [String] {
      var check = InvariantCheck()
      cluster.controller().checkInvariants(&check)
      return check.broken
    }
    #expect(cluster.settle())
    _ = cluster.createTopic("t", partitions: 3)
    cluster.world.kill(cluster.brokers[0])
    for _ in 0..<200 {
      cluster.run(50)
      #expect(broken() == [])
    }
    cluster.world.start(cluster.brokers[0])
    #expect(cluster.settle())
    #expect(broken() == [])
    cluster.controller().state = nil
    #expect(broken() == ["controller 101: it may append to the metadata log, and it does not decide"])
  }

  @Test func `A name that leads to no topic is reported`() {
    var image = cluster().state.image
    image.topicIDs["u"] = Uuid(high: 0, low: 78)
    #expect(broken(image) == ["image: there are 1 topics, and 2 names"])
  }

  @Test func `Brokers and controllers that do not ascend are reported`() {
    var image = cluster().state.image
    image.brokers.swapAt(0, 1)
    #expect(broken(image).contains("image: broker 1 stands behind broker 2"))
    image.brokers.swapAt(0, 1)
    #expect(broken(image) == [])
    func controller(_ id: NodeID) -> ControllerRegistration { ControllerRegistration(id: id, incarnationID: .zero, endpoints: [], features: []) }
    image.controllers = [controller(1), controller(2)]
    #expect(broken(image) == [])
    image.controllers.swapAt(0, 1)
    #expect(broken(image) == ["image: controller 1 stands behind controller 2"])
  }

  @Test func `A partition without replicas, and one in an epoch below 0, are reported`() throws {
    let bare = try image {
      $0.replicas = []
      $0.directories = []
    }
    #expect(broken(bare).contains("image: t-0: its replicas are []"))
    let early = try image { $0.leaderEpoch = -1 }
    let epoch = early.topics.values[0].partitions[0].partitionEpoch
    #expect(broken(early) == ["image: t-0: it is in leader epoch -1 and partition epoch \(epoch)"])
  }

  @Test func `An active controller without a timer for sessions is reported, and so is uncommitted metadata`() {
    let cluster = SimulatedCluster(brokers: 3)
    #expect(cluster.settle())
    let controller = cluster.controller()
    func broken() -> [String] {
      var check = InvariantCheck()
      controller.checkInvariants(&check)
      return check.broken
    }
    #expect(broken() == [])
    let timer = controller.tasks.sessions
    controller.tasks.sessions = nil
    #expect(broken() == ["controller 101: brokers have sessions, and no timer looks after their ends"])
    controller.tasks.sessions = timer
    #expect(broken() == [])
    let last = controller.image.lastOffset
    controller.quorum.highWatermark = last
    #expect(broken().contains("controller 101: its image holds offset \(last), and what is below \(last) is committed"))
  }
}
