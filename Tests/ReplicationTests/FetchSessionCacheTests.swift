import MarkExpectations
import Primitives
import Testing
import Wire

@testable import Replication

/// How many partitions a broker keeps in fetch sessions, whether they exist or not.
@Suite struct FetchSessionCacheTests {
  private final class Cache {
    let cache: FetchSessionCache
    private var random = RandomStream(seed: 1, purpose: "sessions")
    var now = Instant.zero

    init(slots: Int, mostPartitions: Int) { cache = FetchSessionCache(slots: slots, mostPartitions: mostPartitions) }

    func open(_ partitions: Int32, follower: Int32 = -1) -> FetchSession? {
      var request = FetchRequest()
      request.replicaId = follower
      let targets = (0..<partitions).map { FetchTarget(key: FetchTargetKey(topic: "missing", topicID: .zero, partition: $0)) }
      return cache.create(
        for: FetchParameters(request, version: 12, maximumBytes: 1), targets: ContiguousArray(targets), now: now, random: &random)
    }

    /// An incremental fetch that names partitions anew; false where the session ends by it.
    func grow(_ session: FetchSession, by partitions: Range<Int32>) -> Bool {
      let former = session.targets.count
      for index in partitions { _ = session.target(FetchTargetKey(topic: "missing", topicID: .zero, partition: index)) }
      return cache.adjustCount(of: session, by: session.targets.count - former)
    }
  }

  @Test func `Partitions of all sessions together have a limit, and a request that would exceed it gets no session`() {
    let sessions = Cache(slots: 10, mostPartitions: 5)
    #expect(sessions.open(6) == nil, "more than all may have")
    let first = sessions.open(3)
    #expect(first != nil && sessions.cache.partitionCount == 3)
    #expect(sessions.open(3) == nil)
    #expect(sessions.open(2) != nil && sessions.cache.partitionCount == 5)
    #expect(sessions.open(1) == nil)
    sessions.cache.remove(first?.id ?? 0)
    #expect(sessions.cache.partitionCount == 2)
    #expect(sessions.open(3) != nil)
  }

  @Test func `A session that grows beyond the limit ends, and affects no other`() {
    let sessions = Cache(slots: 10, mostPartitions: 5)
    let quiet = sessions.open(2)!, greedy = sessions.open(1)!
    #expect(sessions.grow(greedy, by: 0..<3), "one of them it has already")
    #expect(sessions.cache.partitionCount == 5 && sessions.cache[greedy.id] === greedy)
    #expect(!sessions.grow(greedy, by: 3..<4))
    #expect(sessions.cache[greedy.id] == nil && sessions.cache[quiet.id] === quiet && sessions.cache.partitionCount == 2)
  }

  @Test func `Consumers' sessions make room for a follower's, and old ones for larger ones`() {
    let sessions = Cache(slots: 10, mostPartitions: 6)
    let consumers = (1...3).map { sessions.open($0)! }
    expectMark(.fetchSessionEvicted) { #expect(sessions.open(3, follower: 2) != nil) }
    #expect(consumers.map { sessions.cache[$0.id] == nil } == [true, true, false], "the smallest first, and no more than needed")
    sessions.now = sessions.now + .seconds(121)
    #expect(sessions.open(6) != nil && sessions.cache.partitionCount == 6, "those that nobody used for two minutes are gone")
  }

  @Test(arguments: [false, true]) func `A follower that asks in another leader epoch is told again where the leader stands, if what it let go does not count`(repeating: Bool) {
    let target = FetchTarget(key: FetchTargetKey(topic: "t", topicID: .zero, partition: 0))
    var request = FetchRequest.FetchPartition(), read = PartitionRead()
    (request.currentLeaderEpoch, request.fetchOffset) = (1, 5)
    (read.highWatermark, read.logStartOffset) = (5, 0)
    target.update(request, repeatsAfterDivergence: repeating)
    target.told(read, repeatsAfterDivergence: repeating)
    target.update(request, repeatsAfterDivergence: repeating)
    #expect(!target.isNews(read, namingHighWatermarkChanges: true))
    request.currentLeaderEpoch = 2
    target.update(request, repeatsAfterDivergence: repeating)
    #expect(target.isNews(read, namingHighWatermarkChanges: true) == repeating)
  }
}
