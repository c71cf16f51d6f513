import Client
import Primitives
import Testing
import Wire

@Suite struct ConsumerTests {
  let t0 = TopicPartition("t", 0)

  @Test func `A consumer reads from the beginning`() throws {
    let fixture = ConsumerFixture()
    fixture.logs[0]?.append(["a", "b"])
    fixture.logs[0]?.append(["c"])
    fixture.consumer.assign([t0])
    #expect(try fixture.poll() == ["0:0=a", "0:1=b", "0:2=c"])
    #expect(fixture.consumer.position(of: t0) == 3)
    #expect(fixture.consumer.lag(of: t0) == 0)
    #expect(fixture.resets.map(\.to) == [0])
  }

  @Test func `An empty poll ends at its timeout`() throws {
    let fixture = ConsumerFixture()
    fixture.consumer.assign([t0])
    let before = fixture.world.now
    #expect(try fixture.poll(timeout: .milliseconds(300)) == [])
    #expect(fixture.world.now - before == .milliseconds(300))
  }

  @Test func `Latest means only records that come afterwards`() throws {
    let fixture = ConsumerFixture { _ in }
    fixture.logs[0]?.append(["old"])
    fixture.consumer.assign([t0])
    #expect(try fixture.poll(timeout: .seconds(1)) == [])
    fixture.logs[0]?.append(["new"])
    #expect(try fixture.poll() == ["0:1=new"])
  }

  @Test func `Without a reset policy the application must seek`() throws {
    let fixture = ConsumerFixture { $0.autoOffsetReset = .none }
    fixture.logs[0]?.append(["a", "b"])
    fixture.consumer.assign([t0])
    #expect(fixture.pollRecords().error == .noPosition(t0))
    fixture.consumer.seek(t0, to: 1)
    #expect(try fixture.poll() == ["0:1=b"])
  }

  @Test func `By_duration begins with records that are young enough`() throws {
    let fixture = ConsumerFixture { $0.autoOffsetReset = .byDuration(.seconds(60)) }
    fixture.logs[0]?.append(["old"], timestamp: 900_000)
    fixture.logs[0]?.append(["young"], timestamp: 999_000)
    fixture.consumer.assign([t0])
    #expect(try fixture.poll() == ["0:1=young"])
  }

  @Test func `A poll returns at most max.poll.records records`() throws {
    let fixture = ConsumerFixture {
      $0.autoOffsetReset = .earliest
      $0.maxPollRecords = 3
    }
    fixture.logs[0]?.append(["a", "b"])
    fixture.logs[0]?.append(["c", "d", "e"], compression: .zstd)
    fixture.consumer.assign([t0])
    #expect(try fixture.poll() == ["0:0=a", "0:1=b", "0:2=c"])
    #expect(fixture.consumer.position(of: t0) == 3)
    #expect(try fixture.poll() == ["0:3=d", "0:4=e"])
    #expect(fixture.fetches.count <= 2)
  }

  @Test func `Gaps left by compaction are accounted for`() throws {
    let fixture = ConsumerFixture {
      $0.autoOffsetReset = .earliest
      $0.maxPollRecords = 2
    }
    var builder = RecordBatchBuilder(baseOffset: 0, leaderEpoch: 0)
    for delta: Int32 in [1, 4, 9] { builder.append(offsetDelta: delta, timestamp: Timestamp(milliseconds: 0), key: nil, value: Bytes("\(delta)")) }
    fixture.logs[0]?.append(builder.build())
    fixture.consumer.assign([t0])
    #expect(try fixture.poll() == ["0:1=1", "0:4=4"])
    #expect(try fixture.poll() == ["0:9=9"])
    #expect(fixture.consumer.position(of: t0) == 10)
  }

  @Test func `A seek forgets what was fetched`() throws {
    let fixture = ConsumerFixture {
      $0.autoOffsetReset = .earliest
      $0.maxPollRecords = 1
    }
    fixture.logs[0]?.append(["a", "b", "c", "d"])
    fixture.consumer.assign([t0])
    #expect(try fixture.poll() == ["0:0=a"])
    fixture.consumer.seek(t0, to: 3)
    #expect(try fixture.poll() == ["0:3=d"])
    fixture.consumer.seekToBeginning([t0])
    #expect(try fixture.poll() == ["0:0=a"])
    fixture.consumer.seekToEnd([t0])
    #expect(try fixture.poll(timeout: .seconds(1)) == [])
    #expect(fixture.consumer.position(of: t0) == 4)
  }

