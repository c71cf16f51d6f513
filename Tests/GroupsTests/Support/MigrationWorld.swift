import Coordination
import Primitives
import Wire

@testable import Groups

/// A shard whose members speak either protocol, and one that reads what was written. The topic `t` has three partitions. What is held is written down when it is
/// answered.
final class MigrationWorld {
  var shard: GroupShard
  var reader: GroupShard
  private var time = CoordinatorTime(now: .zero, wallClock: Timestamp(milliseconds: 1_000_000))
  private(set) var records: [CoordinatorRecord] = []
  private var heard: [String] = []
  private var lastTicket: UInt64 = 0
  /// The log refuses what is decided.
  var refusesRecords = false

  init(policy: GroupMigrationPolicy = .bidirectional, _ change: (inout GroupSettings) -> Void = { _ in }) {
    var settings = GroupSettings()
    settings.initialRebalanceDelay = .zero
    settings.consumer.assignmentInterval = .zero
    settings.consumer.migrationPolicy = policy
    change(&settings)
    let topics = TestTopics(["t": 3, "u": 1])
    shard = GroupShard(settings: settings, cluster: topics)
    reader = GroupShard(settings: settings, cluster: topics)
    shard.loaded(at: time)
  }

  /// Another broker takes over.
  func move() {
    shard = reader
    shard.loaded(at: time)
  }

  func run(_ duration: Duration) {
    time.now += duration
    time.wallClock = time.wallClock + duration
    while let decision = shard.nextTimedDecision(at: time) { carryOut(decision) }
    takeAnswers()
  }

  @discardableResult
  private func carryOut<Response>(_ decision: CoordinatorDecision<GroupShard, Response>) -> Response {
    guard !refusesRecords || decision.records.isEmpty else {
      decision.settled?(&shard, .coordinatorNotAvailable, time)
      return decision.response
    }
    records += decision.records
    for record in decision.records {
      if decision.isReplayed { try? shard.replay(record, from: -1) }
      try? reader.replay(record, from: -1)
    }
    decision.appended?(&shard, time)
    decision.settled?(&shard, nil, time)
    takeAnswers()
    return decision.response
  }

  private func takeAnswers() {
    for answer in shard.takeAnswers() {
      switch answer {
      case .join(_, let response): heard.append("joined \(response.words)")
      case .sync(_, let response): heard.append("synced \(response.errorCode == .none ? "\(response.partitions)" : response.errorCode.name)")
      }
    }
  }

  /// What was answered since the last look.
  func news() -> [String] {
    defer { heard = [] }
    return heard
  }

  /// The types of the records written since.
  func types(since count: Int) -> [Int16] { records[count...].compactMap { try? $0.key.coordinatorRecordType() } }

  var consumer: ConsumerGroup? {
    if case .consumer(let group)? = shard.groups["g"] { group } else { nil }
  }
  var classic: ClassicGroup? { shard.groups["g"]?.classic }

  // MARK: The classic protocol

  private static func subscription(_ topics: [String], _ owned: [Int32]) -> Bytes {
    var subscription = ConsumerProtocolSubscription()
    subscription.topics = topics
    if !owned.isEmpty { subscription.ownedPartitions = [ConsumerProtocolSubscription.TopicPartition { $0.topic = "t"; $0.partitions = owned }] }
    return ConsumerProtocol.encode(subscription, version: 1)
  }

  /// Sends a request under the next ticket.
  private func send(_ decide: (UInt64) throws(Refusal) -> CoordinatorDecision<GroupShard, Void>) {
    lastTicket += 1
    do throws(Refusal) {
      carryOut(try decide(lastTicket))
    } catch {
      heard.append("refused \(error.code.name)")
    }
    takeAnswers()
  }

  /// A new member joins as before version 4, with an id that it is given; a known one with its own.
  func join(
    _ member: String, isNew: Bool = false, instance: String? = nil, topics: [String] = ["t"], owned: [Int32] = [], protocols: [String] = ["range"],
    version: Int16 = 3, type: String = "consumer"
  ) {
    let request = JoinGroupRequest(
      "g", as: isNew ? "" : member, instance: instance, protocols: protocols.map { ($0, Self.subscription(topics, owned)) }, type: type)
    let client = GroupClient(version: version, id: "classic", host: "/10.0.0.1")
    send { ticket throws(Refusal) in try shard.join(request, from: client, ticket: ticket, newMemberID: member, at: time) }
  }

