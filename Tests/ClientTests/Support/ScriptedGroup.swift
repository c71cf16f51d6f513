import Client
import Primitives
import Wire

/// What a coordinator of classic groups says in a test: generations, members and committed offsets of one group, without any timers. A rebalance begins when
/// somebody joins or leaves, and the next ends when `rebalance` is called or everybody known has joined.
final class ScriptedGroup {
  struct Member {
    let id: String
    var protocols: [JoinGroupRequest.JoinGroupRequestProtocol]
    var join: ((JoinGroupResponse) -> Void)?
    var sync: ((SyncGroupResponse) -> Void)?
  }

  private(set) var generation: Int32 = 0
  private(set) var members: [Member] = []
  private(set) var isRebalancing = false
  private var nextID = 1
  /// What the leader of the present generation has handed in.
  private var assignments: [String: Bytes]?
  /// Requests by their names, in the order of arrival.
  private(set) var log: [String] = []
  private(set) var heartbeats: [HeartbeatRequest] = []
  private(set) var commits: [OffsetCommitRequest] = []
  /// Whether those who read offsets wanted stable ones.
  private(set) var requiresStable: [Bool] = []
  var committed: [TopicPartition: Int64] = [:]
  /// To be answered instead, once each, by API.
  var errors: [ApiKey: [ErrorCode]] = [:]
  /// Named by FindCoordinator.
  var coordinator: ScriptedBroker
  /// The generation or epoch in which commits go through, where that is not the one of the classic group.
  var followsEpoch: (() -> Int32)?
  /// How many have to join before a rebalance ends.
  var expected = 1

  init(at broker: ScriptedBroker, servedBy brokers: [ScriptedBroker]) {
    coordinator = broker
    for broker in brokers { serve(broker) }
  }

  private func error(_ api: ApiKey) -> ErrorCode {
    guard let first = errors[api]?.first else { return .none }
    errors[api]?.removeFirst()
    return first
  }

  private func serve(_ broker: ScriptedBroker) {
    broker.on(FindCoordinatorRequest.self) { [unowned self] request, answer in
      var entry = FindCoordinatorResponse.Coordinator()
      entry.key = request.coordinatorKeys.first ?? request.key
      entry.errorCode = error(.findCoordinator)
      entry.nodeId = coordinator.id.value
      entry.host = coordinator.address.host
      entry.port = coordinator.address.port
      log.append("find")
      var response = FindCoordinatorResponse()
      response.coordinators = [entry]
      answer(response)
    }
    broker.on(JoinGroupRequest.self) { [unowned self] request, answer in join(request, answer) }
    broker.on(SyncGroupRequest.self) { [unowned self] request, answer in sync(request, answer) }
    broker.on(HeartbeatRequest.self) { [unowned self] request, answer in
      heartbeats.append(request)
      var response = HeartbeatResponse()
      response.errorCode = error(.heartbeat)
      if response.errorCode == .none {
        response.errorCode = !members.contains { $0.id == request.memberId } ? .unknownMemberId
          : request.generationId != generation ? .illegalGeneration : isRebalancing ? .rebalanceInProgress : .none
      }
      answer(response)
    }
    broker.on(LeaveGroupRequest.self) { [unowned self] request, answer in
      log.append("leave \(request.members.map(\.memberId).joined(separator: ","))")
      for member in request.members { remove(member.memberId) }
      answer(LeaveGroupResponse())
    }
    broker.on(OffsetCommitRequest.self) { [unowned self] request, answer in commit(request, answer) }
    broker.on(OffsetFetchRequest.self) { [unowned self] request, answer in
      var group = OffsetFetchResponse.OffsetFetchResponseGroup()
      group.groupId = request.groups[0].groupId
      let code = error(.offsetFetch)
      // Of a partition, and not of the group.
      group.errorCode = code == .unstableOffsetCommit ? .none : code
      requiresStable.append(request.requireStable)
      group.topics = (request.groups[0].topics ?? []).map { topic in
        var entry = OffsetFetchResponse.OffsetFetchResponseTopics()
        entry.name = topic.name
        entry.partitions = topic.partitionIndexes.map { number in
          var partition = OffsetFetchResponse.OffsetFetchResponsePartitions()
          partition.partitionIndex = number
          partition.committedOffset = committed[TopicPartition(topic.name, number)] ?? -1
          if code == .unstableOffsetCommit { (partition.errorCode, partition.committedOffset) = (code, -1) }
          return partition
        }
        return entry
      }
      log.append("fetch offsets")
      var response = OffsetFetchResponse()
      response.groups = [group]
      answer(response)
    }
  }

