import Coordination
import Host
import Primitives
import Wire

@testable import Groups

/// A shard of groups, driven without a runtime: records are committed when they are decided, unless a test says otherwise. What is answered is
/// written down as it comes.
final class ShardFixture {
  var shard: GroupShard
  var now = Instant.zero
  /// Whether decisions wait for `commit`.
  var holdsRecords = false
  private(set) var records: [CoordinatorRecord] = []
  /// What the log holds: records with their producers, and how transactions ended.
  private var log: [Entry] = []
  private(set) var heard: [String] = []
  private(set) var joins: [UInt64: JoinGroupResponse] = [:]
  private(set) var syncs: [UInt64: SyncGroupResponse] = [:]
  private var waiting: [(ErrorCode?) -> Void] = []
  private var lastTicket: UInt64 = 0

  init(_ change: (inout GroupSettings) -> Void = { _ in }) {
    var settings = GroupSettings()
    change(&settings)
    shard = GroupShard(settings: settings)
    shard.loaded(at: time)
  }

  private enum Entry {
    case record(CoordinatorRecord, from: Int64)
    case end(of: Int64, committed: Bool)
  }

  var time: CoordinatorTime { CoordinatorTime(now: now, wallClock: Timestamp(milliseconds: 1_000_000 + now.nanoseconds / 1_000_000)) }

  /// Carries out what time brings about until an instant later.
  func run(_ duration: Duration) {
    let end = now + duration
    while shard.earliestDeadline <= end {
      now = max(now, shard.earliestDeadline)
      while let decision = shard.nextTimedDecision(at: time) { carryOut(decision) }
    }
    now = end
  }

  @discardableResult
  func carryOut<Response>(_ decision: CoordinatorDecision<GroupShard, Response>) -> Response {
    takeAnswers()
    let producerID = decision.producer?.id ?? -1
    records += decision.records
    log += decision.records.map { .record($0, from: producerID) }
    if decision.isReplayed {
      for record in decision.records { try? shard.replay(record, from: producerID) }
    }
    decision.appended?(&shard, time)
    if let settled = decision.settled {
      waiting.append { [unowned self] error in
        settled(&shard, error, time)
        takeAnswers()
      }
      if !holdsRecords { commit() }
    }
    return decision.response
  }

  /// Ends the waits for commits, well or with an error.
  func commit(_ error: ErrorCode? = nil) {
    let settled = waiting
    waiting = []
    for settle in settled { settle(error) }
  }

  private func takeAnswers() {
    for answer in shard.takeAnswers() {
      switch answer {
      case .join(let ticket, let response):
        joins[ticket] = response
        heard.append("\(ticket) joined \(response.words)")
      case .sync(let ticket, let response):
        syncs[ticket] = response
        heard.append("\(ticket) synced \(response.words)")
      }
    }
  }

  /// What was answered since the last look.
  func news() -> [String] {
    defer { heard = [] }
    return heard
  }

  // MARK: Requests

  /// Sends a request under the next ticket.
  private func send(_ decide: (UInt64) throws(Refusal) -> CoordinatorDecision<GroupShard, Void>) -> UInt64 {
    lastTicket += 1
    let ticket = lastTicket
    do throws(Refusal) {
      carryOut(try decide(ticket))
    } catch {
      heard.append("\(ticket) refused \(error.code.name)")
    }
    return ticket
  }

  /// A JoinGroup under the next ticket.
  @discardableResult
  func join(
    _ group: String = "g", as member: String = "", instance: String? = nil, protocols: [(String, String)] = [("range", "t")], version: Int16 = 9,
    session: Int32 = 10_000, rebalance: Int32 = 60_000, newID: String? = nil, type: String = "consumer"
  ) -> UInt64 {
    let request = JoinGroupRequest(
      group, as: member, instance: instance, protocols: protocols.map { ($0, subscription($1)) }, session: session, rebalance: rebalance, type: type)
    let client = GroupClient(version: version, id: "client", host: "/127.0.0.1")
    return send { ticket throws(Refusal) in
      try shard.join(request, from: client, ticket: ticket, newMemberID: newID ?? "m\(ticket)", at: time)
    }
  }

  /// A new member joins with the id that it is given: two requests.
  func joinInTwoSteps(_ id: String, protocols: [(String, String)] = [("range", "t")]) -> UInt64 {
    join(protocols: protocols, newID: id)
    return join(as: id, protocols: protocols)
  }

  @discardableResult
  func sync(
    _ group: String = "g", as member: String, generation: Int32, assigning assignments: [(String, String)] = [], instance: String? = nil,
    type: String? = "consumer", name: String? = "range"
  ) -> UInt64 {
    let request = SyncGroupRequest(
      group, as: member, generation: generation, instance: instance, assigning: assignments.map { ($0, Bytes($1)) }, type: type, name: name)
    return send { ticket throws(Refusal) in try shard.sync(request, ticket: ticket, at: time) }
  }

  func heartbeat(_ group: String = "g", as member: String, generation: Int32, instance: String? = nil) -> ErrorCode {
    let request = HeartbeatRequest(group, as: member, generation: generation, instance: instance)
    do {
      return carryOut(try shard.heartbeat(request, at: time)).errorCode
    } catch {
      return error.code
    }
  }

  /// The error of each of them.
  func leave(_ members: [(id: String, instance: String?)], of group: String = "g") -> [ErrorCode] {
    let request = LeaveGroupRequest(group, members)
    do {
      return carryOut(try shard.leave(request, at: time)).members.map(\.errorCode)
    } catch {
      return [error.code]
    }
  }

