import Primitives
import Wire

extension ReplicaManager {
  /// The targets and the session of a request, or the error for the whole request.
  func resolve(_ request: borrowing FetchRequest, _ parameters: FetchParameters) throws(ErrorCode) -> FetchSessionContext {
    let isFull = request.sessionEpoch <= 0
    if isFull {
      if request.sessionId != 0 {
        mark(.fetchSessionReopened)
        sessions.remove(request.sessionId)
      }
      let targets = targets(of: request, parameters)
      return request.sessionEpoch == 0 ? .opening(targets) : .none(targets)
    }
    guard let session = sessions[request.sessionId] else {
      mark(.fetchSessionUnknown)
      throw .fetchSessionIdNotFound
    }
    // KIP-227: a client that lost a response continues from another epoch than the session's.
    if switches.checkFetchSessionEpoch, session.nextEpoch != request.sessionEpoch {
      mark(.fetchSessionEpochWrong)
      throw .invalidFetchSessionEpoch
    }
    guard session.usesTopicIDs == (parameters.version >= 13) else { throw .fetchSessionTopicIdError }
    let former = session.targets.count
    update(session, with: request, parameters)
    mustHold(
      !switches.checkFetchSessionEpoch || session.nextEpoch == FetchSessionPosition.epoch(after: request.sessionEpoch),
      "broker \(localID), fetch session \(session.id): behind epoch \(request.sessionEpoch) comes \(session.nextEpoch)")
    guard sessions.adjustCount(of: session, by: session.targets.count - former) else { throw .fetchSessionIdNotFound }
    if session.targets.isEmpty {
      sessions.remove(session.id)
      return .none([])
    }
    return .incremental(session)
  }

  /// One target for each partition; of one that is named again what was said last counts, as in Kafka, where they stand in a map.
  private func targets(of request: borrowing FetchRequest, _ parameters: FetchParameters) -> ContiguousArray<FetchTarget> {
    var targets: ContiguousArray<FetchTarget> = []
    var known: [FetchTargetKey: FetchTarget]? = request.mayRepeatPartitions ? [:] : nil
    for topic in request.topics {
      for partition in topic.partitions {
        let key = key(topic.topic, topic.topicId, partition.partition, parameters)
        if let former = known?[key] {
          former.update(partition, repeatsAfterDivergence: switches.sessionRepeatsAfterDivergence)
          continue
        }
        let target = FetchTarget(key: key)
        target.update(partition, repeatsAfterDivergence: switches.sessionRepeatsAfterDivergence)
        targets.append(target)
        known?[key] = target
      }
    }
    return targets
  }

  private func update(_ session: FetchSession, with request: borrowing FetchRequest, _ parameters: FetchParameters) {
    session.lastUsed = reactor.now
    session.read(as: parameters)
    session.nextEpoch = FetchSessionPosition.epoch(after: session.nextEpoch)
    let topics = request.topics.span
    for topic in topics.indices {
      let partitions = topics[topic].partitions.span
      for index in partitions.indices {
        session.target(key(topics[topic].topic, topics[topic].topicId, partitions[index].partition, parameters))
          .update(partitions[index], repeatsAfterDivergence: switches.sessionRepeatsAfterDivergence)
      }
    }
    guard !request.forgottenTopicsData.isEmpty else { return }
    for topic in request.forgottenTopicsData {
      for partition in topic.partitions { session.forget(key(topic.topic, topic.topicId, partition, parameters)) }
    }
    session.sweep()
  }

  private func key(_ topic: String, _ topicID: Uuid, _ partition: Int32, _ parameters: FetchParameters) -> FetchTargetKey {
    parameters.version >= 13
      ? FetchTargetKey(topic: "", topicID: topicID, partition: partition) : FetchTargetKey(topic: topic, topicID: .zero, partition: partition)
  }
}

extension FetchRequest {
  /// False if a quick check shows that no partition is repeated: one topic with ascending partitions, as clients send them.
  fileprivate var mayRepeatPartitions: Bool {
    guard topics.count <= 1, let partitions = topics.first?.partitions else { return !topics.isEmpty }
    for index in partitions.indices.dropFirst() where partitions[index - 1].partition >= partitions[index].partition { return true }
    return false
  }
}
