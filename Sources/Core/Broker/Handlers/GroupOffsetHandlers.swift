import Controller
import Coordination
import Groups
import Primitives
import Transport
import Wire

extension BrokerApis {
  /// OffsetCommit: of topics that there are, by name or, from version 10 on, by id.
  func handleOffsetCommit(_ incoming: IncomingRequest) {
    guard var request = incoming.decodeOrClose(OffsetCommitRequest.self) else { return }
    var response = OffsetCommitResponse()
    request.topics = request.topics.compactMap { topic in known(topic, byID: incoming.version >= 10, &response) }
    guard !request.topics.isEmpty else { return incoming.respond(response) }
    groups.runtime.write(to: groups.partition(of: request.groupId)) { [request] shard, time throws(Refusal) in
      try shard.commitOffsets(request, version: incoming.version, at: time)
    } answer: { [request, response] result in
      switch result {
      case .success(let committed): incoming.respond(response.merged(with: committed))
      case .failure(let refusal): incoming.respond(response.merged(with: request.refused(refusal.code.asToldByCoordinator)))
      }
    }
  }

  /// A topic with those of its partitions that there are; the others are answered.
  private func known(
    _ topic: OffsetCommitRequest.OffsetCommitRequestTopic, byID: Bool, _ response: inout OffsetCommitResponse
  ) -> OffsetCommitRequest.OffsetCommitRequestTopic? {
    let image = byID ? metadata.image.topic(topic.topicId) : metadata.image.topic(named: topic.name)
    var known = topic
    known.name = image?.name ?? topic.name
    known.partitions = topic.partitions.filter { image?[$0.partitionIndex] != nil }
    if known.partitions.count < topic.partitions.count {
      var refused = OffsetCommitResponse.OffsetCommitResponseTopic()
      (refused.name, refused.topicId) = (known.name, topic.topicId)
      let error: ErrorCode = byID && image == nil ? .unknownTopicId : .unknownTopicOrPartition
      refused.partitions = topic.partitions.filter { image?[$0.partitionIndex] == nil }.map { $0.answer(error) }
      response.topics.append(refused)
    }
    return known.partitions.isEmpty ? nil : known
  }

  /// OffsetFetch: of one group before version 8, of several since; topics by id from version 10 on.
  func handleOffsetFetch(_ incoming: IncomingRequest) {
    guard let request = incoming.decodeOrClose(OffsetFetchRequest.self) else { return }
    let asked = incoming.version >= 8 ? request.groups : [request.onlyGroup]
    let answers = PendingAnswers<OffsetFetchResponse.OffsetFetchResponseGroup>(count: asked.count) { answers in
      incoming.respond(OffsetFetchResponse(answers, version: incoming.version))
    }
    for (place, group) in asked.enumerated() {
      fetchOffsets(of: group, byID: incoming.version >= 10, isStable: request.requireStable) { answer in
        // Version 1 has no place for an error of the group.
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

  /// OffsetDelete: of topics that there are.
  func handleOffsetDelete(_ incoming: IncomingRequest) {
    guard var request = incoming.decodeOrClose(OffsetDeleteRequest.self) else { return }
    guard !request.groupId.isEmpty else { return incoming.respond(OffsetDeleteResponse(.invalidGroupId)) }
    var unknown: [OffsetDeleteResponse.OffsetDeleteResponseTopic] = []
    request.topics = request.topics.compactMap { topic in
      let image = metadata.image.topic(named: topic.name)
      var known = topic
      known.partitions = topic.partitions.filter { image?[$0.partitionIndex] != nil }
      if known.partitions.count < topic.partitions.count {
        var refused = OffsetDeleteResponse.OffsetDeleteResponseTopic()
        refused.name = topic.name
        refused.partitions = topic.partitions.filter { image?[$0.partitionIndex] == nil }.map { partition in
          var entry = OffsetDeleteResponse.OffsetDeleteResponsePartition()
          (entry.partitionIndex, entry.errorCode) = (partition.partitionIndex, .unknownTopicOrPartition)
          return entry
        }
        unknown.append(refused)
      }
      return known.partitions.isEmpty ? nil : known
    }
    groups.runtime.write(to: groups.partition(of: request.groupId)) { [request] shard, _ throws(Refusal) in
      try shard.deleteOffsets(request)
    } answer: { [unknown] result in
      switch result {
      case .success(var response):
        for topic in unknown {
          let place = response.topics.group(where: { $0.name == topic.name }, or: OffsetDeleteResponse.OffsetDeleteResponseTopic(named: topic.name))
          response.topics[place].partitions.append(contentsOf: topic.partitions)
        }
        incoming.respond(response)
      case .failure(let refusal):
        incoming.respond(OffsetDeleteResponse(refusal.code.asToldByCoordinator))
      }
    }
  }
}

/// Answers that come one by one, until all are there.
final class PendingAnswers<Answer> {
  private var answers: [Answer?]
  private var missing: Int
  private let completion: ([Answer]) -> Void

  /// - Parameter completion: runs once, with the answers in the order of their places.
  init(count: Int, _ completion: @escaping ([Answer]) -> Void) {
    answers = Array(repeating: nil, count: count)
    missing = count
    self.completion = completion
    if count == 0 { completion([]) }
  }

  subscript(place: Int) -> Answer? {
    get { answers[place] }
    set {
      guard answers[place] == nil else { return }
      answers[place] = newValue
      missing -= 1
      if missing == 0 { completion(answers.compactMap { $0 }) }
    }
  }
}

extension OffsetCommitRequest.OffsetCommitRequestPartition {
  fileprivate func answer(_ error: ErrorCode) -> OffsetCommitResponse.OffsetCommitResponsePartition {
    var answer = OffsetCommitResponse.OffsetCommitResponsePartition()
    (answer.partitionIndex, answer.errorCode) = (partitionIndex, error)
    return answer
  }
}

extension OffsetCommitRequest {
  fileprivate func refused(_ error: ErrorCode) -> OffsetCommitResponse {
    var response = OffsetCommitResponse()
    response.topics = topics.map { topic in
      var result = OffsetCommitResponse.OffsetCommitResponseTopic()
      (result.name, result.topicId) = (topic.name, topic.topicId)
      result.partitions = topic.partitions.map { $0.answer(error) }
      return result
    }
    return response
  }
}

extension OffsetCommitResponse {
  /// Both, each topic once.
  fileprivate func merged(with other: OffsetCommitResponse) -> OffsetCommitResponse {
    guard !topics.isEmpty else { return other }
    var merged = self
    for topic in other.topics {
      var empty = topic
      empty.partitions = []
      let place = merged.topics.group(where: { $0.name == topic.name && $0.topicId == topic.topicId }, or: empty)
      merged.topics[place].partitions.append(contentsOf: topic.partitions)
    }
    return merged
  }
}

extension OffsetFetchRequest {
  /// The group of a request before version 8.
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

  /// Topics that are gone cannot be named by an id, and are left out.
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

extension OffsetDeleteResponse {
  fileprivate init(_ error: ErrorCode) {
    self.init()
    errorCode = error
  }
}

extension OffsetDeleteResponse.OffsetDeleteResponseTopic {
  fileprivate init(named name: String) {
    self.init()
    self.name = name
  }
}
