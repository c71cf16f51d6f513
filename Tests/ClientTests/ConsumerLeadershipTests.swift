import Primitives
import Testing
import Wire

@testable import Client

/// What happens to positions and sessions when leaders, logs and brokers change.
@Suite struct ConsumerLeadershipTests {
  let t0 = TopicPartition("t", 0)

  /// Some brokers answer fetches with an error.
  private func refuse(_ fixture: ConsumerFixture, with error: ErrorCode, where isRefusing: @escaping (NodeID) -> Bool) {
    fixture.override = { broker, number, _ in
      guard isRefusing(broker) else { return nil }
      var data = FetchResponse.PartitionData()
      data.partitionIndex = number
      data.errorCode = error
      return data
    }
  }

  @Test func `A consumer follows the leader`() throws {
    let fixture = ConsumerFixture(leaders: [1], brokers: 2)
    fixture.logs[0]?.append(["a"])
    refuse(fixture, with: .notLeaderOrFollower) { [unowned fixture] in fixture.cluster.topics[0].partitions[0].leader != $0.value }
    answerEpochs(fixture, epoch: 0, endOffset: 1)
    fixture.consumer.assign([t0])
    #expect(try fixture.poll() == ["0:0=a"])
    fixture.cluster.moveLeader(0, to: 2)
    fixture.logs[0]?.append(["b"], epoch: 1)
    #expect(try fixture.poll() == ["0:1=b"])
    #expect(fixture.fetches.last?.broker == 2)
    #expect(fixture.truncations.isEmpty)
  }

  @Test func `A preferred replica from an earlier leader does not count under the next one`() throws {
    let fixture = ConsumerFixture(leaders: [1], brokers: 3)
    fixture.logs[0]?.append(["a"])
    fixture.override = { broker, number, _ in
      guard broker == 1 else { return nil }
      var data = FetchResponse.PartitionData()
      data.partitionIndex = number
      data.highWatermark = 1
      data.preferredReadReplica = 2
      return data
    }
    answerEpochs(fixture, epoch: 0, endOffset: 1)
    fixture.consumer.assign([t0])
    #expect(try fixture.poll() == ["0:0=a"])
    #expect(fixture.fetches.last?.broker == 2)
    fixture.cluster.moveLeader(0, to: 3)
    fixture.consumer.cluster.requestUpdate(isUrgent: true)
    fixture.world.run(for: .seconds(1))
    fixture.logs[0]?.append(["b"], epoch: 1)
    #expect(try fixture.poll() == ["0:1=b"])
    #expect(fixture.fetches.last?.broker == 3)
  }

  @Test func `What a former leader sent late is dropped when the next one has given what it begins with`() throws {
    let fixture = ConsumerFixture(leaders: [1], brokers: 2), consumer = fixture.consumer
    fixture.logs[0]?.append(["a", "b"])
    consumer.assign([t0])
    #expect(try fixture.poll() == ["0:0=a", "0:1=b"])
    var builder = RecordBatchBuilder(baseOffset: 0, leaderEpoch: 0)
    for value in ["a", "b", "late"] { builder.append(timestamp: Timestamp(milliseconds: 0), key: nil, value: Bytes(value)) }
    let assigned = try #require(consumer.assignedPartitions.first)
    assigned.buffer(
      FetchedRecords(
        partition: t0, topicID: .zero, from: 0, bytes: builder.build(), aborted: .none, checksCRCs: true, reactor: consumer.reactor, compressor: consumer.compressor))
    consumer.buffered.append(assigned)
    fixture.logs[0]?.append(["c"])
    #expect(try fixture.poll() == ["0:2=c"])
  }

  @Test func `A truncated log is noticed and read from the divergence`() throws {
    let fixture = ConsumerFixture(leaders: [1], brokers: 2)
    readThreeAndFailOver(fixture)
    // The new leader kept one record of epoch 0.
    answerEpochs(fixture, epoch: 0, endOffset: 1)
    var other = ScriptedLog()
    other.append(["a"])
    other.append(["other"], epoch: 1)
    fixture.logs[0] = other
    #expect(try fixture.poll() == ["0:1=other"])
    #expect(fixture.truncations.map(\.position) == [3])
    #expect(fixture.truncations.map(\.divergence) == [1])
  }

