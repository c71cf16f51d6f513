import Primitives
import Wire

/// Asks the leaders of partitions, one request to each leader, repeatedly until each partition has its result, the time is over, or no partition is
/// wanted any more.
final class LeaderRequests<Request: ApiRequest, Value> {
  struct Answer {
    let partition: TopicPartition
    let error: ErrorCode
    let value: Value
  }

  /// Weak: whatever waits for a response holds this object.
  private weak var cluster: Cluster?
  private let backoff: RetryBackoff
  private let isWanted: (TopicPartition) -> Bool
  private let request: ([TopicPartition]) -> Request
  private let answers: (Request.Response) -> [Answer]
  private let answered: ([(partition: TopicPartition, result: Result<Value, LeaderRequestFailure>)]) -> Void
  private var open: [TopicPartition]
  private var outstanding = 0
  private var attempts = 0
  private var waitNumber = 0

  /// Starts at once. `answered` is called once for each partition that is still wanted, together for those that were answered together; without a
  /// deadline, perhaps never.
  @discardableResult
  init(
    about partitions: [TopicPartition], in cluster: Cluster, backoff: RetryBackoff, deadline: Instant?,
    isWanted: @escaping (TopicPartition) -> Bool = { _ in true }, request: @escaping ([TopicPartition]) -> Request,
    answers: @escaping (Request.Response) -> [Answer],
    answered: @escaping ([(partition: TopicPartition, result: Result<Value, LeaderRequestFailure>)]) -> Void
  ) {
    self.cluster = cluster
    self.backoff = backoff
    self.isWanted = isWanted
    self.request = request
    self.answers = answers
    self.answered = answered
    open = partitions
    cluster.follow(partitions.map(\.topic))
    attempt()
    if let deadline {
      cluster.reactor.after(max(deadline - cluster.reactor.now, .zero)) { [self] in settleAll(.timedOut) }
    }
  }

  private func attempt() {
    open.removeAll { !isWanted($0) }
    guard !open.isEmpty, let cluster else { return }
    guard !cluster.isClosed else { return settleAll(.closed) }
    attempts += 1
    var byLeader: [(leader: NodeID, partitions: [TopicPartition])] = []
    for partition in open {
      guard let leader = cluster.metadata.partition(partition)?.leader else { continue }
      if let index = byLeader.firstIndex(where: { $0.leader == leader }) {
        byLeader[index].partitions.append(partition)
      } else {
        byLeader.append((leader, [partition]))
      }
    }
    if byLeader.reduce(0, { $0 + $1.partitions.count }) < open.count { cluster.requestUpdate() }
    outstanding = byLeader.count
    for (leader, partitions) in byLeader { ask(leader, partitions, in: cluster) }
    if byLeader.isEmpty { tryAgainLater() }
  }

  private func ask(_ leader: NodeID, _ partitions: [TopicPartition], in cluster: Cluster) {
    cluster.send(request(partitions), to: leader) { [self] result in
      outstanding -= 1
      switch result {
      case .success(let response): settle(answers(response).compactMap(settlement))
      case .failure(.unsupportedVersion(let api)): settle(partitions.map { ($0, .failure(.unsupportedVersion(api))) })
      case .failure:
        mark(.leaderRequestUnanswered)
        self.cluster?.requestUpdate()
      }
      if outstanding == 0 && !open.isEmpty { tryAgainLater() }
    }
  }

  /// The result for a partition; nil if the partition is asked for again.
  private func settlement(_ answer: Answer) -> (partition: TopicPartition, result: Result<Value, LeaderRequestFailure>)? {
    if answer.error == .none { return (answer.partition, .success(answer.value)) }
    if answer.error.isInvalidMetadata {
      mark(.leaderRequestAtWrongBroker)
      cluster?.requestUpdate()
    }
    return answer.error.isRetriable ? nil : (answer.partition, .failure(.refused(answer.error)))
  }

  private func settle(_ results: [(partition: TopicPartition, result: Result<Value, LeaderRequestFailure>)]) {
    let wanted = results.filter { open.contains($0.partition) && isWanted($0.partition) }
    open.removeAll { partition in results.contains { $0.partition == partition } }
    if !wanted.isEmpty { answered(wanted) }
  }

  private func settleAll(_ failure: LeaderRequestFailure) { settle(open.map { ($0, .failure(failure)) }) }

  private func tryAgainLater() {
    guard let cluster else { return }
    waitNumber += 1
    let waiting = waitNumber
    let resume: () -> Void = { [self] in
      guard waitNumber == waiting, outstanding == 0 else { return }
      waitNumber += 1
      attempt()
    }
    if open.contains(where: { cluster.metadata.partition($0)?.leader == nil }) { cluster.afterNextChange(resume) }
    cluster.reactor.after(backoff.delay(afterAttempts: attempts, &cluster.reactor.host.random), resume)
  }
}

/// Why there is no result from a partition's leader.
enum LeaderRequestFailure: Error, Equatable {
  case refused(ErrorCode)
  case timedOut
  case unsupportedVersion(ApiKey)
  case closed
}
