import Host
import Primitives
import Replication
import Testing
import Wire

@Suite struct ManyPartitionsTests {
  /// A cluster whose broker 1 leads four partitions of one topic.
  private func cluster(_ change: (inout ReplicaCluster.Options) -> Void = { _ in }) -> ReplicaCluster {
    let cluster = ReplicaCluster.running(change)
    let states = (1...3).map { index in
      var state = cluster.state
      state.partition = Int32(index)
      return state
    }
    for broker: NodeID in [1, 2, 3] { cluster.manager(broker).apply(states) }
    cluster.run(.milliseconds(600))
    return cluster
  }

  private func partition(_ index: Int32, _ cluster: ReplicaCluster) -> TopicIDPartition { TopicIDPartition(cluster.state.topicID, index) }

  private func append(_ text: String, to indices: [Int32], in cluster: ReplicaCluster) -> Answer<[AppendOutcome]> {
    let answer = Answer<[AppendOutcome]>()
    let entries = indices.map { AppendEntry(partition: partition($0, cluster), records: batch(text)) }
    cluster.manager(1).append(requiredAcks: -1, timeout: .seconds(5), entries: entries) { answer.set($0) }
    return answer
  }

  private func consume(_ indices: [Int32], in cluster: ReplicaCluster, _ change: (inout FetchRequest) -> Void) -> Answer<FetchResponse> {
    cluster.consume(from: 1, at: 0) { request in
      request.topics[0].partitions = indices.map { index in
        var position = request.topics[0].partitions[0]
        position.partition = index
        return position
      }
      change(&request)
    }
  }

  @Test func `An append to many partitions is answered once, in order`() {
    let cluster = cluster()
    let answer = append("a", to: [2, 0, 3], in: cluster)
    let partly = append("a", to: [1, 9], in: cluster)
    #expect(answer.value == nil && partly.value == nil)
    cluster.run(.milliseconds(20))
    #expect(answer.value?.map(\.partition.partition) == [2, 0, 3] && answer.value?.allSatisfy { $0.error == .none } == true)
    #expect(partly.value?.map(\.error) == [.none, .unknownTopicOrPartition])
    #expect(answer.count == 1)
  }

  @Test func `A fetcher asks for all partitions of a leader together`() {
    let cluster = cluster()
    let before = cluster.world.statistics.requests(ofApi: ApiKey.fetch.rawValue)
    cluster.run(.seconds(10))
    #expect((38...41).contains(cluster.world.statistics.requests(ofApi: ApiKey.fetch.rawValue) - before))
  }

  @Test func `A full response serves each partition in turn`() {
    let cluster = cluster()
    _ = append("a", to: [0, 1, 2], in: cluster)
    cluster.run(.milliseconds(20))
    let first = consume([0, 1, 2], in: cluster) {
      $0.sessionEpoch = 0
      $0.maxBytes = 1
    }.value
    func withRecords(_ response: FetchResponse?) -> [Int32] {
      response?.responses.flatMap(\.partitions).filter { $0.records?.isEmpty == false }.map(\.partitionIndex) ?? []
    }
    #expect(withRecords(first) == [0])
    var served: [[Int32]] = []
    for epoch in Int32(1)...4 {
      let next = consume([], in: cluster) {
        $0.sessionId = first?.sessionId ?? 0
        $0.sessionEpoch = epoch
        $0.maxBytes = 1
        $0.topics = []
      }.value
      served.append(withRecords(next))
    }
    #expect(served == [[0], [1], [2], [0]])
  }

  @Test func `A fetch of many partitions adds up their bytes`() {
    let cluster = cluster()
    let size = Int32(batch("a").count)
    let answer = consume([0, 1, 2], in: cluster) {
      $0.minBytes = 3 * size
      $0.maxWaitMs = 5_000
    }
    _ = append("a", to: [0], in: cluster)
    _ = append("a", to: [1], in: cluster)
    cluster.run(.milliseconds(50))
    #expect(answer.value == nil)
    _ = append("a", to: [2], in: cluster)
    cluster.run(.milliseconds(50))
    #expect(answer.value?.responses.first?.partitions.count == 3)
  }

  @Test func `A partition that changes its leader leaves the others alone`() {
    let cluster = cluster()
    cluster.elect(2)
    cluster.publish()
    let moved = cluster.produce("b", to: 2)
    let stayed = append("a", to: [1, 2, 3], in: cluster)
    cluster.run(.milliseconds(600))
    #expect(moved.value?.error == ErrorCode.none && stayed.value?.allSatisfy { $0.error == .none } == true)
    #expect(cluster.log(1) == ["b@1"] && cluster.log(3) == ["b@1"])
  }
}