  func sync(_ member: String, _ generation: Int32, assigning: [(member: String, partitions: [Int32])] = [], userData: Bytes? = nil, instance: String? = nil) {
    let assignments = assigning.map { member, partitions in
      var content = ConsumerProtocolAssignment()
      content.assignedPartitions = [ConsumerProtocolAssignment.TopicPartition { $0.topic = "t"; $0.partitions = partitions }]
      content.userData = userData
      return (member, ConsumerProtocol.encode(content, version: 1))
    }
    let request = SyncGroupRequest(
      "g", as: member, generation: generation, instance: instance, assigning: assignments, type: "consumer", name: "range")
    send { ticket throws(Refusal) in try shard.sync(request, ticket: ticket, at: time) }
  }

  func heartbeat(_ member: String, _ generation: Int32, instance: String? = nil) -> ErrorCode {
    let request = HeartbeatRequest("g", as: member, generation: generation, instance: instance)
    do {
      return carryOut(try shard.heartbeat(request, at: time)).errorCode
    } catch {
      return error.code
    }
  }

  func leave(_ members: [(id: String, instance: String?)]) -> [ErrorCode] {
    let request = LeaveGroupRequest("g", members)
    do {
      let response = carryOut(try shard.leave(request, at: time))
      takeAnswers()
      return response.members.map(\.errorCode)
    } catch {
      return [error.code]
    }
  }

  /// The classic members a and b in their first generation: a has 0 and 1, b has 2.
  func beginClassic() {
    join("a", isNew: true)
    join("b", isNew: true)
    run(.zero)
    sync("a", 1, assigning: [("a", [0, 1]), ("b", [2])])
    sync("b", 1)
    _ = news()
  }

  // MARK: The protocol of KIP-848

  /// `epoch [partitions]`, or the epoch alone where no assignment is told, or the error.
  func beat(
    _ member: String, _ epoch: Int32 = 0, instance: String? = nil, topics: [String] = ["t"], pattern: String? = nil, owned: [Int32]? = nil
  ) -> String {
    let request = ConsumerGroupHeartbeatRequest {
      $0.groupId = "g"
      $0.memberId = member
      $0.memberEpoch = epoch
      $0.instanceId = instance
      if epoch == 0 {
        $0.rebalanceTimeoutMs = 30_000
        $0.subscribedTopicNames = topics
        $0.subscribedTopicRegex = pattern
        $0.topicPartitions = []
      } else if let owned {
        $0.topicPartitions = owned.isEmpty
          ? [] : [ConsumerGroupHeartbeatRequest.TopicPartitions { $0.topicId = TestTopics.id("t"); $0.partitions = owned }]
      }
    }
    do {
      let response = carryOut(try shard.heartbeat(
        request, from: GroupClient(version: 1, id: "modern", host: "/10.0.0.2"), newMemberID: { "made" }, at: time))
      takeAnswers()
      return "\(response.memberEpoch)" + (response.partitions.map { " \($0)" } ?? "")
    } catch {
      return error.code.name
    }
  }

  // MARK: Offsets

  func commit(_ member: String, _ epoch: Int32, _ offset: Int64, partition: Int32 = 0) -> ErrorCode {
    let request = OffsetCommitRequest {
      $0.groupId = "g"
      $0.memberId = member
      $0.generationIdOrMemberEpoch = epoch
      $0.topics = [
        OffsetCommitRequest.OffsetCommitRequestTopic {
          $0.name = "t"
          $0.partitions = [OffsetCommitRequest.OffsetCommitRequestPartition { $0.partitionIndex = partition; $0.committedOffset = offset }]
        }
      ]
    }
    do {
      return carryOut(try shard.commitOffsets(request, version: 9, at: time)).topics[0].partitions[0].errorCode
    } catch {
      return error.code
    }
  }

  func committed(_ partition: Int32 = 0) -> Int64? { reader.offsets["g", "t", partition]?.offset }
}

extension SyncGroupResponse {
  /// The partitions of `t` in the assignment.
  fileprivate var partitions: [Int32] {
    (try? ConsumerProtocol.decode(ConsumerProtocolAssignment.self, assignment))?.assignedPartitions.first { $0.topic == "t" }?.partitions ?? []
  }
}
