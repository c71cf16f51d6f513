import Coordination
import Primitives
import Testing
import Wire

@testable import Groups

/// A group at its coordinator, and the same group as somebody has it who only reads what was written.
struct GroupWorld {
  var group = ConsumerGroup(id: "g")
  private(set) var reader = ConsumerGroup(id: "g")
  var topics: TestTopics
  var settings = ConsumerGroupSettings()
  var now = Instant.zero
  private(set) var written: [CoordinatorRecord] = []

  init(_ topics: TestTopics) {
    self.topics = topics
    settings.assignmentInterval = .zero
  }

  var wallClock: Timestamp { Timestamp(milliseconds: 1_700_000_000_000) + (now - .zero) }

  mutating func pass(_ duration: Duration) { now += duration }

  /// Sends a heartbeat, and takes in what it decides.
  @discardableResult
  mutating func heartbeat(_ request: ConsumerGroupHeartbeatRequest, version: Int16 = 1) throws -> ConsumerGroupHeartbeatResponse {
    try ConsumerGroup.check(request, version: version, settings: settings)
    let decision = try group.heartbeat(
      request, clientId: "client", clientHost: "/10.0.0.1", topics: topics, settings: settings, at: now, wallClock: wallClock, newMemberId: { "made" })
    try apply(decision.records)
    return decision.response
  }

  /// Does everything that is due.
  mutating func expire() throws {
    while let due = group.takeDue(at: now) { try apply(try group.settle(due, topics: topics, at: wallClock)) }
  }

  mutating func apply(_ records: [CoordinatorRecord]) throws {
    if records.isEmpty { return }
    for record in records {
      let read = try ConsumerGroupRecord(type: record.key.coordinatorRecordType(), key: record.key, value: record.value)
      #expect(read.groupId == "g")
      group.apply(read)
      reader.apply(read)
    }
    written += records
    #expect(group == reader)
    try checkOwners()
  }

  /// No partition belongs to two members, and everything that members have is noted as theirs.
  func checkOwners() throws {
    var owners: [TopicPartitionKey: String] = [:]
    for member in group.members.values {
      for entry in member.assigned.entries + member.pendingRevocation.entries {
        let key = TopicPartitionKey(entry.topic, entry.partition)
        #expect(owners[key] == nil, "\(entry.topic)-\(entry.partition) belongs to \(owners[key] ?? "") and \(member.id)")
        owners[key] = member.id
        #expect(group.owner(of: entry.partition, of: entry.topic) == member.id)
      }
    }
  }

  /// What a member that joins sends.
  func join(_ member: String, _ topics: [String] = ["t"], instance: String? = nil, pattern: String? = nil) -> ConsumerGroupHeartbeatRequest {
    ConsumerGroupHeartbeatRequest {
      $0.groupId = "g"
      $0.memberId = member
      $0.instanceId = instance
      $0.rebalanceTimeoutMs = 30_000
      $0.subscribedTopicNames = topics
      $0.subscribedTopicRegex = pattern
      $0.topicPartitions = []
    }
  }

  /// What a member sends that has nothing new to say.
  func beat(_ member: String, _ epoch: Int32, instance: String? = nil, owned: [String: [Int32]]? = nil) -> ConsumerGroupHeartbeatRequest {
    ConsumerGroupHeartbeatRequest {
      $0.groupId = "g"
      $0.memberId = member
      $0.memberEpoch = epoch
      $0.instanceId = instance
      $0.topicPartitions = owned.map { owned in
        owned.keys.sorted().map { name in
          ConsumerGroupHeartbeatRequest.TopicPartitions { $0.topicId = TestTopics.id(name); $0.partitions = owned[name]! }
        }
      }
    }
  }

  /// The partitions of `t` that a member has.
  func partitions(_ member: String) -> [Int32] { group.members[member]?.assigned.assignment[TestTopics.id("t")] ?? [] }

  /// The types of the records written since.
  func types(since count: Int) throws -> [Int16] { try written[count...].map { try $0.key.coordinatorRecordType() } }
}

extension ConsumerGroupHeartbeatResponse {
  /// The partitions of `t` in the assignment; nil where there is none.
  var partitions: [Int32]? { assignment.map { $0.topicPartitions.first { $0.topicId == TestTopics.id("t") }?.partitions ?? [] } }
}

/// Expects a refusal with a code.
func expectRefusal(_ code: ErrorCode, _ body: () throws -> Void) {
  do {
    try body()
    Issue.record("nothing was refused")
  } catch let refusal as Refusal {
    #expect(refusal.code == code, "\(refusal)")
  } catch {
    Issue.record("\(error)")
  }
}
