import Host
import Primitives
import Replication
import Sim
import Testing
import Wire

/// A fetch session does not look at partitions of which nothing is new. Its client must hear of everything all the same.
@Suite struct RestingTargetTests {
  /// A consumer with a session over four partitions; beside it the same positions are asked for in full.
  private final class Run {
    private struct Place {
      var position = Offset(0)
      var leaderEpoch = LeaderEpoch(0)
      /// What the session told last.
      var highWatermark = Int64(-1)
      var logStartOffset = Int64(-1)
      /// The next request of the session names it.
      var hasMoved = false
    }

    let cluster = ReplicaCluster.running { $0.acceptsProposals = true }
    private var states: [PartitionState] = []
    private var places = [Place](repeating: Place(), count: 4)
    private var session: (id: Int32, epoch: Int32) = (0, 0)
    private var random: RandomStream
    private(set) var newsHeard = 0

    init(seed: UInt64) {
      random = RandomStream(seed: seed, purpose: "schedule")
      states = (0...3).map { index in
        var state = cluster.state
        state.partition = Int32(index)
        return state
      }
      publish()
      cluster.run(.milliseconds(600))
      take(fetch(inSession: true).value)
    }

    private func pick(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }
    private func publish() { for broker: NodeID in [1, 2, 3] { cluster.manager(broker).apply(states) } }

    // MARK: What happens

    /// - Parameter waking: nothing but what a waiting fetch is woken by.
    func step(waking: Bool = false) {
      let index = pick(4)
      switch pick(waking ? 6 : 8) {
      case 0...2: append(to: index)
      case 3: change(index) { $0.leaderEpoch = LeaderEpoch($0.leaderEpoch.value + 1) }
      case 4: elect(states[index].leader == 1 ? 2 : 1, index)
      case 6: seek(index)
      case 7: deleteRecords(of: index)
      default: break
      }
      cluster.run(.milliseconds(Int64(pick(700))))
    }

    private func append(to index: Int) {
      cluster.manager(states[index].leader).append(
        requiredAcks: -1, timeout: .seconds(5), entries: [AppendEntry(partition: states[index].id, records: batch("a", "b"))]) { _ in }
    }

    private func deleteRecords(of index: Int) {
      var asked = DeleteRecordsRequest.DeleteRecordsPartition()
      asked.partitionIndex = Int32(index)
      asked.offset = -1
      var topic = DeleteRecordsRequest.DeleteRecordsTopic()
      topic.name = cluster.state.topic
      topic.partitions = [asked]
      var request = DeleteRecordsRequest()
      request.topics = [topic]
      request.timeoutMs = 1000
      cluster.manager(states[index].leader).deleteRecords(request) { _ in }
    }

    private func elect(_ leader: NodeID, _ index: Int) {
      change(index) {
        $0.leader = leader
        $0.leaderEpoch = LeaderEpoch($0.leaderEpoch.value + 1)
      }
    }

    private func change(_ index: Int, _ body: (inout PartitionState) -> Void) {
      body(&states[index])
      states[index].partitionEpoch = PartitionEpoch(states[index].partitionEpoch.value + 1)
      publish()
    }

    private func seek(_ index: Int) {
      places[index].position = Offset(max(0, places[index].logStartOffset))
      places[index].hasMoved = true
    }

    // MARK: What is asked

    func fetch(inSession: Bool, maxWait: Duration = .zero) -> Answer<FetchResponse> {
      let isFull = !inSession || session.id == 0
      let answer = cluster.consume(from: 1, at: 0, maxWait: maxWait) { request in
        request.sessionId = inSession ? session.id : 0
        request.sessionEpoch = inSession ? session.epoch : -1
        request.topics[0].partitions = places.indices.filter { isFull || places[$0].hasMoved }.map { index in
          var asked = request.topics[0].partitions[0]
          asked.partition = Int32(index)
          asked.fetchOffset = places[index].position.value
          asked.currentLeaderEpoch = places[index].leaderEpoch.value
          return asked
        }
        if request.topics[0].partitions.isEmpty { request.topics = [] }
      }
      if inSession {
        session.epoch += 1
        for index in places.indices { places[index].hasMoved = false }
      }
      return answer
    }

    /// Takes over what the session tells.
    func take(_ response: FetchResponse?) {
      #expect(response?.errorCode == ErrorCode.none)
      guard let response, response.errorCode == .none else { return }
      session.id = response.sessionId
      for data in response.responses.flatMap(\.partitions) {
        let index = Int(data.partitionIndex)
        newsHeard += 1
        places[index].highWatermark = data.highWatermark
        places[index].logStartOffset = data.logStartOffset
        switch data.errorCode {
        case .none: break
        case .offsetOutOfRange: seekToStart(index)
        default: places[index].leaderEpoch = states[index].leaderEpoch
        }
        let records = ((try? RecordBatch.splitting(data.records ?? .empty)) ?? []).last
        if let records { places[index].position = Offset(records.lastOffset.value + 1) }
        if records != nil || data.errorCode != .none { places[index].hasMoved = true }
      }
    }