  @Test func `A paused partition delivers nothing until it is resumed`() throws {
    let fixture = ConsumerFixture(leaders: [1, 1])
    fixture.logs[0]?.append(["a"])
    fixture.logs[1]?.append(["x"])
    fixture.consumer.assign([t0, TopicPartition("t", 1)])
    fixture.consumer.pause([t0])
    #expect(try fixture.poll() == ["1:0=x"])
    #expect(try fixture.poll(timeout: .seconds(1)) == [])
    fixture.consumer.resume([t0])
    #expect(try fixture.poll() == ["0:0=a"])
  }

  @Test func `An out-of-range offset is reset by the policy`() throws {
    let fixture = ConsumerFixture()
    for value in ["a", "b", "c"] { fixture.logs[0]?.append([value]) }
    fixture.logs[0]?.start = 2
    fixture.consumer.assign([t0])
    fixture.consumer.seek(t0, to: 1)
    #expect(try fixture.poll() == ["0:2=c"])
    #expect(fixture.resets.map(\.from) == [1])
    #expect(fixture.resets.map(\.to) == [2])
  }

  @Test func `An out-of-range offset without a policy is an error`() {
    let fixture = ConsumerFixture { $0.autoOffsetReset = .none }
    fixture.consumer.assign([t0])
    fixture.consumer.seek(t0, to: 77)
    #expect(fixture.pollRecords().error == .offsetOutOfRange(t0, 77))
  }

  @Test(arguments: [true, false])
  func `An out-of-range offset at a follower is checked with the leader, or taken for lost`(asksLeader: Bool) throws {
    let fixture = ConsumerFixture(leaders: [1], brokers: 2) {
      $0.autoOffsetReset = .earliest
      $0.clientRack = "b"
      $0.switches.askLeaderWhenOutOfRange = asksLeader
    }
    fixture.logs[0]?.append(["a", "b"])
    var isLagging = true
    fixture.override = { broker, number, partition in
      var data = FetchResponse.PartitionData()
      data.partitionIndex = number
      data.highWatermark = 2
      guard broker == 2 else {
        guard isLagging else { return nil }
        data.preferredReadReplica = 2
        return data
      }
      isLagging = false
      data.errorCode = .offsetOutOfRange
      return data
    }
    fixture.consumer.assign([t0])
    #expect(try fixture.poll() == ["0:0=a", "0:1=b"])
    #expect(fixture.fetches.map(\.broker) == [1, 2, 1])
    #expect(fixture.fetches.allSatisfy { $0.request.rackId == "b" })
    #expect(fixture.resets.map(\.to) == (asksLeader ? [0] : [0, 0]))
  }

  @Test(arguments: [true, false])
  func `A replica that fails is given up for the leader, or formerly was asked again`(givesUp: Bool) throws {
    let fixture = ConsumerFixture(leaders: [1], brokers: 2) {
      $0.autoOffsetReset = .earliest
      $0.clientRack = "b"
      $0.switches.forgetFailingReplica = givesUp
    }
    fixture.logs[0]?.append(["a"])
    fixture.override = { broker, number, _ in
      var data = FetchResponse.PartitionData()
      (data.partitionIndex, data.highWatermark) = (number, 1)
      if broker == 2 {
        data.errorCode = .notLeaderOrFollower
      } else {
        guard fixture.fetches.allSatisfy({ $0.broker == 1 }) else { return nil }
        data.preferredReadReplica = 2
      }
      return data
    }
    fixture.consumer.assign([t0])
    #expect(try fixture.poll(timeout: .seconds(2)) == (givesUp ? ["0:0=a"] : []))
    #expect(fixture.fetches.dropFirst().allSatisfy { $0.broker == 2 } == !givesUp)
  }

