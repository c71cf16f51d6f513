import Primitives
import Wire

/// A group as its coordinator lists it.
public struct GroupListing: Hashable, Sendable {
  public var id: String
  /// The protocol type of its members: `consumer` for groups of consumers, empty for groups that only have offsets.
  public var protocolType: String
  /// Such as `Stable` or `Empty`.
  public var state: String
  /// `Classic` or `Consumer`; empty if the broker is too old to say.
  public var type: String
}

/// A group with its members.
public struct GroupDescription: Equatable, Sendable {
  public struct Member: Equatable, Sendable {
    public var id: String
    public var instanceID: String?
    public var clientID: String
    public var host: String
    /// The partitions that it owns, in ascending order.
    public var assignment: [TopicPartition]
    /// The partitions that it should own (KIP-848); nil in a classic group.
    public var target: [TopicPartition]?
    /// Nil in a classic group.
    public var epoch: Int32?
  }

  public var id: String
  public var isClassic: Bool
  public var state: String
  /// The assignor, if it is already chosen.
  public var assignor: String
  /// In ascending order of their ids.
  public var members: [Member]
}

extension Admin {
  public typealias GroupResults<Value> = [(key: String, result: Result<Value, AdminError>)]
  public typealias PartitionResults<Value> = [(key: TopicPartition, result: Result<Value, AdminError>)]

  // MARK: Groups

  /// Lists the groups of all brokers, in ascending order of their ids. States or types restrict the list (KIP-518, KIP-848).
  public func listGroups(
    inStates states: [String] = [], ofTypes types: [String] = [], _ completion: @escaping (Result<[GroupListing], AdminError>) -> Void
  ) {
    var request = ListGroupsRequest()
    request.statesFilter = states
    request.typesFilter = types
    listEverywhere(request, error: \.errorCode, listings: { response in
      response.groups.map { GroupListing(id: $0.groupId, protocolType: $0.protocolType, state: $0.groupState, type: $0.groupType) }
    }, id: \.id, completion)
  }

  /// Describes groups of either protocol. A group that does not exist is `GROUP_ID_NOT_FOUND` or, on older brokers, a classic group in the state
  /// `Dead`.
  public func describeGroups(_ groups: [String], _ completion: @escaping (GroupResults<GroupDescription>) -> Void) {
    forEachGroup(groups, completion) { [weak self] group, coordinator, done in
      // For a classic group the broker answers that it is not a KIP-848 group, and an older broker does not support the request.
      self?.call(.broker(coordinator)) { _ in
        var request = ConsumerGroupDescribeRequest()
        request.groupIds = [group]
        return request
      } error: { Self.coordinatorError($0.groups.first?.errorCode) } _: { [weak self] result in
        switch result {
        case .success(let response):
          guard let described = response.groups.first else { return done(.failure(.missingInResponse)) }
          if described.errorCode == .none { done(.success(GroupDescription(described))) } else { self?.describeClassic(group, at: coordinator, done) }
        case .failure(.unsupportedVersion): self?.describeClassic(group, at: coordinator, done)
        case .failure(let error): done(.failure(error))
        }
      }
    }
  }

  private func describeClassic(_ group: String, at coordinator: NodeID, _ done: @escaping (Result<GroupDescription, AdminError>) -> Void) {
    call(.broker(coordinator)) { _ in
      var request = DescribeGroupsRequest()
      request.groups = [group]
      return request
    } error: { Self.coordinatorError($0.groups.first?.errorCode) } _: { result in
      done(result.flatMap { response in
        guard let described = response.groups.first else { return .failure(.missingInResponse) }
        return verdict(described.errorCode, described.errorMessage, GroupDescription(described))
      })
    }
  }

  /// Deletes groups that have no members, with their offsets.
  public func deleteGroups(_ groups: [String], _ completion: @escaping (GroupResults<Void>) -> Void) {
    forEachGroup(groups, completion) { [weak self] group, coordinator, done in
      self?.call(.broker(coordinator)) { _ in
        var request = DeleteGroupsRequest()
        request.groupsNames = [group]
        return request
      } error: { Self.coordinatorError($0.results.first?.errorCode) } _: { result in
        done(result.flatMap { response in response.results.first.map { verdict($0.errorCode, nil, ()) } ?? .failure(.missingInResponse) })
      }
    }
  }