  @Test(arguments: [true, false])
  func `In a log that was truncated and continued, everything new is read, or records before the old position are skipped`(validates: Bool) throws {
    let fixture = ConsumerFixture(leaders: [1], brokers: 2) { $0.switches.validatePosition = validates }
    readThreeAndFailOver(fixture)
    answerEpochs(fixture, epoch: 0, endOffset: 1)
    var other = ScriptedLog()
    other.append(["a"])
    for value in ["x", "y", "z"] { other.append([value], epoch: 1) }
    fixture.logs[0] = other
    var read: [String] = []
    let end = fixture.world.now + .seconds(5)
    while fixture.world.now < end { read += try fixture.poll(timeout: .milliseconds(500)) }
    #expect(read == (validates ? ["0:1=x", "0:2=y", "0:3=z"] : ["0:3=z"]))
    #expect(fixture.truncations.isEmpty == !validates)
  }

  @Test func `A truncated log without a policy is an error`() {
    let fixture = ConsumerFixture(leaders: [1], brokers: 2) { $0.autoOffsetReset = .none }
    readThreeAndFailOver(fixture)
    answerEpochs(fixture, epoch: 0, endOffset: 1)
    guard case .failure(.logTruncated(let truncation)) = fixture.pollRecords() else {
      Issue.record("the truncation was not noticed")
      return
    }
    #expect(truncation.position == 3)
    #expect(truncation.divergence == 1)
  }

  @Test func `A leader that is missing among the brokers of the metadata is requested again after the backoff`() throws {
    let fixture = ConsumerFixture(leaders: [1], brokers: 2)
    fixture.logs[0]?.append(["a"])
    fixture.consumer.assign([t0])
    #expect(try fixture.poll() == ["0:0=a"])
    answerEpochs(fixture, epoch: 0, endOffset: 1)
    // Broker 2 leads, but whoever answers does not list it yet.
    let brokers = fixture.cluster.brokers
    fixture.cluster.brokers = brokers.filter { $0.id != 2 }
    refuse(fixture, with: .notLeaderOrFollower) { $0 == 1 }
    fixture.cluster.moveLeader(0, to: 2)
    fixture.logs[0]?.append(["b"], epoch: 1)
    fixture.world.run(for: .seconds(2))
    fixture.cluster.brokers = brokers
    let before = fixture.world.now
    #expect(try fixture.poll() == ["0:1=b"])
    #expect(fixture.world.now - before < .seconds(5))
  }

  @Test func `A position is checked while other partitions always have something to deliver`() throws {
    let fixture = ConsumerFixture(leaders: [1, 1]) {
      $0.autoOffsetReset = .earliest
      $0.maxPollRecords = 1
    }
    // Enough that no poll waits.
    fixture.logs[0]?.append((0..<100).map { "\($0)" })
    fixture.logs[1]?.append(["x"])
    var asked = 0
    fixture.brokers[0].on(OffsetForLeaderEpochRequest.self) { request, answer in
      asked += 1
      // The broker does not know of its epoch yet when it is asked first.
      answer(endOfEpoch(0, at: 1, of: 1, asked == 1 ? .unknownLeaderEpoch : .none))
    }
    fixture.consumer.assign([t0, TopicPartition("t", 1)])
    fixture.consumer.seek(TopicPartition("t", 1), to: 0, leaderEpoch: 0)
    for number in 0..<20 {
      #expect(try fixture.poll() == ["0:\(number)=\(number)"])
      fixture.world.run(for: .milliseconds(200))
    }
    #expect(asked == 2)
  }

  /// Reads three records of epoch 0 from broker 1, then broker 2 leads with epoch 1.
  private func readThreeAndFailOver(_ fixture: ConsumerFixture) {
    fixture.logs[0]?.append(["a", "b", "c"])
    fixture.consumer.assign([t0])
    fixture.consumer.seek(t0, to: 0)
    #expect(throws: Never.self) { try fixture.poll() }
    refuse(fixture, with: .fencedLeaderEpoch) { $0 == 1 }
    fixture.cluster.moveLeader(0, to: 2)
    fixture.world.run(for: .seconds(1))
  }

  private func answerEpochs(_ fixture: ConsumerFixture, epoch: Int32, endOffset: Int64) {
    for broker in fixture.brokers {
      broker.on(OffsetForLeaderEpochRequest.self) { request, answer in
        #expect(request.topics[0].partitions[0].leaderEpoch == epoch)
        #expect(request.replicaId == -1)
        answer(endOfEpoch(epoch, at: endOffset))
      }
    }
  }

  private func endOfEpoch(_ epoch: Int32, at endOffset: Int64, of partition: Int32 = 0, _ error: ErrorCode = .none) -> OffsetForLeaderEpochResponse {
    var result = OffsetForLeaderEpochResponse.EpochEndOffset()
    (result.partition, result.errorCode, result.leaderEpoch, result.endOffset) = (partition, error, epoch, endOffset)
    var topic = OffsetForLeaderEpochResponse.OffsetForLeaderTopicResult()
    (topic.topic, topic.partitions) = ("t", [result])
    var response = OffsetForLeaderEpochResponse()
    response.topics = [topic]
    return response
  }