  @Test(arguments: [true, false])
  func `After a fetch without an answer the consumer opens another session, or goes on as if it had one`(reopens: Bool) throws {
    let fixture = ConsumerFixture {
      $0.autoOffsetReset = .earliest
      $0.connection.requestTimeout = .seconds(2)
      $0.switches.reopenFetchSession = reopens
    }
    fixture.logs[0]?.append(["a"])
    fixture.consumer.assign([t0])
    #expect(try fixture.poll() == ["0:0=a"])
    let before = fixture.fetches.count
    fixture.brokers[0].isListening = false
    _ = try fixture.poll(timeout: .seconds(1))
    fixture.brokers[0].isListening = true
    _ = try fixture.poll(timeout: .seconds(3))
    let epochs = fixture.fetches[before...].map(\.request.sessionEpoch)
    #expect(epochs.contains(0) == reopens)
  }

  @Test(arguments: [true, false])
  func `A topic that was made again begins with new epochs, or formerly was taken for the one before`(knowsIDs: Bool) throws {
    let fixture = ConsumerFixture(leaders: [1], brokers: 2) {
      $0.autoOffsetReset = .earliest
      $0.switches.useTopicIDs = knowsIDs
    }
    fixture.cluster.moveLeader(0, to: 2)
    fixture.logs[0]?.append(["a"])
    fixture.consumer.assign([t0])
    #expect(try fixture.poll() == ["0:0=a"])
    fixture.brokers[0].on(OffsetForLeaderEpochRequest.self) { _, _ in }
    fixture.cluster.topics[0].id = Uuid(high: 8, low: 8)
    fixture.cluster.topics[0].partitions = [ScriptedCluster.Partition(leader: 1)]
    fixture.override = { broker, number, _ in
      guard broker == 2 else { return nil }
      var data = FetchResponse.PartitionData()
      (data.partitionIndex, data.errorCode) = (number, .notLeaderOrFollower)
      return data
    }
    _ = try fixture.poll(timeout: .seconds(2))
    #expect(fixture.consumer.metadata.partition(t0)?.leader == (knowsIDs ? 1 : 2), "KAFKA-12257")
  }

  @Test func `A preferred replica that is missing in the metadata triggers a metadata update`() throws {
    let fixture = ConsumerFixture(leaders: [1]) {
      $0.autoOffsetReset = .earliest
      $0.clientRack = "b"
    }
    fixture.logs[0]?.append(["a"])
    var known: Int?
    // The leader names a replica that has just come back, until the consumer has heard of it.
    fixture.override = { _, number, _ in
      known = known ?? fixture.cluster.requests
      guard fixture.cluster.requests == known else { return nil }
      var data = FetchResponse.PartitionData()
      (data.partitionIndex, data.highWatermark, data.preferredReadReplica) = (number, 1, 9)
      return data
    }
    fixture.consumer.assign([t0])
    #expect(try fixture.poll() == ["0:0=a"])
    #expect(known.map { fixture.cluster.requests > $0 } == true)
  }

  @Test func `A batch with a wrong checksum is not delivered`() throws {
    let fixture = ConsumerFixture()
    fixture.logs[0]?.append(["a"])
    fixture.logs[0]?.append(["b"])
    fixture.logs[0]?.replaceLast { bytes in
      var content = bytes.array
      content[content.count - 2] ^= 1
      return Bytes(content)
    }
    fixture.consumer.assign([t0])
    #expect(try fixture.poll() == ["0:0=a"])
    guard case .failure(.corruptBatch(t0, 1, _)) = fixture.pollRecords() else {
      Issue.record("a corrupt batch was delivered")
      return
    }
    fixture.consumer.seek(t0, to: 2)
    #expect(try fixture.poll(timeout: .seconds(1)) == [])
  }

  @Test func `Read_committed leaves out aborted transactions`() throws {
    for level in IsolationLevel.allCases {
      let fixture = ConsumerFixture {
        $0.autoOffsetReset = .earliest
        $0.isolationLevel = level
      }
      fixture.logs[0]?.append(["aborted"], producer: 7)
      fixture.logs[0]?.append(["committed"], producer: 8)
      fixture.logs[0]?.append(["plain"])
      fixture.logs[0]?.endTransaction(of: 7, isCommit: false)
      fixture.logs[0]?.append(["next"], producer: 7)
      fixture.logs[0]?.endTransaction(of: 8, isCommit: true)
      fixture.logs[0]?.endTransaction(of: 7, isCommit: true)
      var aborted = FetchResponse.AbortedTransaction()
      aborted.producerId = 7
      fixture.logs[0]?.aborted = [aborted]
      fixture.consumer.assign([t0])
      let all = ["0:0=aborted", "0:1=committed", "0:2=plain", "0:4=next"]
      #expect(try fixture.poll() == (level == .readCommitted ? Array(all.dropFirst()) : all))
      #expect(try fixture.poll(timeout: .seconds(1)) == [])
      #expect(fixture.consumer.position(of: t0) == 7)
      #expect(fixture.fetches[0].request.isolationLevel == (level == .readCommitted ? 1 : 0))
    }
  }

