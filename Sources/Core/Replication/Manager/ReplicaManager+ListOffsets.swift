import Log
import Primitives
import Wire

extension ReplicaManager {
  /// Looks up offsets by time, or by one of the special times -1 to -6. A partition that is named more than once gets INVALID_REQUEST.
  public func listOffsets(_ request: ListOffsetsRequest, version: Int16) -> ListOffsetsResponse {
    let repeated = request.topics.lazy.flatMap { topic in topic.partitions.lazy.map { TopicPartition(topic.name, $0.partitionIndex) } }.repeatedElements
    var response = ListOffsetsResponse()
    for topic in request.topics {
      var result = ListOffsetsResponse.ListOffsetsTopicResponse()
      result.name = topic.name
      for asked in topic.partitions {
        if !repeated.isEmpty, repeated.contains(TopicPartition(topic.name, asked.partitionIndex)) {
          var refused = ListOffsetsResponse.ListOffsetsPartitionResponse()
          refused.partitionIndex = asked.partitionIndex
          refused.errorCode = .invalidRequest
          result.partitions.append(refused)
        } else {
          result.partitions.append(lookUp(asked, ofTopic: topic.name, request, version: version))
        }
      }
      response.topics.append(result)
    }
    return response
  }

  private func lookUp(
    _ asked: ListOffsetsRequest.ListOffsetsPartition, ofTopic topic: String, _ request: ListOffsetsRequest, version: Int16
  ) -> ListOffsetsResponse.ListOffsetsPartitionResponse {
    var result = ListOffsetsResponse.ListOffsetsPartitionResponse()
    result.partitionIndex = asked.partitionIndex
    do {
      let time = try OffsetTime(asked.timestamp, version: version)
      let partition = try replicas.existing(TopicPartition(topic, asked.partitionIndex))
      let found = try partition.offset(
        for: time, inEpoch: LeaderEpoch(asked.currentLeaderEpoch), replicaID: request.replicaId,
        isCommittedOnly: request.isolationLevel == 1)
      guard let found else { return result }
      result.offset = found.offset.value
      result.timestamp = found.timestamp.milliseconds
      if version >= 4 { result.leaderEpoch = (found.leaderEpoch ?? .unknown).value }
    } catch {
      // Before version 5 clients do not know the newer error.
      result.errorCode = error == .offsetNotAvailable && version < 5 ? .leaderNotAvailable : error
    }
    return result
  }
}

/// What ListOffsets asks for.
enum OffsetTime: Equatable {
  case latest
  case earliest
  /// The record with the largest timestamp (KIP-734).
  case maximumTimestamp
  /// The first record that is not only in a tiered store (KIP-405): without such a store, the earliest.
  case earliestLocal
  /// Records that only a tiered store has (KIP-405, KIP-1023): none here.
  case tiered
  case timestamp(Timestamp)

  /// Refuses special times that the request's version does not have, and unknown negative ones (`ReplicaManager.isListOffsetsTimestampUnsupported`).
  init(_ value: Int64, version: Int16) throws(ErrorCode) {
    let (time, since): (OffsetTime, Int16) =
      switch value {
      case -1: (.latest, 1)
      case -2: (.earliest, 1)
      case -3: (.maximumTimestamp, 7)
      case -4: (.earliestLocal, 8)
      case -5: (.tiered, 9)
      case -6: (.tiered, 11)
      case ..<0: throw .unsupportedVersion
      default: (.timestamp(Timestamp(milliseconds: value)), 1)
      }
    guard version >= since else { throw .unsupportedVersion }
    self = time
  }
}

extension Partition {
  private static let debuggingConsumer: Int32 = -2

  func offset(
    for time: OffsetTime, inEpoch epoch: LeaderEpoch, replicaID: Int32, isCommittedOnly: Bool
  ) throws(ErrorCode) -> TimestampedOffset? {
    let log = try log(inEpoch: epoch, onlyLeader: replicaID != Self.debuggingConsumer)
    // Any replica answers a debugging consumer like a replica: with the contents of its own log, committed or not.
    let isDebugging = replicaID == Self.debuggingConsumer
    let isFromClient = replicaID < 0 && !isDebugging
    let end = isFromClient ? (isCommittedOnly ? lastStableOffset : highWatermark) : log.logEndOffset
    switch time {
    case .earliest, .earliestLocal:
      return log.earliestOffset
    case .tiered:
      return nil
    case .latest:
      if isFromClient { try checkHighWatermarkIsCurrent() }
      mustHold(
        !isFromClient || !switches.guardListOffsets || end <= highWatermark && highWatermark >= leaderEpochStartOffset ?? highWatermark,
        "\(topicPartition): broker \(manager.localID) names the end \(end) with the high watermark \(highWatermark), in an epoch that begins at \(leaderEpochStartOffset ?? .unknown)")
      return TimestampedOffset(offset: end, timestamp: .none, leaderEpoch: isDebugging ? log.latestEpoch : leaderEpoch)
    case .maximumTimestamp:
      return try visible(look { () throws(LogError) in try log.offsetOfMaxTimestamp() }, below: end, isFromClient: isFromClient)
    case .timestamp(let timestamp):
      return try visible(look { () throws(LogError) in try log.offset(forTimestamp: timestamp) }, below: end, isFromClient: isFromClient)
    }
  }

  private func look(_ body: () throws(LogError) -> TimestampedOffset?) throws(ErrorCode) -> TimestampedOffset? {
    do { return try body() } catch { throw manager.failed(with: error) }
  }

  private func visible(_ found: TimestampedOffset?, below end: Offset, isFromClient: Bool) throws(ErrorCode) -> TimestampedOffset? {
    if let found, found.offset < end { return found }
    if isFromClient { try checkHighWatermarkIsCurrent() }
    return nil
  }

  /// KIP-207: a new leader's high watermark may be below what the previous leader's clients have seen. Until it has reached the start of the epoch,
  /// no client gets an end that would seem to go back.
  private func checkHighWatermarkIsCurrent() throws(ErrorCode) {
    guard switches.guardListOffsets, let leaderEpochStartOffset, leaderEpochStartOffset > highWatermark else { return }
    mark(.endOffsetNotKnownYet)
    throw .offsetNotAvailable
  }
}
