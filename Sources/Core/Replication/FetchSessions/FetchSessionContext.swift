import Primitives
import Wire

/// How a fetch stands to its session, and what its response must do with it.
enum FetchSessionContext {
  case sessionless
  /// A full request that asks for a session.
  case opening(FetchSessionCache, ReplicaManager)
  case incremental(FetchSession)

  var isIncremental: Bool {
    if case .incremental = self { return true }
    return false
  }

  /// The session id of the response; 0 where there is none.
  func begin(for fetch: Fetch) -> Int32 {
    switch self {
    case .sessionless:
      return 0
    case .incremental(let session):
      return session.id
    case .opening(let cache, let manager):
      let session = cache.create(
        isPrivileged: fetch.parameters.isFromFollower, usesTopicIDs: fetch.parameters.version >= 13, targets: fetch.targets,
        now: manager.reactor.now, random: &manager.reactor.host.random)
      return session?.id ?? 0
    }
  }

  /// Partitions that had data come last the next time.
  func rotate(_ fetch: Fetch) {
    guard case .incremental(let session) = self, fetch.targets.count > 1 else { return }
    var withData = fetch.reads.lazy.filter { !$0.read.records.isEmpty }.map { fetch.targets[$0.target] }.makeIterator()
    var next = withData.next()
    guard next != nil else { return }
    session.moveToEnd { target in
      // The session may have changed since the fetch began; what it no longer has stays where it is.
      guard next === target else { return false }
      next = withData.next()
      return true
    }
  }
}

extension ReplicaManager {
  /// The targets and the session of a request, or the error that the whole request gets.
  func resolve(_ request: FetchRequest, _ parameters: FetchParameters) throws(ErrorCode) -> Fetch {
    let isFull = request.sessionEpoch <= 0
    if isFull {
      if request.sessionId != 0 { sessions.remove(request.sessionId) }
      let session = request.sessionEpoch == 0 ? FetchSessionContext.opening(sessions, self) : .sessionless
      return Fetch(parameters, targets: targets(of: request, parameters), session: session, manager: self)
    }
    guard let session = sessions[request.sessionId] else { throw .fetchSessionIdNotFound }
    // KIP-227: a client that lost a response goes on from somewhere else than the session stands.
    if switches.checkFetchSessionEpoch, session.nextEpoch != request.sessionEpoch { throw .invalidFetchSessionEpoch }
    guard session.usesTopicIDs == (parameters.version >= 13) else { throw .fetchSessionTopicIdError }
    update(session, with: request, parameters)
    if session.targets.isEmpty {
      sessions.remove(session.id)
      return Fetch(parameters, targets: [], session: .sessionless, manager: self)
    }
    return Fetch(parameters, targets: session.targets, session: .incremental(session), manager: self)
  }

  private func targets(of request: FetchRequest, _ parameters: FetchParameters) -> ContiguousArray<FetchTarget> {
    var targets: ContiguousArray<FetchTarget> = []
    for topic in request.topics {
      for partition in topic.partitions {
        let target = FetchTarget(key: key(topic.topic, topic.topicId, partition.partition, parameters))
        target.update(partition)
        targets.append(target)
      }
    }
    return targets
  }

  private func update(_ session: FetchSession, with request: FetchRequest, _ parameters: FetchParameters) {
    session.lastUsed = reactor.now
    session.nextEpoch = FetchSession.epoch(after: session.nextEpoch)
    for topic in request.topics {
      for partition in topic.partitions {
        session.target(key(topic.topic, topic.topicId, partition.partition, parameters)).update(partition)
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
