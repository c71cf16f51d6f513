import Controller
import Coordination
import Groups
import Primitives
import Transport
import Wire

extension BrokerApis {
  /// Handles OffsetCommit for existing topics, by name or, from version 10 on, by id.
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

  /// A topic with its existing partitions; the others are answered with errors.
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
  /// Merges both responses, with one entry for each topic.
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
