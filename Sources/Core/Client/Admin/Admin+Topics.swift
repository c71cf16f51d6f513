import OrderedCollections
import Primitives
import Wire

/// A topic to be created.
public struct NewTopic: Hashable, Sendable {
  public var name: String
  /// -1 for the brokers' `num.partitions`.
  public var partitionCount: Int32
  /// -1 for the brokers' `default.replication.factor`.
  public var replicationFactor: Int16
  /// The replicas of each partition, the preferred leader first; nil leaves that to the controller. If set, count and factor are -1.
  public var assignments: [[NodeID]]?
  /// By name, such as `cleanup.policy`.
  public var configs: OrderedDictionary<String, String>

  public init(_ name: String, partitions: Int32 = -1, replicationFactor: Int16 = -1, configs: OrderedDictionary<String, String> = [:]) {
    self.name = name
    partitionCount = partitions
    self.replicationFactor = replicationFactor
    self.configs = configs
  }

  public init(_ name: String, assignments: [[NodeID]], configs: OrderedDictionary<String, String> = [:]) {
    self.init(name, configs: configs)
    self.assignments = assignments
  }
}

public struct CreatedTopic: Hashable, Sendable {
  public var id: Uuid
  /// -1 if the broker is too old to say.
  public var partitionCount: Int32
  public var replicationFactor: Int16
}

public struct TopicDescription: Hashable, Sendable {
  public var name: String
  public var id: Uuid
  public var isInternal: Bool
  /// In ascending order of their numbers.
  public var partitions: [PartitionDescription]
}

public struct PartitionDescription: Hashable, Sendable {
  public var number: Int32
  public var leader: NodeID?
  public var leaderEpoch: LeaderEpoch
  public var replicas: [NodeID]
  public var isr: [NodeID]
  /// Replicas that may lead although they are not in sync (KIP-966); nil if the broker does not say.
  public var eligibleLeaderReplicas: [NodeID]?
  public var lastKnownEligibleLeaderReplicas: [NodeID]?
  public var offlineReplicas: [NodeID]
}

public struct TopicListing: Hashable, Sendable {
  public var name: String
  public var id: Uuid
  public var isInternal: Bool
}

extension Admin {
  /// Creates topics. They are committed when this completes; brokers learn of them a little later.
  public func createTopics(
    _ topics: [NewTopic], validateOnly: Bool = false, _ completion: @escaping ([(key: String, result: Result<CreatedTopic, AdminError>)]) -> Void
  ) {
    call { timeoutMs in
      var request = CreateTopicsRequest()
      request.topics = topics.map(CreateTopicsRequest.CreatableTopic.init)
      request.timeoutMs = timeoutMs
      request.validateOnly = validateOnly
      return request
    } error: { ($0.topics.map(\.errorCode).notController, nil) } _: { result in
      completion(result.each(topics.map(\.name)) { response, name in
        response.topics.first { $0.name == name }.map {
          verdict($0.errorCode, $0.errorMessage, CreatedTopic(
            id: $0.topicId, partitionCount: $0.numPartitions, replicationFactor: $0.replicationFactor))
        }
      })
    }
  }

  public func deleteTopics(_ names: [String], _ completion: @escaping ([(key: String, result: Result<Void, AdminError>)]) -> Void) {
    call { timeoutMs in
      var request = DeleteTopicsRequest()
      request.topicNames = names
      request.topics = names.map { name in
        var topic = DeleteTopicsRequest.DeleteTopicState()
        topic.name = name
        return topic
      }
      request.timeoutMs = timeoutMs
      return request
    } error: { ($0.responses.map(\.errorCode).notController, nil) } _: { result in
      completion(result.each(names) { response, name in
        response.responses.first { $0.name == name }.map { verdict($0.errorCode, $0.errorMessage, ()) }
      })
    }
  }

  /// Raises the number of partitions of topics to `count`. `assignments` are the replicas of the new partitions.
  public func createPartitions(
    _ topics: [(name: String, count: Int32, assignments: [[NodeID]]?)], validateOnly: Bool = false,
    _ completion: @escaping ([(key: String, result: Result<Void, AdminError>)]) -> Void
  ) {
    call { timeoutMs in
      var request = CreatePartitionsRequest()
      request.topics = topics.map { topic in
        var entry = CreatePartitionsRequest.CreatePartitionsTopic()
        entry.name = topic.name
        entry.count = topic.count
        entry.assignments = topic.assignments?.map { replicas in
          var assignment = CreatePartitionsRequest.CreatePartitionsAssignment()
          assignment.brokerIds = replicas.map(\.value)
          return assignment
        }
        return entry
      }
      request.timeoutMs = timeoutMs
      request.validateOnly = validateOnly
      return request
    } error: { ($0.results.map(\.errorCode).notController, nil) } _: { result in
      completion(result.each(topics.map(\.name)) { response, name in
        response.results.first { $0.name == name }.map { verdict($0.errorCode, $0.errorMessage, ()) }
      })
    }
  }

  /// Lists all topics, in ascending order of their names.
  public func listTopics(includingInternal: Bool = false, _ completion: @escaping (Result<[TopicListing], AdminError>) -> Void) {
    call { _ in
      var request = MetadataRequest()
      request.topics = nil
      request.allowAutoTopicCreation = false
      return request
    } error: { (response: MetadataResponse) in (response.errorCode, nil) } _: { (result: Result<MetadataResponse, AdminError>) in
      completion(result.map { $0.listings(includingInternal: includingInternal) })
    }
  }

