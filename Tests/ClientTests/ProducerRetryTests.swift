import Client
import MarkExpectations
import Primitives
import Testing
import Wire

@Suite struct ProducerRetryTests {
  let partition = TopicPartition("t", 0)

  @Test func `With one request in flight, a retry cannot overtake another batch`() {
    let fixture = ProducerFixture {
      $0.maxInFlightRequestsPerConnection = 1
      $0.linger = .zero
    }
    failFirst(of: fixture)
    #expect(fixture.log[partition] == ["warm up", "a", "b"])
  }

  @Test func `With several requests in flight, a retry can end up after a later batch`() {
    let fixture = ProducerFixture { $0.linger = .zero }
    failFirst(of: fixture)
    #expect(fixture.log[partition] == ["warm up", "b", "a"])
  }

  /// Sends a and b in requests of their own; the first attempt of a is refused.
  private func failFirst(of fixture: ProducerFixture) {
    fixture.producer.send(topic: "t", partition: 0, value: "warm up")
    _ = fixture.world.run { fixture.acknowledgedTokens.count == 1 }
    fixture.answersByItself = false
    fixture.producer.send(topic: "t", partition: 0, value: "a", token: 1)
    fixture.world.run(for: .microseconds(10))
    fixture.producer.send(topic: "t", partition: 0, value: "b", token: 2)
    fixture.world.run(for: .milliseconds(10))
    fixture.requests[1].fail(.notEnoughReplicas)
    if fixture.requests.count > 2 { fixture.accept(fixture.requests[2]) }
    fixture.answersByItself = true
    #expect(fixture.world.run { fixture.acknowledgedTokens.count == 3 })
    #expect(fixture.failed.isEmpty)
  }

  @Test func `No more requests are in flight than allowed`() {
    let fixture = ProducerFixture {
      $0.maxInFlightRequestsPerConnection = 3
      $0.linger = .zero
    }
    fixture.answersByItself = false
    for token in 0..<10 {
      fixture.producer.send(topic: "t", partition: 0, value: "x", token: UInt64(token))
      fixture.world.run(for: .milliseconds(20))
    }
    #expect(fixture.requests.count == 3)
    fixture.accept(fixture.requests[0])
    fixture.world.run(for: .milliseconds(20))
    #expect(fixture.requests.count == 4)
  }

  @Test func `Without idempotence, a lost response creates a duplicate`() {
    let fixture = ProducerFixture()
    fixture.answersByItself = false
    fixture.producer.send(topic: "t", partition: 0, value: "a", token: 1)
    _ = fixture.world.run { fixture.requests.count == 1 }
    fixture.acceptSilently(fixture.requests[0])
    fixture.answersByItself = true
    #expect(fixture.world.run { fixture.acknowledgedTokens == [1] })
    #expect(fixture.log[partition] == ["a", "a"])
  }

  @Test func `A timeout without retries is an unknown outcome`() {
    let fixture = ProducerFixture { $0.retries = 0 }
    fixture.answersByItself = false
    fixture.producer.send(topic: "t", partition: 0, value: "a", token: 1)
    #expect(fixture.world.run { !fixture.failed.isEmpty })
    #expect(fixture.failed.map(\.failure) == [ProduceFailure(.requestTimedOut, .unknown)])
    #expect(fixture.world.now >= Instant(nanoseconds: 30_000_000_000))
  }

  @Test func `A broken connection is an unknown outcome`() {
    let fixture = ProducerFixture { $0.retries = 0 }
    fixture.answersByItself = false
    fixture.producer.send(topic: "t", partition: 0, value: "a", token: 1)
    _ = fixture.world.run { fixture.requests.count == 1 }
    fixture.brokers[0].stop()
    #expect(fixture.world.run { !fixture.failed.isEmpty })
    #expect(fixture.failed.map(\.failure) == [ProduceFailure(.disconnected, .unknown)])
  }

  @Test(arguments: [
    (ErrorCode.notLeaderOrFollower, ProduceFailure.Outcome.unknown), (.notEnoughReplicasAfterAppend, .unknown), (.requestTimedOut, .unknown),
    (.unknownServerError, .unknown), (.kafkaStorageError, .unknown), (.notEnoughReplicas, .notWritten), (.invalidTimestamp, .notWritten),
    (.messageTooLarge, .notWritten), (.topicAuthorizationFailed, .notWritten),
  ])
  func `An error says whether the record may have been written`(error: ErrorCode, outcome: ProduceFailure.Outcome) {
    let fixture = ProducerFixture { $0.retries = 0 }
    fixture.answersByItself = false
    fixture.producer.send(topic: "t", partition: 0, value: "a", token: 1)
    _ = fixture.world.run { fixture.requests.count == 1 }
    fixture.requests[0].fail(error)
    #expect(fixture.world.run { !fixture.failed.isEmpty })
    #expect(fixture.failed.map(\.failure) == [ProduceFailure(.refused(error, message: nil), outcome)])
  }

  @Test func `With acks=1, a lost leadership is a definite failure`() {
    let fixture = ProducerFixture {
      $0.retries = 0
      $0.acks = .leader
    }
    fixture.answersByItself = false
    fixture.producer.send(topic: "t", partition: 0, value: "a", token: 1)
    _ = fixture.world.run { fixture.requests.count == 1 }
    fixture.requests[0].fail(.notLeaderOrFollower)
    #expect(fixture.world.run { !fixture.failed.isEmpty })
    #expect(fixture.failed[0].failure.outcome == .notWritten)
  }

