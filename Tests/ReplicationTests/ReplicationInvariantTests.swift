import Host
import Primitives
import Testing
import Wire

@testable import Log
@testable import Replication
@testable import Transport

/// What must hold of a broker's replicas between two events. Each is broken on purpose by a change of the state that no call would make.
@Suite struct ReplicationInvariantTests {
  /// Three brokers of which the first leads, with records that all have, fetch sessions and a consumer.
  private func cluster() -> ReplicaCluster {
    let cluster = ReplicaCluster.running { $0.acceptsProposals = true }
    cluster.produce("a", "b", to: 1)
    cluster.consume(from: 1, at: 0) { $0.sessionEpoch = 0 }
    cluster.run(.seconds(1))
    return cluster
  }

  private func broken(_ cluster: ReplicaCluster, at broker: NodeID) -> [String] {
    var check = InvariantCheck()
    cluster.manager(broker).checkInvariants(&check)
    #expect(check.examined > 0)
    return check.broken
  }

  @Test func `Brokers in normal use keep the invariants, at any moment of elections, appends and ISR changes`() {
    let cluster = cluster()
    var turn: UInt64 = 0
    func look(_ place: Comment) {
      for _ in 0..<40 {
        cluster.run(.milliseconds(5))
        for broker: NodeID in [1, 2, 3] {
          var check = turn % 8 == 0 ? InvariantCheck() : InvariantCheck(turn: turn)
          cluster.manager(broker).checkInvariants(&check)
          #expect(check.broken == [], place)
          turn += 1
        }
      }
    }
    look("at rest")
    cluster.produce("c", to: 1)
    look("after an append")
    cluster.elect(2)
    cluster.publish(to: [3])
    look("one broker knows of an election")
    cluster.publish()
    cluster.produce("d", to: 2)
    look("after an election")
    cluster.commit(isr: [2, 3])
    cluster.publish()
    cluster.produce("e", to: 2)
    look("the ISR shrinks and grows")
    cluster.manager(1).shutdown()
    look("after a shutdown")
  }

  @Test func `A last stable offset that goes back, or passes an open transaction, is reported`() {
    let cluster = cluster()
    cluster.produce(batch("t", producerID: 7, producerEpoch: 0, baseSequence: 0, isTransactional: true), to: 1)
    cluster.run(.seconds(1))
    let log = cluster.partition(1).log!
    #expect(broken(cluster, at: 1) == [])
    let states = log.producers
    log.producers.ongoing = []
    #expect(broken(cluster, at: 1).contains("t-0 at broker 1: the last stable offset 3 has passed a transaction that is open from 2 on"))
    log.producers = states
    #expect(broken(cluster, at: 1) == ["t-0 at broker 1: the last stable offset went back from 3 to 2 while it led epoch 0"])
    #expect(broken(cluster, at: 1) == [])
  }

  @Test func `A high watermark after the end of the log is reported`() {
    let cluster = cluster()
    cluster.partition(2).highWatermark = 3
    #expect(broken(cluster, at: 2) == ["t-0 at broker 2: the high watermark 3 is behind the log end offset 2"])
    #expect(broken(cluster, at: 3) == [])
  }

