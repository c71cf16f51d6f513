import Primitives
import Wire

/// Asks the leaders of partitions for offsets, again and again until each has answered or nobody wants to know any more.
final class OffsetLookup {
  struct Question {
    let partition: TopicPartition
    let query: OffsetQuery
  }

  enum Failure: Error {
    case refused(ErrorCode)
    case timedOut
    case unsupportedVersion
  }

  private let cluster: Cluster
  private let backoff: RetryBackoff
  private let isolationLevel: IsolationLevel
  private let deadline: Instant?
  private let isWanted: (TopicPartition) -> Bool
  /// nil says that the log has no such offset.
  private let answered: (TopicPartition, Result<OffsetAndTimestamp?, Failure>) -> Void
  private var open: [Question]
  private var outstanding = 0
  private var attempts = 0
  private var attemptWaiting = 0

  /// Begins at once. `answered` is called once for each partition that is still wanted then.
  @discardableResult
  init(
    _ questions: [Question], in cluster: Cluster, backoff: RetryBackoff, isolationLevel: IsolationLevel, deadline: Instant?,
    isWanted: @escaping (TopicPartition) -> Bool = { _ in true },
    answered: @escaping (TopicPartition, Result<OffsetAndTimestamp?, Failure>) -> Void
  ) {
    self.cluster = cluster
    self.backoff = backoff
    self.isolationLevel = isolationLevel
    self.deadline = deadline
    self.isWanted = isWanted
    self.answered = answered
    open = questions
    cluster.follow(questions.map(\.partition.topic))
    attempt()
    if let deadline {
      cluster.reactor.after(max(deadline - cluster.reactor.now, .zero)) { [self] in giveUp() }
    }
  }

  private func attempt() {
    open.removeAll { !isWanted($0.partition) }
    guard !open.isEmpty else { return }
    attempts += 1
    var byLeader: [(leader: NodeID, questions: [Question])] = []
    for question in open {
      guard let leader = cluster.metadata.partition(question.partition)?.leader else { continue }
      if let index = byLeader.firstIndex(where: { $0.leader == leader }) {
        byLeader[index].questions.append(question)
      } else {
        byLeader.append((leader, [question]))
      }
    }
    if byLeader.reduce(0, { $0 + $1.questions.count }) < open.count { cluster.requestUpdate() }
    outstanding = byLeader.count
    for (leader, questions) in byLeader { ask(leader, questions) }
    if byLeader.isEmpty { tryAgainLater() }
  }

  private func ask(_ leader: NodeID, _ questions: [Question]) {
    let request = request(for: questions)
    let limit: Int16 = .max
    cluster.send(request, to: leader, atMost: limit) { [self] result in
      outstanding -= 1
      switch result {
      case .success(let response): take(response)
      case .failure(.unsupportedVersion): for question in questions { settle(question.partition, .failure(.unsupportedVersion)) }
      case .failure: cluster.requestUpdate()
      }
      if outstanding == 0 && !open.isEmpty { tryAgainLater() }
    }
  }

  private func request(for questions: [Question]) -> ListOffsetsRequest {
    var request = ListOffsetsRequest()
    request.replicaId = -1
    request.isolationLevel = isolationLevel.code
    for question in questions {
      var partition = ListOffsetsRequest.ListOffsetsPartition()
      partition.partitionIndex = question.partition.partition
      partition.currentLeaderEpoch = cluster.metadata.partition(question.partition)?.leaderEpoch.value ?? -1
      partition.timestamp = question.query.code
      if let index = request.topics.lastIndex(where: { $0.name == question.partition.topic }) {
        request.topics[index].partitions.append(partition)
      } else {
        var topic = ListOffsetsRequest.ListOffsetsTopic()
        topic.name = question.partition.topic
        topic.partitions = [partition]
        request.topics.append(topic)
      }
    }
    return request
  }

  private func take(_ response: ListOffsetsResponse) {
    for topic in response.topics {
      for answer in topic.partitions {
        let partition = TopicPartition(topic.name, answer.partitionIndex)
        switch answer.errorCode {
        case .none where answer.offset < 0:
          settle(partition, .success(nil))
        case .none:
          settle(partition, .success(OffsetAndTimestamp(
            offset: Offset(answer.offset), timestamp: Timestamp(milliseconds: answer.timestamp), leaderEpoch: LeaderEpoch(answer.leaderEpoch))))
        case let error where error.isRetriable:
          if error.isInvalidMetadata { cluster.requestUpdate() }
        case let error:
          settle(partition, .failure(.refused(error)))
        }
      }
    }
  }

  private func settle(_ partition: TopicPartition, _ result: Result<OffsetAndTimestamp?, Failure>) {
    guard let index = open.firstIndex(where: { $0.partition == partition }) else { return }
    open.remove(at: index)
    if isWanted(partition) { answered(partition, result) }
  }

  private func tryAgainLater() {
    attemptWaiting += 1
    let waiting = attemptWaiting
    let resume: () -> Void = { [self] in
      guard attemptWaiting == waiting, outstanding == 0 else { return }
      attemptWaiting += 1
      attempt()
    }
    if open.contains(where: { cluster.metadata.partition($0.partition)?.leader == nil }) { cluster.afterNextChange(resume) }
    cluster.reactor.after(backoff.delay(afterAttempts: attempts, &cluster.reactor.host.random), resume)
  }

  private func giveUp() {
    for question in open { settle(question.partition, .failure(.timedOut)) }
  }
}