  private func join(_ request: JoinGroupRequest, _ answer: @escaping (JoinGroupResponse) -> Void) {
    var response = JoinGroupResponse()
    response.errorCode = error(.joinGroup)
    guard response.errorCode == .none else {
      log.append("join refused")
      return answer(response)
    }
    if request.memberId.isEmpty, request.groupInstanceId == nil {
      response.errorCode = .memberIdRequired
      response.memberId = "m\(nextID)"
      nextID += 1
      log.append("join")
      return answer(response)
    }
    let id = request.memberId.isEmpty ? "s-\(request.groupInstanceId ?? "")" : request.memberId
    log.append("join \(id)")
    if let index = members.firstIndex(where: { $0.id == id }) {
      members[index].protocols = request.protocols
      members[index].join = answer
    } else {
      members.append(Member(id: id, protocols: request.protocols, join: answer))
    }
    isRebalancing = true
    if members.count >= expected, members.allSatisfy({ $0.join != nil }) { completeJoin() }
  }

  /// Has heartbeats tell members to join.
  func rebalance() { isRebalancing = true }

  /// Puts a member out.
  func remove(_ id: String) {
    members.removeAll { $0.id == id }
    if !members.isEmpty { isRebalancing = true }
  }

  private func completeJoin() {
    generation += 1
    assignments = nil
    let name = members[0].protocols[0].name
    for index in members.indices {
      var response = JoinGroupResponse()
      response.generationId = generation
      response.protocolType = "consumer"
      response.protocolName = name
      response.leader = members[0].id
      response.memberId = members[index].id
      if index == 0 {
        response.members = members.map { member in
          var entry = JoinGroupResponse.JoinGroupResponseMember()
          entry.memberId = member.id
          entry.metadata = member.protocols.first { $0.name == name }?.metadata ?? .empty
          return entry
        }
      }
      let answer = members[index].join
      members[index].join = nil
      answer?(response)
    }
  }

  private func sync(_ request: SyncGroupRequest, _ answer: @escaping (SyncGroupResponse) -> Void) {
    log.append("sync \(request.memberId)")
    var response = SyncGroupResponse()
    response.errorCode = error(.syncGroup)
    guard response.errorCode == .none else { return answer(response) }
    guard let index = members.firstIndex(where: { $0.id == request.memberId }) else {
      response.errorCode = .unknownMemberId
      return answer(response)
    }
    members[index].sync = answer
    if index == 0 {
      isRebalancing = false
      assignments = Dictionary(request.assignments.map { ($0.memberId, $0.assignment) }, uniquingKeysWith: { first, _ in first })
    }
    guard let assignments else { return }
    for index in members.indices {
      guard let answer = members[index].sync else { continue }
      members[index].sync = nil
      var response = SyncGroupResponse()
      response.assignment = assignments[members[index].id] ?? .empty
      answer(response)
    }
  }

  private func commit(_ request: OffsetCommitRequest, _ answer: (OffsetCommitResponse) -> Void) {
    commits.append(request)
    var code = error(.offsetCommit)
    if code == .none, request.generationIdOrMemberEpoch >= 0, request.generationIdOrMemberEpoch != followsEpoch?() ?? generation { code = .illegalGeneration }
    var response = OffsetCommitResponse()
    response.topics = request.topics.map { topic in
      var entry = OffsetCommitResponse.OffsetCommitResponseTopic()
      entry.name = topic.name
      entry.partitions = topic.partitions.map { partition in
        var answer = OffsetCommitResponse.OffsetCommitResponsePartition()
        answer.partitionIndex = partition.partitionIndex
        answer.errorCode = code
        if code == .none { committed[TopicPartition(topic.name, partition.partitionIndex)] = partition.committedOffset }
        return answer
      }
      return entry
    }
    log.append("commit")
    answer(response)
  }
}