  @Test func `A high watermark that goes back is reported while its replica leads, and not when it follows`() {
    let cluster = cluster()
    for broker: NodeID in [1, 2] {
      #expect(broken(cluster, at: broker) == [])
      cluster.partition(broker).highWatermark = 1
    }
    #expect(
      broken(cluster, at: 1) == [
        "t-0 at broker 1: the high watermark went back from 2 to 1 while it led epoch 0",
        "t-0 at broker 1: the last stable offset went back from 2 to 1 while it led epoch 0",
      ])
    #expect(broken(cluster, at: 2) == [])
  }

  @Test func `Epochs that go back are reported`() {
    let cluster = cluster()
    cluster.elect(1)
    cluster.publish()
    #expect(broken(cluster, at: 1) == [])
    cluster.partition(1).leaderEpoch = 0
    cluster.partition(1).partitionEpoch = 0
    #expect(
      broken(cluster, at: 1) == [
        "t-0 at broker 1: the leader epoch went back from 1 to 0", "t-0 at broker 1: the partition epoch went back from 1 to 0",
      ])
  }

  @Test func `A change that was not checked is reported`() {
    let cluster = cluster()
    cluster.partition(1).markMoved(.logEnd)
    #expect(
      broken(cluster, at: 1) == [
        "broker 1: 1 partitions moved, and nobody looked at the requests that wait for them",
        "t-0 at broker 1: something moved, and nobody looked at the requests that wait for it",
      ])
    cluster.manager(1).wakeWaitingRequests()
    #expect(broken(cluster, at: 1) == [])
  }

  @Test func `An ISR with a broker that has no replica is reported, and so is one that the high watermark does not count`() {
    let cluster = cluster()
    cluster.partition(1).inSyncReplicas.commit([1, 2, 9])
    let told = broken(cluster, at: 1)
    #expect(told.contains("t-0 at broker 1: broker 9 may be in the ISR, and is none of the replicas [1, 2, 3]"))
    #expect(told.contains("t-0 at broker 1: broker 3 counts for the high watermark, with the ISR [1, 2, 9], perhaps [1, 2, 9]"))
  }

  @Test func `A new ISR member that the high watermark does not wait for is reported`() {
    let cluster = cluster()
    let partition = cluster.partition(1)
    partition.inSyncReplicas.commit([1, 2])
    partition.countISR()
    #expect(broken(cluster, at: 1) == [])
    partition.inSyncReplicas.propose(.expansion(adding: 3), number: 99)
    #expect(
      broken(cluster, at: 1) == [
        "t-0 at broker 1: 2 replicas count for the high watermark, of the ISR [1, 2, 3]",
        "t-0 at broker 1: broker 3 does not count for the high watermark, with the ISR [1, 2], perhaps [1, 2, 3]",
      ])
    partition.countISR()
    #expect(broken(cluster, at: 1) == [])
  }

  @Test func `A follower that does not replicate is reported, unless its broker is shutting down`() {
    let cluster = cluster()
    cluster.manager(2).fetchers.remove(cluster.partition(2))
    #expect(broken(cluster, at: 2).contains("t-0 at broker 2: it follows broker 1, and does not replicate"))
    cluster.manager(2).prepareControlledShutdown()
    #expect(!broken(cluster, at: 2).contains("t-0 at broker 2: it follows broker 1, and does not replicate"))
  }

  @Test func `An append that waits for something in the past is reported`() {
    let cluster = cluster()
    let delayed = waitingAppend(at: cluster.manager(1))
    cluster.partition(1).produceWatches.insert(ProduceWatch(delayed: delayed, index: 0, requiredOffset: 5))
    #expect(broken(cluster, at: 1) == [])
    cluster.partition(1).produceWatches.insert(ProduceWatch(delayed: delayed, index: 1, requiredOffset: 2))
    #expect(broken(cluster, at: 1) == ["t-0 at broker 1: an append waits for the high watermark to reach 2, and it is 2"])
    cluster.partition(2).produceWatches.insert(ProduceWatch(delayed: delayed, index: 2, requiredOffset: 5))
    #expect(broken(cluster, at: 2) == ["t-0 at broker 2: requests wait for a leader, and it does not lead"])
  }

  @Test func `Session targets that a partition miscounts are reported`() {
    let cluster = cluster()
    let partition = cluster.partition(1)
    let resting = partition.restingTargets
    partition.restingTargets += 1
    #expect(broken(cluster, at: 1) == ["t-0 at broker 1: \(resting + 1) session targets count as resting, and \(resting) rest"])
  }

  @Test func `A session whose partitions are miscounted, or checked without a reason, is reported`() throws {
    let cluster = cluster()
    let cache = cluster.manager(1).sessions
    let session = try #require(cache.all.first)
    #expect(cache.adjustCount(of: session, by: 4))
    #expect(broken(cluster, at: 1) == ["broker 1: \(cache.partitionCount) partitions count as those of fetch sessions, and they have \(cache.partitionCount - 4)"])
    #expect(cache.adjustCount(of: session, by: -4))
    #expect(broken(cluster, at: 1) == [])
    let target = try #require(session.targets.first)
    let restless = session.restless.count
    session.restless.append(target)
    let told = broken(cluster, at: 1)
    #expect(told == ["broker 1, fetch session \(session.id): \(restless + 1) partitions are in the restless list, but \(restless) do not rest"])
  }

  private func session(_ id: Int32) -> FetchSession {
    FetchSession(id: id, parameters: FetchParameters(FetchRequest(), version: 18, maximumBytes: 1), targets: [], now: .zero)
  }

  @Test func `More fetch sessions than slots are reported`() {
    let cluster = ReplicaCluster.running { $0.replication.fetchSessionCacheSlots = 5 }
    let cache = cluster.manager(1).sessions
    func open(_ id: Int32) {
      cache.byID[id] = session(id)
      cache.all.append(cache.byID[id]!)
    }
    var id: Int32 = 1
    while cache.all.count < 5 {
      open(id)
      id += 1
    }
    #expect(broken(cluster, at: 1) == [])
    open(id)
    #expect(broken(cluster, at: 1) == ["broker 1: there are 6 fetch sessions, and 5 slots"])
  }

  @Test func `A fetch session that cannot be found by its id is reported`() throws {
    let cluster = cluster()
    let cache = cluster.manager(1).sessions
    let id = try #require(cache.all.last?.id), count = cache.all.count
    cache.byID[id] = session(id)
    #expect(broken(cluster, at: 1) == ["broker 1: fetch session \(id) is not found by its id"])
    cache.byID[id] = nil
    #expect(
      broken(cluster, at: 1) == [
        "broker 1: there are \(count) fetch sessions, and \(count - 1) can be found", "broker 1: fetch session \(id) is not found by its id",
      ])
  }

  @Test func `Fetchers that do not ascend are reported`() {
    let cluster = cluster()
    let fetchers = cluster.manager(2).fetchers
    fetchers.all.append(ReplicaFetcher(leaderID: 3, manager: cluster.manager(2)))
    #expect(broken(cluster, at: 2) == [])
    fetchers.all.swapAt(0, 1)
    #expect(broken(cluster, at: 2) == ["the fetcher of broker 1 stands behind that of broker 3"])
  }

  @Test func `A partition that a fetcher has forgotten is reported`() throws {
    let cluster = cluster()
    let entry = try #require(cluster.partition(2).fetching)
    entry.stir()
    #expect(broken(cluster, at: 2) == [])
    entry.fetcher.restless = RestlessList()
    #expect(broken(cluster, at: 2) == ["broker 2, fetcher of broker 1: 0 partitions are in the restless list, but 1 do not rest"])
  }

  @Test func `A fetcher that rests while there is something to fetch is reported, unless that was delayed or has failed`() throws {
    let cluster = cluster()
    let entry = try #require(cluster.partition(2).fetching)
    entry.stir()
    #expect(broken(cluster, at: 2) == [])
    entry.fetcher.isBusy = false
    let told = ["broker 2, fetcher of broker 1: t-0 is to be fetched, and nothing is under way"]
    #expect(broken(cluster, at: 2) == told)
    entry.delayedUntil = entry.now + .seconds(1)
    #expect(broken(cluster, at: 2).count == 1, "nothing would wake it")
    entry.fetcher.wakeUp.set(at: entry.now + .seconds(1))
    #expect(broken(cluster, at: 2) == [])
    entry.delayedUntil = nil
    #expect(broken(cluster, at: 2) == told)
    entry.phase = .failed
    #expect(broken(cluster, at: 2) == [])
  }

  @Test func `A fetcher's partition that rests and should be checked is reported, and so is one that requests something else`() throws {
    let cluster = cluster()
    let entry = try #require(cluster.partition(2).fetching)
    let fetcher = entry.fetcher
    let wasResting = entry.isResting
    entry.rest(true)
    if wasResting { fetcher.restless.append(entry) }
    #expect(broken(cluster, at: 2).contains("broker 2, fetcher of broker 1: t-0 rests, but is in the restless list"))
    fetcher.restless = RestlessList()
    #expect(broken(cluster, at: 2) == [])
    entry.sent.fetchOffset = 7
    #expect(broken(cluster, at: 2) == ["broker 2, fetcher of broker 1: t-0 rests at offset 7 of epoch 0, and stands at 2 of 0"])
  }

  @Test func `A request in the purgatory without a timer is reported`() {
    let cluster = cluster()
    let deadlines = Deadlines<DelayedProduce>(reactor: cluster.broker(1).reactor)
    let delayed = waitingAppend(at: cluster.manager(1))
    func broken() -> [String] {
      var check = InvariantCheck()
      deadlines.checkInvariants(&check, of: "an append")
      return check.broken
    }
    deadlines.insert(delayed, after: .seconds(5))
    deadlines.insert(delayed, after: .seconds(2))
    #expect(broken() == [])
    deadlines.timer.cancel()
    #expect(broken() == ["an append has to be answered at \(cluster.broker(1).reactor.now + .seconds(2)), and no timer looks after it"])
  }

  @Test func `Requests in the purgatory out of order are reported`() {
    let cluster = cluster()
    let reactor = cluster.broker(1).reactor
    let deadlines = Deadlines<DelayedProduce>(reactor: reactor)
    func broken() -> [String] {
      var check = InvariantCheck()
      deadlines.checkInvariants(&check, of: "an append")
      return check.broken
    }
    #expect(broken() == [])
    for seconds: Int64 in [2, 5] { deadlines.insert(waitingAppend(at: cluster.manager(1)), after: .seconds(seconds)) }
    #expect(broken() == [])
    deadlines.entries.swapAt(0, 1)
    let early = cluster.world.now + .seconds(2), late = cluster.world.now + .seconds(5)
    #expect(broken() == ["an append that has to be answered at \(early) stands behind one that has time until \(late)"])
  }

  @Test func `A check of a broker's replicas covers its purgatories, its links and its log cleaner`() throws {
    let cluster = cluster()
    let leader = cluster.manager(1), follower = cluster.manager(2)
    leader.produceDeadlines.insert(waitingAppend(at: cluster.manager(1)), after: .seconds(5))
    #expect(broken(cluster, at: 1) == [] && broken(cluster, at: 2) == [])
    let append = try #require(leader.produceDeadlines.earliest), fetch = try #require(leader.fetchDeadlines.earliest)
    leader.produceDeadlines.timer.cancel()
    leader.fetchDeadlines.timer.cancel()
    #expect(
      broken(cluster, at: 1) == [
        "broker 1: a fetch has to be answered at \(fetch), and no timer looks after it", "broker 1: an append has to be answered at \(append), and no timer looks after it",
      ])
    let link = try #require(follower.sender.allLinks.first), deadline = try #require(link.pending.first?.deadline)
    link.deadlineTimer.cancel()
    #expect(broken(cluster, at: 2) == ["replica-2: a request to \(link.address) has to be answered at \(deadline), and no timer looks after it"])
    let other = cluster.manager(3)
    other.logManager.cleaner.uncleanable = [TopicPartition("gone", 0)]
    #expect(broken(cluster, at: 3) == ["log cleaner: gone-0 is to be left alone, and is none of the logs"])
  }

  @Test func `ISR proposals that are never sent are reported`() {
    let cluster = cluster()
    cluster.manager(1).changes.waiting = [ISRProposal(partition: cluster.partition(1), proposal: 1, partitionEpoch: 0)]
    #expect(broken(cluster, at: 1) == ["broker 1: 1 ISR proposals wait, and nothing is under way to the controller"])
  }

  // MARK: Leaders and followers

  /// What is told of a broker's replica after a change of it that no call would make.
  private func told(of broker: NodeID, after change: (Partition) -> Void) -> [String] {
    let cluster = cluster()
    #expect(broken(cluster, at: broker) == [])
    change(cluster.partition(broker))
    return broken(cluster, at: broker)
  }

  @Test func `A high watermark below 0 is reported`() {
    #expect(told(of: 2) { $0.highWatermark = -1 } == ["t-0 at broker 2: the high watermark is -1"])
  }

  @Test func `A leader that takes another replica for the leader, or whose epoch does not begin in its log, is reported`() {
    #expect(told(of: 1) { $0.leaderID = 2 } == ["t-0 at broker 1: it leads, and takes broker 2 for the leader"])
    #expect(told(of: 1) { $0.leaderEpochStartOffset = 7 } == ["t-0 at broker 1: it leads an epoch that begins at 7 in a log that ends at 2"])
    #expect(
      told(of: 1) { $0.leaderEpochStartOffset = nil } == ["t-0 at broker 1: it leads an epoch that begins at no offset in a log that ends at 2"])
  }

  @Test func `A leader outside of its own ISR is reported, and so is one that does not know all of its followers`() {
    let alone = told(of: 1) {
      $0.inSyncReplicas.commit([2, 3])
      $0.countISR()
    }
    #expect(alone.contains("t-0 at broker 1: it leads, and is not in the ISR [2, 3]"))
    let forgetful = told(of: 1) { _ = $0.followers.removeLast() }
    #expect(forgetful.contains("t-0 at broker 1: its followers are [2], of the replicas [1, 2, 3]"))
  }

  @Test func `A leader that replicates is reported, and so is a follower with state that only leaders have`() {
    let cluster = cluster()
    cluster.partition(1).fetching = cluster.partition(2).fetching
    #expect(broken(cluster, at: 1).contains("t-0 at broker 1: it leads and replicates"))
    cluster.partition(1).fetching = nil
    #expect(broken(cluster, at: 1) == [])
    cluster.partition(2).followers = cluster.partition(1).followers
    #expect(broken(cluster, at: 2) == ["t-0 at broker 2: it does not lead, and keeps the ISR [] and the followers [2, 3]"])
    #expect(told(of: 3) { $0.leaderEpochStartOffset = 1 } == ["t-0 at broker 3: it does not lead, and has an epoch that begins at 1"])
  }

  @Test func `A follower that replicates in another epoch is reported`() {
    let told = told(of: 2) { $0.fetching?.leaderEpoch = 5 }
    #expect(told.contains("t-0 at broker 2: it follows broker 1 in epoch 0, and replicates from broker 1 in epoch 5"))
  }

  @Test func `An append that waits for a sync that is done is reported`() {
    let cluster = cluster()
    let partition = cluster.partition(1), delayed = waitingAppend(at: cluster.manager(1))
    partition.syncWatches.insert(ProduceWatch(delayed: delayed, index: 0, requiredOffset: 5))
    #expect(broken(cluster, at: 1) == [])
    partition.syncWatches.insert(ProduceWatch(delayed: delayed, index: 1, requiredOffset: 2))
    #expect(broken(cluster, at: 1) == ["t-0 at broker 1: an append waits for a sync up to 2, and 2 offsets are synced"])
  }

  @Test func `A replica that was removed, or is not found, is reported`() {
    #expect(told(of: 2) { $0.isRemoved = true }.contains("broker 2: t-0 was removed, and is one of its replicas"))
    let cluster = cluster()
    cluster.manager(2).replicas.table.remove(cluster.partition(2))
    #expect(broken(cluster, at: 2).contains("broker 2: t-0 is not found by the id of its topic"))
  }

  // MARK: Who rests

  /// The session of a follower at the leader, with a target that rests.
  private func restingTarget(_ cluster: ReplicaCluster) throws -> (session: FetchSession, target: FetchTarget) {
    let session = try #require(cluster.manager(1).sessions.all.first { session in session.isPrivileged && session.targets.contains { $0.isResting } })
    return (session, try #require(session.targets.first { $0.isResting }))
  }

  @Test func `A session without a next epoch is reported, and so is a fetch that was answered and still waits`() throws {
    let cluster = cluster()
    let session = try restingTarget(cluster).session
    let words = "broker 1, fetch session \(session.id)"
    let next = session.nextEpoch
    session.nextEpoch = 0
    #expect(broken(cluster, at: 1) == ["\(words): its next epoch is 0"])
    session.nextEpoch = next
    let parameters = try #require(session.waiting?.parameters)
    let answered = Fetch(parameters, .none([]), manager: cluster.manager(1), client: FetchClient(version: 18) { _ in })
    answered.complete()
    session.wait(for: answered)
    #expect(broken(cluster, at: 1).contains("\(words): a fetch was answered, and waits"))
  }

  @Test func `A target that its session does not find is reported`() throws {
    let cluster = cluster()
    let (session, target) = try restingTarget(cluster)
    session.forget(target.key)
    let told = broken(cluster, at: 1), words = "broker 1, fetch session \(session.id)"
    #expect(told.contains("\(words): it has 1 partitions, and 0 can be found"))
    #expect(told.contains("\(words): \(target.words) belongs to another session"))
    session.sweep()
    #expect(cluster.manager(1).sessions.adjustCount(of: session, by: -1))
    #expect(broken(cluster, at: 1) == [])
  }

  @Test func `A target that rests without its replica knowing is reported`() throws {
    let cluster = cluster()
    let (session, target) = try restingTarget(cluster)
    target.partition?.sessionTargets.removeAll { $0 === target }
    #expect(broken(cluster, at: 1).contains("broker 1, fetch session \(session.id): \(target.words) rests, but its replica cannot make it restless"))
  }

  @Test func `A target that rests without a replica is reported`() throws {
    let cluster = cluster()
    let (session, target) = try restingTarget(cluster)
    target.attach(to: nil)
    #expect(broken(cluster, at: 1).contains("broker 1, fetch session \(session.id): \(target.words) rests, but there is no replica that can make it restless"))
  }

  @Test func `A target that rests for a follower whose fetches do not count is reported`() throws {
    let cluster = cluster()
    let (session, target) = try restingTarget(cluster)
    let replica = try #require(session.followerID)
    target.partition?.follower(replica)?.leave(session)
    #expect(
      broken(cluster, at: 1) == [
        "broker 1, fetch session \(session.id): \(target.words) rests, and its leader does not count the session's fetches for broker \(replica)"
      ])
  }

  @Test func `A target that rests and should be checked is reported by a partial check`() throws {
    let cluster = cluster()
    let (session, target) = try restingTarget(cluster)
    func told() -> [String] {
      let count = UInt64(cluster.manager(1).sessions.all.count)
      return (0..<count).flatMap { turn in
        var check = InvariantCheck(turn: turn)
        cluster.manager(1).sessions.checkInvariants(&check, of: 1)
        return check.broken
      }
    }
    #expect(told() == [])
    session.restless = RestlessList([target])
    #expect(told() == ["broker 1, fetch session \(session.id): \(target.words) rests, but is in the restless list"])
  }

  @Test func `A replica whose session target belongs to another one is reported`() {
    let told = told(of: 1) { $0.sessionTargets.append(FetchTarget(key: FetchTargetKey(topic: "t", topicID: .zero, partition: 0))) }
    #expect(told.contains("t-0 at broker 1: a fetch session is to be told what moves here, and does not look here"))
  }

  @Test func `A fetcher's partition that rests without the leader's session, or is replicated from no or another broker, is reported`() throws {
    func told(_ change: (FetcherPartition) -> Void) throws -> [String] {
      let cluster = cluster()
      let entry = try #require(cluster.partition(2).fetching)
      entry.rest(true)
      change(entry)
      return broken(cluster, at: 2)
    }
    let words = "broker 2, fetcher of broker 1: t-0"
    let sound = try told { _ in }, unasked = try told { $0.isInSession = false }
    #expect(!sound.contains("\(words) rests, and the leader's session does not ask for it"))
    #expect(unasked.contains("\(words) rests, and the leader's session does not ask for it"))
    let inactive = try told {
      $0.isActive = false
      $0.rest(true)
    }
    #expect(inactive.contains("\(words) is not replicated from here, and rests"))
    let elsewhere = try told { $0.partition.fetching = nil }
    #expect(elsewhere.contains("\(words) is replicated from elsewhere, too"))
  }
}

/// An append that was not answered yet.
private func waitingAppend(at manager: ReplicaManager) -> DelayedProduce {
  let delayed = DelayedProduce(manager: manager)
  var outcomes: [AppendOutcome] = []
  delayed.begin(&outcomes, AppendCompletion { _ in })
  return delayed
}
