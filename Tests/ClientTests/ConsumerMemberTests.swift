import Host
import Primitives
import Testing
import Wire

@testable import Client

/// A member of a group of KIP-848 against literal schedules of responses, and a consumer with a scripted coordinator.
@Suite struct ConsumerMemberTests {
  private var member: ConsumerMember
  private let topic = Uuid(high: 7, low: 1)

  init() {
    var configuration = ConsumerConfiguration()
    configuration.remoteAssignor = "range"
    member = ConsumerMember(configuration, group: "g", id: "m")
  }

  private func response(_ epoch: Int32, _ partitions: [Int32]? = nil, error: ErrorCode = .none) -> ConsumerGroupHeartbeatResponse {
    var response = ConsumerGroupHeartbeatResponse()
    response.errorCode = error
    response.memberId = "m"
    response.memberEpoch = epoch
    response.heartbeatIntervalMs = 5_000
    response.assignment = partitions.map { partitions in
      var entry = ConsumerGroupHeartbeatResponse.TopicPartitions()
      entry.topicId = topic
      entry.partitions = partitions
      var assignment = ConsumerGroupHeartbeatResponse.Assignment()
      assignment.topicPartitions = [entry]
      return assignment
    }
    return response
  }

  @Test mutating func `The first heartbeat contains everything, and later ones only changes`() {
    let first = member.heartbeat(["t"])
    #expect((first.memberEpoch, first.rebalanceTimeoutMs, first.serverAssignor) == (0, 300_000, "range"))
    #expect(first.subscribedTopicNames == ["t"] && first.topicPartitions?.isEmpty == true)
    #expect(member.take(response(3, [1, 0])) == .accepted)
    #expect(member.state == .reconciling && member.epoch == 3)
    let second = member.heartbeat(["t"])
    #expect((second.memberEpoch, second.rebalanceTimeoutMs, second.serverAssignor) == (3, -1, nil))
    #expect(second.subscribedTopicNames == nil && second.topicPartitions == nil)
    member.reconciled(member.target)
    #expect(member.hasNews)
    let third = member.heartbeat(["t", "u"])
    #expect(third.topicPartitions?.map(\.partitions) == [[0, 1]] && third.subscribedTopicNames == ["t", "u"])
    #expect(member.state == .stable && !member.hasNews)
  }

  @Test mutating func `A pattern is sent on joining and when it changes, and is removed with an empty text`() {
    let first = member.heartbeat([], pattern: "t.*")
    #expect(first.subscribedTopicRegex == "t.*" && first.subscribedTopicNames == [])
    #expect(member.take(response(3, [])) == .accepted)
    #expect(member.heartbeat([], pattern: "t.*").subscribedTopicRegex == nil)
    #expect(member.heartbeat([], pattern: "u.*").subscribedTopicRegex == "u.*")
    #expect(member.heartbeat(["t"]).subscribedTopicRegex == "")
    #expect(member.heartbeat(["t"]).subscribedTopicRegex == nil)
  }

  @Test mutating func `An assignment that came meanwhile is reconciled next`() {
    _ = member.heartbeat(["t"])
    #expect(member.take(response(1, [0, 1])) == .accepted)
    let taken = member.target
    #expect(member.take(response(2, [0])) == .accepted)
    member.reconciled(taken)
    _ = member.heartbeat(["t"])
    #expect(member.state == .reconciling)
  }

  @Test mutating func `A fenced member starts again, and after a failure everything is sent again`() {
    _ = member.heartbeat(["t"])
    #expect(member.take(response(4, [0])) == .accepted)
    #expect(member.take(response(4, error: .fencedMemberEpoch)) == .fenced)
    #expect(member.state == .fenced && member.epoch == 0 && !member.isMember)
    member.rejoin()
    #expect(member.heartbeat(["t"]).memberEpoch == 0)
    #expect(member.take(response(5, [0])) == .accepted)
    member.heartbeatFailed()
    let again = member.heartbeat(["t"])
    #expect((again.memberEpoch, again.subscribedTopicNames) == (5, ["t"]))
  }

  @Test mutating func `A member leaves with -1, and a static one with -2`() {
    member.leave()
    #expect(member.heartbeat([]).memberEpoch == -1)
    #expect(member.take(response(9, [0])) == .accepted)
    #expect(member.state == .left && member.epoch == 0)
    var configuration = ConsumerConfiguration()
    configuration.groupInstanceID = "i"
    member = ConsumerMember(configuration, group: "g", id: "m")
    member.leave()
    #expect(member.heartbeat([]).memberEpoch == -2)
    member = ConsumerMember(configuration, group: "g", id: "m")
    member.leave(forGood: true)
    #expect(member.heartbeat([]).memberEpoch == -1)
  }

