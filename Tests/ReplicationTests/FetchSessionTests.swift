import Host
import Primitives
import Replication
import Testing
import Wire

/// Fetch sessions as a leader keeps them (KIP-227).
@Suite struct FetchSessionTests {
  private func open(_ cluster: ReplicaCluster, version: Int16 = 18) -> FetchResponse? {
    cluster.consume(from: 1, at: 0, version: version) { $0.sessionEpoch = 0 }.value
  }

  private func goOn(_ cluster: ReplicaCluster, _ session: FetchResponse?, epoch: Int32, at offset: Offset? = nil, version: Int16 = 18) -> FetchResponse? {
    cluster.consume(from: 1, at: offset ?? 0, version: version) {
      $0.sessionId = session?.sessionId ?? 0
      $0.sessionEpoch = epoch
      if offset == nil { $0.topics = [] }
    }.value
  }

  @Test func `A full fetch opens a session and an incremental one names only what changed`() {
    let cluster = ReplicaCluster.running()
    let session = open(cluster)
    #expect(session?.sessionId ?? 0 > 0 && session?.partition?.highWatermark == 0)
    #expect(goOn(cluster, session, epoch: 1)?.responses == [])
    cluster.produce("a", to: 1)
    cluster.run(.milliseconds(20))
    let news = goOn(cluster, session, epoch: 2)
    #expect(news?.texts == ["a"] && news?.sessionId == session?.sessionId)
    #expect(goOn(cluster, session, epoch: 3, at: 1)?.responses == [], "the new position has nothing to read")
  }

  @Test func `A changed high watermark alone is reported`() {
    for names in [true, false] {
      let cluster = ReplicaCluster.running { $0.switches.sessionIncludesHighWatermarkChange = names }
      let session = open(cluster)
      cluster.produce("a", to: 1)
      cluster.run(.milliseconds(20))
      let news = goOn(cluster, session, epoch: 1, at: 1)
      #expect(news?.partition?.highWatermark == (names ? 1 : nil))
    }
  }

  @Test func `A request that does not continue its session is refused`() {
    let cluster = ReplicaCluster.running()
    let session = open(cluster)
    #expect(goOn(cluster, session, epoch: 2)?.errorCode == .invalidFetchSessionEpoch)
    #expect(goOn(cluster, session, epoch: 1)?.errorCode == ErrorCode.none)
    #expect(goOn(cluster, session, epoch: 1)?.errorCode == .invalidFetchSessionEpoch, "a repeated request")
    var unknown = FetchResponse()
    unknown.sessionId = 12345
    #expect(goOn(cluster, unknown, epoch: 1)?.errorCode == .fetchSessionIdNotFound)
    #expect(goOn(cluster, session, epoch: 2, version: 12)?.errorCode == .fetchSessionTopicIdError)
  }

  @Test func `Without the check a lost response leaves a consumer stuck`() {
    for checks in [true, false] {
      let cluster = ReplicaCluster.running { $0.switches.checkFetchSessionEpoch = checks }
      let session = open(cluster)
      cluster.produce("a", to: 1)
      cluster.run(.milliseconds(20))
      // This response is lost; the client goes on as if nothing had been asked.
      _ = goOn(cluster, session, epoch: 1, at: 1)
      let next = goOn(cluster, session, epoch: 1)
      #expect(next?.errorCode == (checks ? .invalidFetchSessionEpoch : ErrorCode.none))
      #expect(next?.texts == [])
    }
  }

  @Test func `A closed session is forgotten`() {
    let cluster = ReplicaCluster.running()
    let session = open(cluster)
    let closing = cluster.consume(from: 1, at: 0) {
      $0.sessionId = session?.sessionId ?? 0
      $0.sessionEpoch = -1
    }.value
    #expect(closing?.sessionId == 0 && closing?.partition != nil)
    #expect(goOn(cluster, session, epoch: 1)?.errorCode == .fetchSessionIdNotFound)
  }

  @Test func `A session without partitions ends`() {
    let cluster = ReplicaCluster.running()
    let session = open(cluster)
    let last = cluster.consume(from: 1, at: 0) {
      $0.sessionId = session?.sessionId ?? 0
      $0.sessionEpoch = 1
      var forgotten = FetchRequest.ForgottenTopic()
      forgotten.topicId = $0.topics[0].topicId
      forgotten.partitions = [0]
      $0.topics = []
      $0.forgottenTopicsData = [forgotten]
    }.value
    #expect(last?.sessionId == 0 && last?.responses == [] && last?.errorCode == ErrorCode.none)
    #expect(goOn(cluster, session, epoch: 2)?.errorCode == .fetchSessionIdNotFound)
  }