    private func seekToStart(_ index: Int) {
      places[index].position = cluster.manager(1).partition(states[index].id)?.logStartOffset ?? 0
    }

    /// What the session tells now, and what a full fetch does.
    func compare() {
      let full = fetch(inSession: false).value?.responses.flatMap(\.partitions) ?? []
      let answer = fetch(inSession: true).value
      let told = answer?.responses.flatMap(\.partitions) ?? []
      take(answer)
      #expect(full.count == 4)
      for data in full {
        let named = told.first { $0.partitionIndex == data.partitionIndex }
        if data.errorCode != .none || data.records?.isEmpty == false {
          #expect(named?.errorCode == data.errorCode && named?.records == data.records)
        } else {
          let place = places[Int(data.partitionIndex)]
          #expect(place.highWatermark == data.highWatermark && place.logStartOffset == data.logStartOffset)
        }
      }
    }

    /// Whether a full fetch would not wait.
    var hasSomethingToTell: Bool {
      fetch(inSession: false).value?.responses.flatMap(\.partitions).contains { $0.errorCode != .none || $0.records?.isEmpty == false } ?? true
    }
  }

  @Test(arguments: UInt64(1)...8) func `A session reports whatever a full fetch does`(seed: UInt64) {
    let run = Run(seed: seed)
    for _ in 0..<60 {
      run.step()
      run.compare()
    }
    #expect(run.newsHeard > 30)
  }

  @Test(arguments: UInt64(1)...8) func `A waiting fetch of a session is answered as soon as there is something to report`(seed: UInt64) {
    let run = Run(seed: seed)
    for _ in 0..<40 {
      let answer = run.fetch(inSession: true, maxWait: .seconds(20))
      run.step(waking: true)
      run.cluster.run(.milliseconds(50))
      if answer.value == nil {
        #expect(!run.hasSomethingToTell)
        run.cluster.run(.seconds(20))
      }
      run.take(answer.value)
      #expect(answer.count == 1)
    }
  }

  @Test func `A resting follower leaves the ISR when its fetches end`() {
    let cluster = ReplicaCluster.running {
      $0.acceptsProposals = true
      $0.replication.replicaLagTimeMax = .seconds(3)
    }
    cluster.run(.seconds(20))
    #expect(cluster.partition(1).isr == [1, 2, 3])
    cluster.hold(.request, from: 3, to: 1)
    cluster.run(.seconds(2))
    // A record on the way neither helps nor harms it: what counts is when it last asked.
    cluster.produce("a", to: 1)
    cluster.run(.milliseconds(900))
    #expect(cluster.partition(1).isr == [1, 2, 3])
    cluster.run(.milliseconds(1600))
    #expect(cluster.partition(1).isr == [1, 2])
  }

  @Test func `A resting follower comes back into an ISR that lost it`() {
    let cluster = ReplicaCluster.running { $0.acceptsProposals = true }
    cluster.run(.seconds(2))
    cluster.commit(isr: [1, 2])
    cluster.publish()
    #expect(cluster.partition(1).isr == [1, 2])
    cluster.run(.seconds(2))
    #expect(cluster.partition(1).isr == [1, 2, 3])
  }

  @Test func `Retention is reported to the sessions of both sides`() throws {
    let cluster = ReplicaCluster.running { $0.acceptsProposals = true }
    cluster.produce("a", "b", to: 1)
    cluster.run(.milliseconds(20))
    let session = cluster.consume(from: 1, at: 2) { $0.sessionEpoch = 0 }.value
    let goOn = { (epoch: Int32) in
      cluster.consume(from: 1, at: 0) {
        $0.sessionId = session?.sessionId ?? 0
        $0.sessionEpoch = epoch
        $0.topics = []
      }.value
    }
    #expect(goOn(1)?.responses == [])
    try cluster.partition(1).log?.advanceLogStartOffset(to: 1)
    #expect(goOn(2)?.partition?.logStartOffset == 1)
    cluster.run(.seconds(1))
    try cluster.partition(2).log?.advanceLogStartOffset(to: 2)
    cluster.run(.seconds(1))
    #expect(cluster.partition(1).follower(2)?.logStartOffset == 2)
  }

  @Test func `A session whose reads change is told the consequences`() {
    let cluster = ReplicaCluster.running()
    cluster.produce(batch("a", producerID: 7, producerEpoch: 0, baseSequence: 0, isTransactional: true), to: 1)
    cluster.run(.milliseconds(20))
    let session = cluster.consume(from: 1, at: 0) {
      $0.sessionEpoch = 0
      $0.isolationLevel = 1
    }.value
    let goOn = { (epoch: Int32, isolationLevel: Int8) in
      cluster.consume(from: 1, at: 0) {
        $0.sessionId = session?.sessionId ?? 0
        $0.sessionEpoch = epoch
        $0.isolationLevel = isolationLevel
        $0.topics = []
      }.value
    }
    #expect(session?.texts == [] && goOn(1, 1)?.responses == [])
    #expect(goOn(2, 0)?.texts == ["a"])
  }
}