  @Test func `Compressed batches of aborted transactions are skipped like others, unless the client forgets to check (librdkafka #3020)`() throws {
    for filters in [true, false] {
      let fixture = ConsumerFixture {
        $0.autoOffsetReset = .earliest
        $0.isolationLevel = .readCommitted
        $0.switches.filterAborted = filters
      }
      fixture.logs[0]?.append(["plain"], producer: 7)
      fixture.logs[0]?.append(["compressed"], producer: 7, compression: .lz4)
      fixture.logs[0]?.endTransaction(of: 7, isCommit: false)
      fixture.logs[0]?.append(["next"], producer: 7, compression: .lz4)
      fixture.logs[0]?.endTransaction(of: 7, isCommit: true)
      var aborted = FetchResponse.AbortedTransaction()
      aborted.producerId = 7
      fixture.logs[0]?.aborted = [aborted]
      fixture.consumer.assign([t0])
      #expect(try fixture.poll() == (filters ? ["0:3=next"] : ["0:1=compressed", "0:3=next"]))
    }
  }

  @Test func `Start passes everything to the delegate`() {
    let fixture = ConsumerFixture()
    let listener = Listener()
    fixture.consumer.delegate = listener
    for index in 0..<2_000 { fixture.logs[0]?.append(["\(index)"]) }
    fixture.consumer.assign([t0])
    fixture.consumer.start()
    #expect(fixture.world.run { listener.count == 2_000 })
    fixture.logs[0]?.append(["more"])
    #expect(fixture.world.run(upTo: .seconds(2)) { listener.count == 2_001 })
    fixture.consumer.close()
    fixture.world.run(for: .seconds(10))
    #expect(fixture.consumer.position(of: t0) == 2_001)
  }

  private final class Listener: ConsumerDelegate {
    var count = 0
    func consumer(_ consumer: Consumer, received records: ConsumerRecords) { count += records.count }
  }

  @Test func `Ends and timestamps of logs can be queried`() throws {
    let fixture = ConsumerFixture(leaders: [1, 2], brokers: 2)
    fixture.logs[0]?.append(["a", "b"], timestamp: 500)
    fixture.logs[0]?.start = 1
    fixture.logs[1]?.append(["x"], timestamp: 900)
    let t1 = TopicPartition("t", 1)
    var ends: [Offset] = [], beginnings: [Offset] = [], times: [OffsetAndTimestamp?] = []
    fixture.consumer.endOffsets(of: [t1, t0]) { ends = (try? $0.get().map(\.offset)) ?? [] }
    fixture.consumer.beginningOffsets(of: [t1, t0]) { beginnings = (try? $0.get().map(\.offset)) ?? [] }
    fixture.consumer.offsetsForTimes([(t1, Timestamp(milliseconds: 800)), (t0, Timestamp(milliseconds: 800))]) { times = (try? $0.get().map(\.found)) ?? [] }
    fixture.world.run(for: .seconds(2))
    #expect(ends == [1, 2])
    #expect(beginnings == [0, 1])
    #expect(times.map { $0?.offset } == [0, nil])
    #expect(times.first??.timestamp == Timestamp(milliseconds: 900))
  }

  @Test func `Queries about a missing partition time out`() {
    let fixture = ConsumerFixture { $0.defaultAPITimeout = .seconds(4) }
    var result: Result<[(partition: TopicPartition, offset: Offset)], ConsumerError>?
    fixture.consumer.endOffsets(of: [TopicPartition("missing", 0)]) { result = $0 }
    fixture.world.run(for: .seconds(4))
    guard case .failure(.timedOut) = result else {
      Issue.record("no timeout")
      return
    }
  }
}

extension Result where Success == ConsumerRecords, Failure == ConsumerError {
  /// The error, or nil.
  var error: ConsumerError? {
    if case .failure(let error) = self { error } else { nil }
  }
}
