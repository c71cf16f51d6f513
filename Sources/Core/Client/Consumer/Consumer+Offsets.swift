import Primitives
import Wire

/// Queries about logs that do not change positions.
extension Consumer {
  /// The log start offsets, in the order of `partitions`.
  public func beginningOffsets(
    of partitions: [TopicPartition], _ completion: @escaping (Result<[(partition: TopicPartition, offset: Offset)], ConsumerError>) -> Void
  ) {
    offsets(of: partitions.map { ($0, .earliest) }) { completion($0.map { $0.map { ($0.partition, $0.found?.offset ?? .unknown) } }) }
  }

  /// The high watermarks, or with read_committed the last stable offsets, in the order of `partitions`.
  public func endOffsets(
    of partitions: [TopicPartition], _ completion: @escaping (Result<[(partition: TopicPartition, offset: Offset)], ConsumerError>) -> Void
  ) {
    offsets(of: partitions.map { ($0, .latest) }) { completion($0.map { $0.map { ($0.partition, $0.found?.offset ?? .unknown) } }) }
  }

  /// The first records that are not older than a timestamp, in the order of `queries`; nil if there is none.
  public func offsetsForTimes(
    _ queries: [(partition: TopicPartition, timestamp: Timestamp)],
    _ completion: @escaping (Result<[(partition: TopicPartition, found: OffsetAndTimestamp?)], ConsumerError>) -> Void
  ) {
    offsets(of: queries.map { ($0.partition, .timestamp($0.timestamp)) }, completion)
  }

  private func offsets(
    of queries: [(partition: TopicPartition, query: OffsetQuery)],
    _ completion: @escaping (Result<[(partition: TopicPartition, found: OffsetAndTimestamp?)], ConsumerError>) -> Void
  ) {
    guard !isClosed else { return completion(.failure(.closed)) }
    guard !queries.isEmpty else { return completion(.success([])) }
    var found: [OffsetAndTimestamp?] = Array(repeating: nil, count: queries.count)
    var missing = queries.count
    var isDone = false
    let deadline = reactor.now + configuration.defaultAPITimeout
    cluster.lookUpOffsets(queries, isolationLevel: configuration.isolationLevel, backoff: backoff, deadline: deadline) { answers in
      for (partition, result) in answers where !isDone {
        switch result {
        case .success(let answer):
          // A partition may be listed twice.
          for index in queries.indices where queries[index].partition == partition {
            found[index] = answer
            missing -= 1
          }
          guard missing == 0 else { continue }
          isDone = true
          completion(.success(zip(queries, found).map { ($0.partition, $1) }))
        case .failure(let failure):
          isDone = true
          completion(.failure(ConsumerError(failure, of: partition)))
        }
      }
    }
  }
}

extension ConsumerError {
  init(_ failure: LeaderRequestFailure, of partition: TopicPartition) {
    switch failure {
    case .refused(let error): self = .refused(partition, topic: partition.topic, error)
    case .timedOut: self = .timedOut
    case .unsupportedVersion(let api): self = .unsupportedVersion(api)
    case .closed: self = .closed
    }
  }
}