  /// Describes the leaders, replicas and eligible replicas of topics. A broker too old for that answers from its metadata.
  public func describeTopics(
    _ names: [String], _ completion: @escaping ([(key: String, result: Result<TopicDescription, AdminError>)]) -> Void
  ) {
    describe(names.sorted(), from: nil, []) { [weak self] result in
      guard let self else { return }
      if case .failure(.unsupportedVersion) = result { return describeByMetadata(names, completion) }
      completion(result.each(names) { found, name in found.first { $0.name == name }?.result })
    }
  }

  private typealias Described = (name: String, result: Result<TopicDescription, AdminError>)

  /// Requests page after page: a response ends after a number of partitions, even within a topic.
  private func describe(
    _ names: [String], from cursor: DescribeTopicPartitionsResponse.Cursor?, _ former: [Described],
    _ completion: @escaping (Result<[Described], AdminError>) -> Void
  ) {
    call { _ in
      var request = DescribeTopicPartitionsRequest()
      request.topics = names.map { name in
        var topic = DescribeTopicPartitionsRequest.TopicRequest()
        topic.name = name
        return topic
      }
      request.cursor = cursor.map { position in
        var cursor = DescribeTopicPartitionsRequest.Cursor()
        cursor.topicName = position.topicName
        cursor.partitionIndex = position.partitionIndex
        return cursor
      }
      return request
    } error: { (_: DescribeTopicPartitionsResponse) in (.none, nil) } _: { [weak self] result in
      switch result {
      case .failure(let error): completion(.failure(error))
      case .success(let response):
        let found = former.appending(response)
        guard let next = response.nextCursor else { return completion(.success(found)) }
        self?.describe(names, from: next, found, completion)
      }
    }
  }

  private func describeByMetadata(
    _ names: [String], _ completion: @escaping ([(key: String, result: Result<TopicDescription, AdminError>)]) -> Void
  ) {
    call { _ in
      var request = MetadataRequest()
      request.topics = names.map { name in
        var topic = MetadataRequest.MetadataRequestTopic()
        topic.name = name
        return topic
      }
      request.allowAutoTopicCreation = false
      return request
    } error: { ($0.errorCode, nil) } _: { result in
      completion(result.each(names) { response, name in
        response.topics.first { $0.name == name }.map { verdict($0.errorCode, nil, TopicDescription($0, name: name)) }
      })
    }
  }
}

extension [(name: String, result: Result<TopicDescription, AdminError>)] {
  /// Adds the topics of another page; partitions of a topic that started on the previous page are merged into it.
  fileprivate func appending(_ response: DescribeTopicPartitionsResponse) -> Self {
    var all = self
    for topic in response.topics {
      let name = topic.name ?? ""
      let page = verdict(topic.errorCode, nil, TopicDescription(topic))
      if let last = all.last, last.name == name, case .success(var former) = last.result, case .success(let more) = page {
        former.partitions += more.partitions
        all[all.count - 1].result = .success(former)
      } else {
        all.append((name, page))
      }
    }
    return all
  }
}

extension MetadataResponse {
  fileprivate func listings(includingInternal: Bool) -> [TopicListing] {
    var listings: [TopicListing] = []
    for topic in topics where topic.errorCode == .none && (includingInternal || !topic.isInternal) {
      listings.append(TopicListing(name: topic.name ?? "", id: topic.topicId, isInternal: topic.isInternal))
    }
    return listings.sorted { $0.name < $1.name }
  }
}

extension TopicDescription {
  init(_ topic: DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic) {
    let partitions = topic.partitions.map { partition in
      PartitionDescription(
        number: partition.partitionIndex, leader: partition.leaderId < 0 ? nil : NodeID(partition.leaderId),
        leaderEpoch: LeaderEpoch(partition.leaderEpoch), replicas: partition.replicaNodes.map { NodeID($0) },
        isr: partition.isrNodes.map { NodeID($0) }, eligibleLeaderReplicas: partition.eligibleLeaderReplicas?.map { NodeID($0) },
        lastKnownEligibleLeaderReplicas: partition.lastKnownElr?.map { NodeID($0) }, offlineReplicas: partition.offlineReplicas.map { NodeID($0) })
    }
    self.init(
      name: topic.name ?? "", id: topic.topicId, isInternal: topic.isInternal, partitions: partitions.sorted { $0.number < $1.number })
  }

  init(_ topic: MetadataResponse.MetadataResponseTopic, name: String) {
    let partitions = topic.partitions.map { partition in
      PartitionDescription(
        number: partition.partitionIndex, leader: partition.leaderId < 0 ? nil : NodeID(partition.leaderId),
        leaderEpoch: LeaderEpoch(partition.leaderEpoch), replicas: partition.replicaNodes.map { NodeID($0) },
        isr: partition.isrNodes.map { NodeID($0) }, eligibleLeaderReplicas: nil, lastKnownEligibleLeaderReplicas: nil,
        offlineReplicas: partition.offlineReplicas.map { NodeID($0) })
    }
    self.init(name: name, id: topic.topicId, isInternal: topic.isInternal, partitions: partitions.sorted { $0.number < $1.number })
  }
}

extension CreateTopicsRequest.CreatableTopic {
  init(_ topic: NewTopic) {
    self.init()
    name = topic.name
    numPartitions = topic.partitionCount
    replicationFactor = topic.replicationFactor
    assignments = (topic.assignments ?? []).enumerated().map { index, replicas in
      var assignment = CreateTopicsRequest.CreatableReplicaAssignment()
      assignment.partitionIndex = Int32(index)
      assignment.brokerIds = replicas.map(\.value)
      return assignment
    }
    configs = topic.configs.map { name, value in
      var config = CreateTopicsRequest.CreatableTopicConfig()
      config.name = name
      config.value = value
      return config
    }
  }
}