  @Test func `A full cache gives no session to a consumer, but one to a follower`() {
    let cluster = ReplicaCluster.running { $0.replication.fetchSessionCacheSlots = 3 }
    // Two slots belong to the followers once their first fetches were answered.
    cluster.run(.milliseconds(600))
    let consumer = open(cluster)
    #expect(consumer?.sessionId ?? 0 > 0)
    #expect(open(cluster)?.sessionId == 0)
    cluster.world.kill(cluster.index(3))
    cluster.world.start(cluster.index(3))
    cluster.run(.milliseconds(10))
    cluster.publish(to: [3])
    cluster.run(.milliseconds(10))
    cluster.produce("a", to: 1)
    cluster.run(.milliseconds(20))
    #expect(cluster.log(3) == ["a@0"])
    #expect(goOn(cluster, consumer, epoch: 1)?.errorCode == .fetchSessionIdNotFound, "the follower took its place")
  }

  @Test func `A session that is unused for two minutes makes room`() {
    let cluster = ReplicaCluster.running { $0.replication.fetchSessionCacheSlots = 3 }
    let idle = open(cluster)
    cluster.run(.seconds(121))
    #expect(open(cluster)?.sessionId ?? 0 > 0)
    #expect(goOn(cluster, idle, epoch: 1)?.errorCode == .fetchSessionIdNotFound)
  }

  @Test func `Names are used for clients that do not know ids`() {
    let cluster = ReplicaCluster.running()
    cluster.produce("a", to: 1)
    cluster.run(.milliseconds(20))
    let session = open(cluster, version: 12)
    #expect(session?.texts == ["a"] && session?.responses.first?.topic == "t")
    #expect(goOn(cluster, session, epoch: 1, at: 1, version: 12)?.errorCode == ErrorCode.none)
  }

  @Test func `A leader that forgot a session is asked for everything again`() {
    let cluster = ReplicaCluster.running()
    cluster.produce("a", to: 1)
    cluster.run(.milliseconds(20))
    cluster.world.restart(cluster.index(1))
    cluster.run(.milliseconds(20))
    cluster.publish(to: [1])
    cluster.run(.seconds(2))
    cluster.produce("b", to: 1)
    cluster.run(.milliseconds(700))
    #expect(cluster.log(2) == ["a@0", "b@0"] && cluster.partition(2).highWatermark == 2)
  }

  @Test func `A session by id learns what becomes of its topic's name`() {
    let cluster = ReplicaCluster.running()
    let former = cluster.state
    let session = open(cluster)
    #expect(session?.partition?.errorCode == ErrorCode.none)

    cluster.state.topic = "u"
    cluster.state.topicID = Uuid(high: 1, low: 2)
    cluster.manager(1).apply([cluster.state], deleted: [former.id])
    let gone = goOn(cluster, session, epoch: 1)
    #expect(gone?.partition?.errorCode == .unknownTopicOrPartition && gone?.responses.first?.topicId == former.topicID)
    #expect(goOn(cluster, session, epoch: 2)?.partition?.errorCode == .unknownTopicOrPartition, "as long as it is gone")

    let other = cluster.state
    cluster.state.topic = "t"
    cluster.state.topicID = Uuid(high: 1, low: 3)
    cluster.manager(1).apply([cluster.state], deleted: [other.id])
    #expect(goOn(cluster, session, epoch: 3)?.partition?.errorCode == .inconsistentTopicId)
    // Without a session nobody knows by which name the id went.
    let full = cluster.consume(from: 1, at: 0) { $0.topics[0].topicId = former.topicID }.value
    #expect(full?.partition?.errorCode == .unknownTopicId)
  }

  @Test func `A partition that a full fetch lists twice is read once, from the position listed last`() {
    let cluster = ReplicaCluster.running()
    cluster.produce("a", "b", to: 1)
    cluster.run(.milliseconds(20))
    let answer = cluster.consume(from: 1, at: 7) { request in
      request.sessionEpoch = 0
      request.topics[0].partitions.append(request.topics[0].partitions[0])
      request.topics[0].partitions[1].fetchOffset = 0
    }.value
    #expect(answer?.responses.flatMap(\.partitions).count == 1 && answer?.texts == ["a", "b"])
  }
}