  /// The error of each of them, or of the whole.
  func commitOffsets(
    in group: String = "g", as member: String = "", generation: Int32 = -1, _ offsets: [(topic: String, partition: Int32, offset: Int64)],
    metadata: String? = nil, retention: Int64 = -1, topicID: Uuid = .zero, instance: String? = nil, version: Int16 = 9
  ) -> [ErrorCode] {
    var request = OffsetCommitRequest()
    (request.groupId, request.memberId, request.generationIdOrMemberEpoch, request.groupInstanceId) = (group, member, generation, instance)
    request.retentionTimeMs = retention
    request.topics = offsets.map { offset in
      var partition = OffsetCommitRequest.OffsetCommitRequestPartition(), topic = OffsetCommitRequest.OffsetCommitRequestTopic()
      (partition.partitionIndex, partition.committedOffset, partition.committedMetadata) = (offset.partition, offset.offset, metadata)
      (topic.name, topic.topicId, topic.partitions) = (offset.topic, topicID, [partition])
      return topic
    }
    do {
      return carryOut(try shard.commitOffsets(request, version: version, at: time)).topics.flatMap { $0.partitions.map(\.errorCode) }
    } catch {
      return [error.code]
    }
  }

  /// All offsets of a group, as `t-0 5`.
  func offsets(_ group: String = "g") -> [String] {
    var request = OffsetFetchRequest.OffsetFetchRequestGroup()
    (request.groupId, request.topics) = (group, nil)
    let response = try? shard.fetchOffsets(request, isStable: false)
    return (response?.topics ?? []).flatMap { topic in topic.partitions.map { "\(topic.name)-\($0.partitionIndex) \($0.committedOffset)" } }
  }

  /// The members' ids, in their order.
  var members: [String] { group()?.members.values.map(\.id) ?? [] }

  var state: ClassicGroup.State? { group()?.state }

  func group(_ id: String = "g") -> ClassicGroup? { shard.groups[id]?.classic }

  /// A shard that replayed every record.
  func replayed() -> GroupShard {
    var other = GroupShard(settings: shard.settings)
    for entry in log {
      switch entry {
      case .record(let record, let producerID): try? other.replay(record, from: producerID)
      case .end(let producerID, let committed): other.transactionEnded(of: producerID, committed: committed)
      }
    }
    return other
  }

  // MARK: Transactions

  /// The error of each of them, or of the whole.
  @discardableResult
  func commitOffsets(
    ofTransaction producerID: Int64, in group: String = "g", as member: String = "", generation: Int32 = -1,
    _ offsets: [(topic: String, partition: Int32, offset: Int64)], metadata: String? = nil, instance: String? = nil, version: Int16 = 5
  ) -> [ErrorCode] {
    var request = TxnOffsetCommitRequest()
    (request.transactionalId, request.producerId, request.producerEpoch) = ("x\(producerID)", producerID, 3)
    (request.groupId, request.memberId, request.generationId, request.groupInstanceId) = (group, member, generation, instance)
    request.topics = offsets.map { offset in
      var partition = TxnOffsetCommitRequest.TxnOffsetCommitRequestPartition(), topic = TxnOffsetCommitRequest.TxnOffsetCommitRequestTopic()
      (partition.partitionIndex, partition.committedOffset, partition.committedMetadata) = (offset.partition, offset.offset, metadata)
      (topic.name, topic.partitions) = (offset.topic, [partition])
      return topic
    }
    do {
      return carryOut(try shard.commitTransactionalOffsets(request, version: version, at: time)).topics.flatMap { $0.partitions.map(\.errorCode) }
    } catch {
      return [error.code]
    }
  }

  /// The marker of a transaction comes to the log.
  func endTransaction(of producerID: Int64, committed: Bool) {
    log.append(.end(of: producerID, committed: committed))
    shard.transactionEnded(of: producerID, committed: committed)
  }

  /// What a fetch says of a partition that takes no offset which a transaction may replace.
  func stableOffset(_ group: String = "g", _ topic: String = "t", _ partition: Int32 = 0) -> Result<Int64, Refusal> {
    var asked = OffsetFetchRequest.OffsetFetchRequestTopics(), request = OffsetFetchRequest.OffsetFetchRequestGroup()
    (asked.name, asked.partitionIndexes) = (topic, [partition])
    (request.groupId, request.topics) = (group, [asked])
    do throws(Refusal) {
      let entry = try shard.fetchOffsets(request, isStable: true).topics[0].partitions[0]
      return entry.errorCode == .none ? .success(entry.committedOffset) : .failure(Refusal(entry.errorCode))
    } catch {
      return .failure(error)
    }
  }

  /// Version 0 of what a consumer subscribes to.
  private func subscription(_ topics: String) -> Bytes {
    var subscription = ConsumerProtocolSubscription()
    subscription.topics = topics.split(separator: ",").map(String.init)
    let body = (try? subscription.encoded(version: 0)) ?? .empty
    return Bytes(joining: [Bytes([0, 0]), body])
  }
}

extension JoinGroupResponse {
  /// The outcome in short: what a test compares.
  var words: String {
    guard errorCode == .none else { return "\(errorCode.name) \(memberId)" }
    let all = members.isEmpty ? "" : " of " + members.map(\.memberId).joined(separator: ",")
    return "\(memberId) generation \(generationId) \(protocolName ?? "-") led by \(leader)\(all)\(skipAssignment ? " skipping" : "")"
  }
}

extension SyncGroupResponse {
  var words: String { errorCode == .none ? assignment.text ?? "?" : errorCode.name }
}
