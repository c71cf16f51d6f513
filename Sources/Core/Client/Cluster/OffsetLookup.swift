import Primitives
import Wire

extension Cluster {
  /// Asks the leaders for offsets (ListOffsets). A result of nil means that the log has no such offset.
  func lookUpOffsets(
    _ queries: [(partition: TopicPartition, query: OffsetQuery)], isolationLevel: IsolationLevel, backoff: RetryBackoff, deadline: Instant?,
    isWanted: @escaping (TopicPartition) -> Bool = { _ in true },
    answered: @escaping ([(partition: TopicPartition, result: Result<OffsetAndTimestamp?, LeaderRequestFailure>)]) -> Void
  ) {
    let codes = Dictionary(queries.lazy.map { ($0.partition, $0.query.code) }, uniquingKeysWith: { first, _ in first })
    LeaderRequests(about: queries.map(\.partition), in: self, backoff: backoff, deadline: deadline, isWanted: isWanted) { [unowned self] partitions in
      listOffsetsRequest(for: partitions.map { ($0, codes[$0] ?? -1) }, isolationLevel)
    } answers: { response in
      response.topics.flatMap { topic in
        topic.partitions.map { answer in
          let found = OffsetAndTimestamp(
            offset: Offset(answer.offset), timestamp: Timestamp(milliseconds: answer.timestamp), leaderEpoch: LeaderEpoch(answer.leaderEpoch))
          return .init(
            partition: TopicPartition(topic.name, answer.partitionIndex), error: answer.errorCode, value: answer.offset < 0 ? nil : found)
        }
      }
    } answered: { answered($0) }
  }

  private func listOffsetsRequest(for partitions: [(partition: TopicPartition, code: Int64)], _ isolationLevel: IsolationLevel) -> ListOffsetsRequest {
    var request = ListOffsetsRequest()
    request.replicaId = -1
    request.timeoutMs = Int32(clamping: configuration.requestTimeout.milliseconds)
    request.isolationLevel = isolationLevel.code
    for (partition, code) in partitions {
      var entry = ListOffsetsRequest.ListOffsetsPartition()
      entry.partitionIndex = partition.partition
      entry.currentLeaderEpoch = metadata.partition(partition)?.leaderEpoch.value ?? -1
      entry.timestamp = code
      let topic = request.topics.group(where: { $0.name == partition.topic }, or: .init { $0.name = partition.topic })
      request.topics[topic].partitions.append(entry)
    }
    return request
  }
}
