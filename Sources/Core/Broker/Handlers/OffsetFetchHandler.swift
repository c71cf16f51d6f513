import Controller
import Coordination
import Groups
import Primitives
import Transport
import Wire

extension BrokerApis {
  /// Handles OffsetFetch: one group before version 8, several since; topics by id from version 10 on.
  func handleOffsetFetch(_ incoming: IncomingRequest) {
    guard let request = incoming.decodeOrClose(OffsetFetchRequest.self) else { return }
    let asked = incoming.version >= 8 ? request.groups : [request.onlyGroup]
    let answers = PendingAnswers<OffsetFetchResponse.OffsetFetchResponseGroup>(count: asked.count) { answers in
      incoming.respond(OffsetFetchResponse(answers, version: incoming.version))
    }
    for (place, group) in asked.enumerated() {
      fetchOffsets(of: group, byID: incoming.version >= 10, isStable: request.requireStable) { answer in
        // Version 1 has no error for the whole group.
        answers[place] = incoming.version < 2 ? answer.withErrorInPartitions(of: group) : answer
      }
    }
  }

  private func fetchOffsets(
    of group: OffsetFetchRequest.OffsetFetchRequestGroup, byID: Bool, isStable: Bool,
    _ completion: @escaping (OffsetFetchResponse.OffsetFetchResponseGroup) -> Void
  ) {
    var unknown: [OffsetFetchResponse.OffsetFetchResponseTopics] = []
    var group = group
    if byID {
      group.topics = group.topics?.compactMap { topic in
        var topic = topic
        guard let name = metadata.image.topic(topic.topicId)?.name else {
          unknown.append(topic.answer(.unknownTopicId))
          return nil
        }
        topic.name = name
        return topic
      }
    }
    let partition = groups.partition(of: group.groupId)
    let finish: (Result<OffsetFetchResponse.OffsetFetchResponseGroup, Refusal>) -> Void = { [group, unknown, metadata] result in
      switch result {
      case .success(var answer):
        if byID { answer.nameTopicsByID(metadata) }
        answer.topics = unknown + answer.topics
        completion(answer)
      case .failure(let refusal):
        var answer = OffsetFetchResponse.OffsetFetchResponseGroup()
        (answer.groupId, answer.errorCode) = (group.groupId, refusal.code.asToldByCoordinator)
        completion(answer)
      }
    }
    if isStable {
      groups.runtime.write(to: partition) { [group] shard, _ throws(Refusal) in
        CoordinatorDecision([], try shard.fetchOffsets(group, isStable: true))
      } answer: { finish($0) }
    } else {
      finish(groups.runtime.read(from: partition) { [group] _, committed throws(Refusal) in try committed.fetchOffsets(group, isStable: false) })
    }
  }
}

extension OffsetFetchRequest {
  /// The group in a request before version 8.
  fileprivate var onlyGroup: OffsetFetchRequestGroup {
    var group = OffsetFetchRequestGroup()
    group.groupId = groupId
    group.topics = topics?.map { topic in
      var asked = OffsetFetchRequestTopics()
      (asked.name, asked.partitionIndexes) = (topic.name, topic.partitionIndexes)
      return asked
    }
    return group
  }
}

extension OffsetFetchRequest.OffsetFetchRequestTopics {
  fileprivate func answer(_ error: ErrorCode) -> OffsetFetchResponse.OffsetFetchResponseTopics {
    var answer = OffsetFetchResponse.OffsetFetchResponseTopics()
    (answer.name, answer.topicId) = (name, topicId)
    answer.partitions = partitionIndexes.map { index in
      var partition = OffsetFetchResponse.OffsetFetchResponsePartitions()
      (partition.partitionIndex, partition.committedOffset, partition.committedLeaderEpoch, partition.errorCode) = (index, -1, -1, error)
      return partition
    }
    return answer
  }
}

extension OffsetFetchResponse.OffsetFetchResponseGroup {
  fileprivate func withErrorInPartitions(of group: OffsetFetchRequest.OffsetFetchRequestGroup) -> Self {
    guard errorCode != .none else { return self }
    var answer = self
    answer.topics = (group.topics ?? []).map { $0.answer(errorCode) }
    return answer
  }

  /// Adds the ids of topics. Deleted topics have no id, and are left out.
  fileprivate mutating func nameTopicsByID(_ metadata: MetadataCache) {
    topics = topics.compactMap { topic in
      guard topic.topicId == .zero else { return topic }
      guard let id = metadata.image.topicID(named: topic.name) else { return nil }
      var topic = topic
      topic.topicId = id
      return topic
    }
  }
}

extension OffsetFetchResponse {
  fileprivate init(_ answers: [OffsetFetchResponseGroup], version: Int16) {
    self.init()
    guard version < 8 else {
      groups = answers
      return
    }
    guard let only = answers.first else { return }
    errorCode = only.errorCode
    topics = only.topics.map { topic in
      var result = OffsetFetchResponseTopic()
      result.name = topic.name
      result.partitions = topic.partitions.map { partition in
        var entry = OffsetFetchResponsePartition()
        entry.partitionIndex = partition.partitionIndex
        entry.committedOffset = partition.committedOffset
        entry.committedLeaderEpoch = partition.committedLeaderEpoch
        entry.metadata = partition.metadata
        entry.errorCode = partition.errorCode
        return entry
      }
      return result
    }
  }
}