  // MARK: Offsets

  /// The offsets that a group has committed, for all partitions if `partitions` is nil, in ascending order; partitions without a committed offset are
  /// left out.
  public func listGroupOffsets(
    _ group: String, of partitions: [TopicPartition]? = nil,
    _ completion: @escaping (Result<[(partition: TopicPartition, offset: CommittedOffset)], AdminError>) -> Void
  ) {
    withCoordinator(of: group) { [weak self] result in
      switch result {
      case .failure(let error): completion(.failure(error))
      case .success(let coordinator): self?.listOffsets(group, partitions, at: coordinator, inOldForm: false, completion)
      }
    }
  }

  private func listOffsets(
    _ group: String, _ partitions: [TopicPartition]?, at coordinator: NodeID, inOldForm: Bool,
    _ completion: @escaping (Result<[(partition: TopicPartition, offset: CommittedOffset)], AdminError>) -> Void
  ) {
    call(.broker(coordinator), atMost: OffsetFetchRequest.newestVersion(inOldForm: inOldForm)) { _ in
      OffsetFetchRequest(partitions, group: group, requiresStable: false, inOldForm: inOldForm)
    } error: { Self.coordinatorError($0.error(of: group)) } _: { [weak self] result in
      switch result {
      case .failure(.unsupportedVersion) where !inOldForm: self?.listOffsets(group, partitions, at: coordinator, inOldForm: true, completion)
      case .failure(let error): completion(.failure(error))
      case .success(let response):
        let error = response.error(of: group)
        guard error == .none else { return completion(.failure(.refused(error, message: nil))) }
        let answers = response.answers(of: group)
        if let refused = answers.values.lazy.map(\.error).first(where: { $0 != .none }) { return completion(.failure(.refused(refused, message: nil))) }
        completion(.success(answers.keys.sorted().compactMap { partition in answers[partition]?.offset.map { (partition, $0) } }))
      }
    }
  }

  /// Sets the offsets of a group that has no members, or of one whose members do not subscribe.
  public func alterGroupOffsets(
    _ group: String, _ offsets: [(partition: TopicPartition, offset: CommittedOffset)], _ completion: @escaping (PartitionResults<Void>) -> Void
  ) {
    withCoordinator(of: group) { [weak self] result in
      guard case .success(let coordinator) = result else { return completion(Self.each(offsets.map(\.partition), result)) }
      self?.call(.broker(coordinator), atMost: OffsetCommitRequest.newestVersionWithNames) { _ in
        OffsetCommitRequest(offsets, group: group, .simple)
      } error: { Self.coordinatorError($0.topics.first?.partitions.first?.errorCode) } _: { result in
        completion(result.each(offsets.map(\.partition)) { response, partition in
          response.topics.first { $0.name == partition.topic }?.partitions.first { $0.partitionIndex == partition.partition }
            .map { verdict($0.errorCode, nil, ()) }
        })
      }
    }
  }

  /// Deletes offsets of a group for topics to which none of its members subscribes.
  public func deleteGroupOffsets(_ group: String, of partitions: [TopicPartition], _ completion: @escaping (PartitionResults<Void>) -> Void) {
    withCoordinator(of: group) { [weak self] result in
      guard case .success(let coordinator) = result else { return completion(Self.each(partitions, result)) }
      self?.call(.broker(coordinator)) { _ in
        var request = OffsetDeleteRequest()
        request.groupId = group
        request.topics = partitions.byTopic.map { name, numbers in
          var topic = OffsetDeleteRequest.OffsetDeleteRequestTopic()
          topic.name = name
          topic.partitions = numbers.map { number in
            var partition = OffsetDeleteRequest.OffsetDeleteRequestPartition()
            partition.partitionIndex = number
            return partition
          }
          return topic
        }
        return request
      } error: { ($0.errorCode, nil) } _: { result in
        completion(result.each(partitions) { response, partition in
          response.topics.first { $0.name == partition.topic }?.partitions.first { $0.partitionIndex == partition.partition }
            .map { verdict($0.errorCode, nil, ()) }
        })
      }
    }
  }