  @Test func `An outcome that was once unknown stays unknown`() {
    let fixture = ProducerFixture { $0.retries = 1 }
    fixture.answersByItself = false
    fixture.producer.send(topic: "t", partition: 0, value: "a", token: 1)
    _ = fixture.world.run { fixture.requests.count == 1 }
    fixture.requests[0].fail(.notEnoughReplicasAfterAppend)
    _ = fixture.world.run { fixture.requests.count == 2 }
    fixture.requests[1].fail(.notEnoughReplicas)
    #expect(fixture.world.run { !fixture.failed.isEmpty })
    #expect(fixture.failed.map(\.failure) == [ProduceFailure(.refused(.notEnoughReplicas, message: nil), .unknown)])
  }

  @Test func `Records that were never sent expire with a definite failure`() {
    let fixture = ProducerFixture { $0.deliveryTimeout = .seconds(40) }
    fixture.producer.send(topic: "t", partition: 0, value: "warm up")
    _ = fixture.world.run { fixture.acknowledgedTokens.count == 1 }
    fixture.brokers[0].stop()
    fixture.world.run(for: .seconds(1))
    let before = fixture.world.now
    fixture.producer.send(topic: "t", partition: 0, value: "a", token: 1)
    #expect(fixture.world.run { !fixture.failed.isEmpty })
    #expect(fixture.failed.map(\.failure) == [ProduceFailure(.deliveryTimedOut, .notWritten)])
    #expect(fixture.world.now - before == .seconds(40))
    #expect(fixture.producer.availableMemory == fixture.producer.configuration.bufferMemory)
  }

  @Test func `Records in flight expire with an unknown outcome`() {
    let fixture = ProducerFixture { $0.deliveryTimeout = .seconds(31) }
    fixture.answersByItself = false
    fixture.producer.send(topic: "t", partition: 0, value: "a", token: 1)
    #expect(fixture.world.run { !fixture.failed.isEmpty })
    #expect(fixture.failed.map(\.failure) == [ProduceFailure(.deliveryTimedOut, .unknown)])
  }

  @Test func `Retries follow the leader`() {
    let fixture = ProducerFixture(leaders: [1], brokers: 2)
    fixture.answersByItself = false
    fixture.producer.send(topic: "t", partition: 0, value: "a", token: 1)
    _ = fixture.world.run { fixture.requests.count == 1 }
    fixture.cluster.moveLeader(of: 0, 0, to: 2)
    fixture.requests[0].fail(.notLeaderOrFollower)
    fixture.answersByItself = true
    #expect(fixture.world.run(upTo: .seconds(2)) { fixture.acknowledgedTokens == [1] })
    #expect(fixture.requests.map(\.broker) == [1, 2])
  }

  @Test func `A hint about the new leader is followed immediately`() {
    let fixture = ProducerFixture(leaders: [1], brokers: 2) { $0.connection.retryBackoff = .milliseconds(900) }
    fixture.producer.send(topic: "t", partition: 0, value: "warm up")
    _ = fixture.world.run { fixture.acknowledgedTokens.count == 1 }
    fixture.world.run(for: .seconds(2))
    fixture.answersByItself = false
    fixture.producer.send(topic: "t", partition: 0, value: "a", token: 1)
    _ = fixture.world.run { fixture.requests.count == 2 }
    let before = fixture.world.now
    // Metadata still says broker 1: only the hint knows.
    var hint = ProduceResponse.PartitionProduceResponse()
    hint.errorCode = .notLeaderOrFollower
    hint.currentLeader.leaderId = 2
    hint.currentLeader.leaderEpoch = 5
    var endpoint = ProduceResponse.NodeEndpoint()
    endpoint.nodeId = 2
    endpoint.host = fixture.brokers[1].address.host
    endpoint.port = fixture.brokers[1].address.port
    var topic = ProduceResponse.TopicProduceResponse()
    topic.topicId = fixture.cluster.topics[0].id
    topic.partitionResponses = [hint]
    var response = ProduceResponse()
    response.responses = [topic]
    response.nodeEndpoints = [endpoint]
    fixture.requests[1].answer(response)
    fixture.answersByItself = true
    #expect(fixture.world.run(upTo: .seconds(2)) { fixture.acknowledgedTokens.count == 2 })
    #expect(fixture.world.now - before < .milliseconds(100))
    #expect(fixture.requests.last?.broker == 2)
  }

  @Test func `A batch that is too large is split until it fits`() throws {
    let fixture = ProducerFixture()
    fixture.answersByItself = false
    var offsets: [Int64] = []
    for token in 0..<100 {
      fixture.producer.send(topic: "t", partition: 0, value: Bytes("value \(token)"), token: UInt64(token)) { result in
        if case .success(let metadata) = result { offsets.append(metadata.offset.value) }
      }
    }
    var answered = 0
    let limit = 700
    let isDone = expectMark(.batchSplit) {
      fixture.world.run(upTo: .seconds(20)) {
        while answered < fixture.requests.count {
          let call = fixture.requests[answered]
          answered += 1
          if call.partitions[0].records.count > limit { call.fail(.messageTooLarge) } else { fixture.accept(call) }
        }
        return fixture.acknowledgedTokens.count == 100
      }
    }
    #expect(isDone)
    #expect(fixture.log[partition]?.count == 100)
    #expect(offsets.count == 100)
    #expect(fixture.failed.isEmpty)
    #expect(fixture.producer.availableMemory == fixture.producer.configuration.bufferMemory)
  }
}
