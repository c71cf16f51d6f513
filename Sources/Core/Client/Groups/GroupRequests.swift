import OrderedCollections
import Primitives
import Wire

// Requests about one group, and how to read their responses. Newer forms of two of them cover several groups at once.

extension FindCoordinatorRequest {
  /// - Parameters:
  ///   - key: A group, or a transactional id.
  ///   - type: 0 for a group, 1 for a transactional id.
  ///   - inOldForm: Whether the request has one key, and the response one coordinator (KIP-699).
  init(of key: String, type: Int8 = 0, inOldForm: Bool) {
    self.init()
    keyType = type
    if inOldForm { self.key = key } else { coordinatorKeys = [key] }
  }

  /// The newest version with the given form.
  static func newestVersion(inOldForm: Bool) -> Int16 { inOldForm ? 3 : .max }
}

extension FindCoordinatorResponse {
  /// The coordinator of a group or a transactional id, or the error, in either form.
  func coordinator(of group: String) -> Coordinator {
    if let found = coordinators.first(where: { $0.key == group }) { return found }
    var only = Coordinator()
    (only.errorCode, only.errorMessage) = (errorCode, errorMessage)
    (only.nodeId, only.host, only.port) = (nodeId, host, port)
    return only
  }
}

extension OffsetCommitRequest {
  /// Topics are identified by name, as in Kafka's classic consumer: later versions use ids.
  static let newestVersionWithNames: Int16 = 9

  init(_ offsets: ConsumerGroup.Offsets, group: String, _ standing: MemberStanding) {
    self.init()
    groupId = group
    generationIdOrMemberEpoch = standing.generation
    memberId = standing.memberID
    groupInstanceId = standing.instanceID
    for (partition, committed) in offsets {
      var entry = OffsetCommitRequestPartition()
      entry.partitionIndex = partition.partition
      entry.committedOffset = committed.offset.value
      entry.committedLeaderEpoch = committed.leaderEpoch.value
      entry.committedMetadata = committed.metadata
      let topic = topics.group(where: { $0.name == partition.topic }, or: .init { $0.name = partition.topic })
      topics[topic].partitions.append(entry)
    }
  }
}

extension OffsetFetchRequest {
  /// - Parameters:
  ///   - partitions: Nil for all partitions with committed offsets.
  ///   - requiresStable: Whether offsets that a transaction may still change are held back (KIP-447).
  ///   - inOldForm: Whether the request is about one group (KIP-709).
  init(_ partitions: [TopicPartition]?, group: String, requiresStable: Bool, inOldForm: Bool) {
    self.init()
    requireStable = requiresStable
    guard !inOldForm else {
      groupId = group
      topics = partitions?.byTopic.map { name, numbers in
        var topic = OffsetFetchRequestTopic()
        topic.name = name
        topic.partitionIndexes = numbers
        return topic
      }
      return
    }
    var entry = OffsetFetchRequestGroup()
    entry.groupId = group
    entry.topics = partitions?.byTopic.map { name, numbers in
      var topic = OffsetFetchRequestTopics()
      topic.name = name
      topic.partitionIndexes = numbers
      return topic
    }
    groups = [entry]
  }

  /// The newest version with the given form that identifies topics by name.
  static func newestVersion(inOldForm: Bool) -> Int16 { inOldForm ? 7 : 9 }
}

extension OffsetFetchResponse {
  /// The error for a whole group, in either form.
  func error(of group: String) -> ErrorCode { groups.first { $0.groupId == group }?.errorCode ?? errorCode }

  /// The result for each partition of a group, in either form.
  func answers(of group: String) -> OrderedDictionary<TopicPartition, CommittedAnswer> {
    var answers: OrderedDictionary<TopicPartition, CommittedAnswer> = [:]
    for topic in groups.first(where: { $0.groupId == group })?.topics ?? [] {
      for entry in topic.partitions {
        answers[TopicPartition(topic.name, entry.partitionIndex)] = CommittedAnswer(
          entry.errorCode, entry.committedOffset, entry.committedLeaderEpoch, entry.metadata)
      }
    }
    for topic in topics {
      for entry in topic.partitions {
        answers[TopicPartition(topic.name, entry.partitionIndex)] = CommittedAnswer(
          entry.errorCode, entry.committedOffset, entry.committedLeaderEpoch, entry.metadata)
      }
    }
    return answers
  }
}

/// The result of OffsetFetch for one partition.
struct CommittedAnswer {
  var error: ErrorCode
  /// Nil if nothing is committed.
  var offset: CommittedOffset?

  fileprivate init(_ error: ErrorCode, _ offset: Int64, _ epoch: Int32, _ metadata: String?) {
    self.error = error
    self.offset = offset < 0 ? nil : CommittedOffset(Offset(offset), leaderEpoch: LeaderEpoch(epoch), metadata: metadata ?? "")
  }
}