  private static func each(_ partitions: [TopicPartition], _ result: Result<NodeID, AdminError>) -> PartitionResults<Void> {
    result.each(partitions) { _, _ in nil }
  }

  // MARK: Coordinators

  /// The error that requires finding the coordinator again, or a retry; any other error belongs to the requested item.
  private static func coordinatorError(_ error: ErrorCode?) -> (code: ErrorCode, message: String?) {
    switch error {
    case .coordinatorLoadInProgress?, .coordinatorNotAvailable?, .notCoordinator?: (error ?? .none, nil)
    default: (.none, nil)
    }
  }

  /// Finds the current coordinator of a group.
  public func findCoordinator(ofGroup group: String, _ completion: @escaping (Result<NodeID, AdminError>) -> Void) { withCoordinator(of: group, completion) }

  /// - Parameter type: 0 for a group, 1 for a transactional id.
  func withCoordinator(of key: String, type: Int8 = 0, inOldForm: Bool = false, _ completion: @escaping (Result<NodeID, AdminError>) -> Void) {
    call(atMost: FindCoordinatorRequest.newestVersion(inOldForm: inOldForm)) { _ in
      FindCoordinatorRequest(of: key, type: type, inOldForm: inOldForm)
    } error: { response in
      let coordinator = response.coordinator(of: key)
      return (coordinator.errorCode, coordinator.errorMessage)
    } _: { [weak self] result in
      switch result {
      case .failure(.unsupportedVersion) where !inOldForm: self?.withCoordinator(of: key, type: type, inOldForm: true, completion)
      case .failure(let error): completion(.failure(error))
      case .success(let response): completion(.success(NodeID(response.coordinator(of: key).nodeId)))
      }
    }
  }

  private func forEachGroup<Value>(
    _ groups: [String], _ completion: @escaping (GroupResults<Value>) -> Void,
    _ ask: @escaping (_ group: String, _ coordinator: NodeID, _ done: @escaping (Result<Value, AdminError>) -> Void) -> Void
  ) {
    forEach(groups, completion) { group, done in
      withCoordinator(of: group) { result in
        switch result {
        case .success(let coordinator): ask(group, coordinator, done)
        case .failure(let error): done(.failure(error))
        }
      }
    }
  }
}

extension GroupDescription {
  init(_ group: DescribeGroupsResponse.DescribedGroup) {
    let members = group.members.map { member in
      let content = try? ConsumerProtocol.decode(ConsumerProtocolAssignment.self, member.memberAssignment)
      return Member(
        id: member.memberId, instanceID: member.groupInstanceId, clientID: member.clientId, host: member.clientHost,
        assignment: content?.partitions.sorted() ?? [], target: nil, epoch: nil)
    }
    self.init(
      id: group.groupId, isClassic: true, state: group.groupState, assignor: group.protocolData, members: members.sorted { $0.id < $1.id })
  }

  init(_ group: ConsumerGroupDescribeResponse.DescribedGroup) {
    func partitions(_ assignment: ConsumerGroupDescribeResponse.Assignment) -> [TopicPartition] {
      assignment.topicPartitions.flatMap { topic in topic.partitions.map { TopicPartition(topic.topicName, $0) } }.sorted()
    }
    let members = group.members.map { member in
      Member(
        id: member.memberId, instanceID: member.instanceId, clientID: member.clientId, host: member.clientHost,
        assignment: partitions(member.assignment), target: partitions(member.targetAssignment), epoch: member.memberEpoch)
    }
    self.init(
      id: group.groupId, isClassic: false, state: group.groupState, assignor: group.assignorName, members: members.sorted { $0.id < $1.id })
  }
}