  @Test mutating func `A permanent error is reported`() {
    #expect(member.take(response(0, error: .unsupportedAssignor)) == .refused(.unsupportedAssignor))
    #expect(!member.isMember)
  }

  @Test func `A consumer moves to the target assignment, and commits before it gives up partitions`() throws {
    let records = ConsumerFixture(leaders: [1, 1]) {
      $0.groupID = "g"
      $0.groupProtocol = .consumer
      $0.autoOffsetReset = .earliest
    }
    let group = ScriptedGroup(at: records.brokers[0], servedBy: records.brokers), listener = GroupListener()
    records.consumer.delegate = listener
    for index in 0..<2 { records.logs[Int32(index)]?.append(["a\(index)"]) }
    var wanted: [Int32] = [0, 1], epoch: Int32 = 1, error = ErrorCode.none
    var beats: [ConsumerGroupHeartbeatRequest] = []
    records.brokers[0].on(ConsumerGroupHeartbeatRequest.self) { request, answer in
      beats.append(request)
      answer(response(epoch, wanted, error: error))
      error = .none
    }
    group.followsEpoch = { epoch }
    let topic = records.cluster.topics[0].id
    #expect(topic == self.topic)
    records.consumer.subscribe(to: ["t"])
    records.consumer.start()
    #expect(records.world.run(upTo: .seconds(10)) { listener.log == ["assigned t-0 t-1"] })
    records.world.run(for: .seconds(2))
    (wanted, epoch) = ([0], 2)
    #expect(records.world.run(upTo: .seconds(20)) { listener.log.count == 3 })
    #expect(listener.log == ["assigned t-0 t-1", "revoked t-1", "assigned "])
    #expect(group.committed == [TopicPartition("t", 0): 1, TopicPartition("t", 1): 1])
    records.world.run(for: .seconds(1))
    #expect(beats.last?.topicPartitions?.map(\.partitions) == [[0]])
    #expect(records.consumer.standing?.generation == 2)
    error = .unknownMemberId
    #expect(records.world.run(upTo: .seconds(20)) { listener.log.count == 5 })
    #expect(listener.log.suffix(2) == ["lost t-0", "assigned t-0"])
    var isClosed = false
    records.consumer.close { isClosed = true }
    #expect(records.world.run(upTo: .seconds(10)) { isClosed })
    #expect(beats.last?.memberEpoch == -1)
  }

  @Test func `A member whose polls are overdue while it is told of its losses leaves, and joins again afterwards`() {
    let records = ConsumerFixture(leaders: [1, 1]) {
      $0.groupID = "g"
      $0.groupProtocol = .consumer
      $0.autoOffsetReset = .earliest
      $0.maxPollInterval = .seconds(5)
    }
    let group = ScriptedGroup(at: records.brokers[0], servedBy: records.brokers), listener = GroupListener()
    records.consumer.delegate = listener
    var wanted: [Int32] = [0, 1], epoch: Int32 = 1
    var beats: [Int32] = []
    records.brokers[0].on(ConsumerGroupHeartbeatRequest.self) { request, answer in
      beats.append(request.memberEpoch)
      answer(response(epoch, wanted))
    }
    group.followsEpoch = { epoch }
    records.consumer.subscribe(to: ["t"])
    records.consumer.start()
    #expect(records.world.run(upTo: .seconds(10)) { listener.log == ["assigned t-0 t-1"] })
    records.world.run(for: .seconds(1))
    listener.holds = true
    (wanted, epoch) = ([0], 2)
    #expect(records.world.run(upTo: .seconds(20)) { listener.log.count == 2 && beats.last == -1 })
    let silent = beats.count
    records.world.run(for: .seconds(20))
    #expect(beats.count == silent && listener.log.last == "revoked t-1")
    listener.holds = false
    for done in listener.held { done() }
    #expect(records.world.run(upTo: .seconds(20)) { listener.log.last == "assigned t-0" })
    #expect(listener.log.contains("lost t-0 t-1"))
    #expect(beats[silent] == 0 && records.consumer.standing?.generation == 2)
  }
}