  @Test func `A session sends only what changed`() throws {
    let fixture = ConsumerFixture(leaders: [1, 1, 1])
    fixture.logs[1]?.append(["x"])
    fixture.consumer.assign((0..<3).map { TopicPartition("t", $0) })
    #expect(try fixture.poll() == ["1:0=x"])
    _ = try fixture.poll(timeout: .seconds(3))
    let requests = fixture.fetches.map(\.request)
    #expect(requests[0].sessionEpoch == 0)
    #expect(requests[0].topics.flatMap(\.partitions).count == 3)
    #expect(requests[1].sessionId == 101)
    #expect(requests[1].sessionEpoch == 1)
    #expect(requests[1].topics.flatMap(\.partitions).map(\.partition) == [1])
    #expect(requests[2].sessionEpoch == 2)
    #expect(requests[2].topics.isEmpty)
  }

  @Test func `A partition that is no longer assigned is forgotten`() throws {
    let fixture = ConsumerFixture(leaders: [1, 1])
    fixture.consumer.assign([t0, TopicPartition("t", 1)])
    _ = try fixture.poll(timeout: .seconds(1))
    fixture.consumer.assign([t0])
    _ = try fixture.poll(timeout: .seconds(2))
    let forgotten = fixture.fetches.flatMap { $0.request.forgottenTopicsData.flatMap(\.partitions) }
    #expect(forgotten == [1])
  }

  @Test func `A session that the broker forgot is opened again`() throws {
    let fixture = ConsumerFixture()
    fixture.logs[0]?.append(["a"])
    fixture.consumer.assign([t0])
    #expect(try fixture.poll() == ["0:0=a"])
    var isForgotten = true
    fixture.overrideResponse = { request in
      guard isForgotten, request.sessionId != 0 else { return nil }
      isForgotten = false
      var response = FetchResponse()
      response.errorCode = .fetchSessionIdNotFound
      return response
    }
    fixture.logs[0]?.append(["b"])
    #expect(try fixture.poll() == ["0:1=b"])
    #expect(fixture.fetches.filter { $0.request.sessionEpoch == 0 }.count == 2)
  }

  @Test func `A broken connection reopens the session`() throws {
    let fixture = ConsumerFixture()
    fixture.logs[0]?.append(["a"])
    fixture.consumer.assign([t0])
    #expect(try fixture.poll() == ["0:0=a"])
    fixture.world.breakConnections(to: fixture.brokers[0])
    fixture.world.run(for: .seconds(1))
    fixture.logs[0]?.append(["b"])
    #expect(try fixture.poll() == ["0:1=b"])
    #expect(fixture.fetches.last?.request.sessionEpoch == 0 || fixture.fetches.last?.request.sessionEpoch == 1)
    #expect(fixture.fetches.contains { $0.request.sessionId == 101 && $0.request.sessionEpoch == 0 })
  }

  @Test func `A broker gets one fetch at a time`() throws {
    let fixture = ConsumerFixture(leaders: [1, 2], brokers: 2)
    fixture.consumer.assign([t0, TopicPartition("t", 1)])
    _ = try fixture.poll(timeout: .milliseconds(1_400))
    let byBroker = Dictionary(grouping: fixture.fetches, by: \.broker).mapValues(\.count)
    #expect(byBroker == [1: 3, 2: 3])
  }

  @Test func `A recreated topic is read despite its lower epoch`() throws {
    let fixture = ConsumerFixture()
    fixture.cluster.topics[0].partitions[0].epoch = 9
    fixture.consumer.assign([t0])
    _ = try fixture.poll(timeout: .seconds(1))
    #expect(fixture.consumer.metadata.partition(t0)?.leaderEpoch == 9)
    fixture.cluster.topics[0].id = Uuid(high: 8, low: 8)
    fixture.cluster.topics[0].partitions[0].epoch = 0
    fixture.world.run(for: .seconds(301))
    #expect(fixture.consumer.metadata.partition(t0)?.leaderEpoch == 0)
    fixture.cluster.topics[0].partitions[0].epoch = -1
    fixture.world.run(for: .seconds(301))
    // The same topic cannot go back.
    #expect(fixture.consumer.metadata.partition(t0)?.leaderEpoch == 0)
  }

  @Test func `An old broker is read by topic names`() throws {
    let fixture = ConsumerFixture()
    fixture.brokers[0].newestVersions = [.fetch: 11, .metadata: 8, .listOffsets: 4]
    fixture.logs[0]?.append(["a"])
    fixture.consumer.assign([t0])
    #expect(try fixture.poll() == ["0:0=a"])
    #expect(fixture.fetches[0].request.topics[0].topic == "t")
  }
}
