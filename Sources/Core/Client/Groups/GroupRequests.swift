import OrderedCollections
import Primitives
import Wire

// Requests about one group, and what their answers say of it. Newer forms of two of them are about several groups at once.

extension FindCoordinatorRequest {
  /// - Parameters:
  ///   - key: a group, or a transactional id.
  ///   - type: 0 of a group, 1 of a transactional id.
  ///   - inOldForm: with one key, and one coordinator in the answer (KIP-699).
  init(of key: String, type: Int8 = 0, inOldForm: Bool) {
    self.init()
    keyType = type
    if inOldForm { self.key = key } else { coordinatorKeys = [key] }
  }

  /// The newest that has the form.
  static func newestVersion(inOldForm: Bool) -> Int16 { inOldForm ? 3 : .max }
}

extension FindCoordinatorResponse {
  /// Who coordinates a group or a transactional id, or why nobody is named, in whichever form.
  func coordinator(of group: String) -> Coordinator {
    if let found = coordinators.first(where: { $0.key == group }) { return found }
    var only = Coordinator()
    (only.errorCode, only.errorMessage) = (errorCode, errorMessage)
    (only.nodeId, only.host, only.port) = (nodeId, host, port)
    return only
  }
}

extension OffsetCommitRequest {
  /// Topics go by their names, as in Kafka's classic consumer: later versions have ids instead.
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
  ///   - partitions: nil for all of which something is committed.
  ///   - requiresStable: whether offsets that a transaction may still change are held back (KIP-447).
  ///   - inOldForm: about one group (KIP-709).
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

  /// The newest that has the form, and topics by their names.
  static func newestVersion(inOldForm: Bool) -> Int16 { inOldForm ? 7 : 9 }
}

extension OffsetFetchResponse {
  /// The error of a group as a whole, in whichever form.
  func error(of group: String) -> ErrorCode { groups.first { $0.groupId == group }?.errorCode ?? errorCode }

  /// What it says of each partition of a group, in whichever form.
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

/// What OffsetFetch says of one partition.
struct CommittedAnswer {
  var error: ErrorCode
  /// nil if nothing is committed.
  var offset: CommittedOffset?

  fileprivate init(_ error: ErrorCode, _ offset: Int64, _ epoch: Int32, _ metadata: String?) {
    self.error = error
    self.offset = offset < 0 ? nil : CommittedOffset(Offset(offset), leaderEpoch: LeaderEpoch(epoch), metadata: metadata ?? "")
  }
}
