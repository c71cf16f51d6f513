import Controller
import Primitives
import Transport
import Wire

extension BrokerApis {
  /// Handles DescribeTopicPartitions: topics in the order of their names, page by page, with ELR and last known ELR (KIP-966).
  func handleDescribeTopicPartitions(_ incoming: IncomingRequest) {
    guard let request = incoming.decodeOrClose(DescribeTopicPartitionsRequest.self) else { return }
    if let cursor = request.cursor, cursor.partitionIndex < 0 || !request.topics.isEmpty && !request.topics.contains(where: { $0.name == cursor.topicName }) {
      return incoming.respond(request.refused(.invalidRequest))
    }
    let limit = min(max(1, request.responsePartitionLimit), configuration.maxDescribedPartitions)
    var page = DescribedTopicPage(metadata: metadata, partitionsLeft: Int(limit), cursor: request.cursor)
    page.add(topicNames(in: request))
    incoming.respond(page.response)
  }

  /// Ascending, from the cursor's topic on.
  private func topicNames(in request: DescribeTopicPartitionsRequest) -> [String] {
    let isForAll = request.topics.isEmpty
    var names = isForAll ? metadata.image.topics.values.map(\.name) : request.topics.map(\.name)
    if let first = request.cursor?.topicName {
      names.removeAll { $0 < first }
      // The cursor's topic may have been deleted since; a client that continues from it gets an error.
      if isForAll, !names.contains(first) { names.append(first) }
    }
    names.sort()
    var former: String?
    names.removeAll { name in
      defer { former = name }
      return name == former
    }
    return names
  }
}

/// One page of a DescribeTopicPartitions response.
private struct DescribedTopicPage {
  typealias Topic = DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic
  typealias Partition = DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponsePartition

  let metadata: MetadataCache
  var partitionsLeft: Int
  let cursor: DescribeTopicPartitionsRequest.Cursor?
  var response = DescribeTopicPartitionsResponse()

  /// Adds topics until the page is full, and then sets a cursor to the first partition that does not fit.
  mutating func add(_ names: [String]) {
    for name in names {
      let first = name == cursor?.topicName ? Int(cursor?.partitionIndex ?? 0) : 0
      guard partitionsLeft > 0 else { return stop(at: name, first) }
      guard let topic = metadata.image.topic(named: name) else {
        response.topics.append(unknown(name))
        continue
      }
      let end = min(topic.partitions.count, first + partitionsLeft)
      response.topics.append(describe(topic, first..<max(first, end)))
      partitionsLeft -= max(0, end - first)
      if end < topic.partitions.count { return stop(at: name, end) }
    }
  }

  private mutating func stop(at topic: String, _ partition: Int) {
    var next = DescribeTopicPartitionsResponse.Cursor()
    next.topicName = topic
    next.partitionIndex = Int32(partition)
    response.nextCursor = next
  }

  private func unknown(_ name: String) -> Topic {
    var entry = Topic()
    entry.errorCode = TopicName.isValid(name) ? .unknownTopicOrPartition : .invalidTopicException
    entry.name = name
    entry.isInternal = TopicName.isInternal(name)
    return entry
  }

  private func describe(_ topic: TopicImage, _ partitions: Range<Int>) -> Topic {
    var entry = Topic()
    entry.name = topic.name
    entry.topicId = topic.id
    entry.isInternal = TopicName.isInternal(topic.name)
    entry.partitions = partitions.map { describe(Int32($0), topic.partitions[$0]) }
    entry.topicAuthorizedOperations = AuthorizedOperations.topic
    return entry
  }

  private func describe(_ index: Int32, _ partition: PartitionRegistration) -> Partition {
    var entry = Partition()
    let hasLeader = metadata.address(of: partition.leader) != nil
    entry.errorCode = hasLeader ? .none : .leaderNotAvailable
    entry.partitionIndex = index
    entry.leaderId = hasLeader ? partition.leader.value : NodeID.none.value
    entry.leaderEpoch = partition.leaderEpoch.value
    entry.replicaNodes = partition.replicas.map(\.value)
    entry.isrNodes = partition.isr.map(\.value)
    entry.eligibleLeaderReplicas = partition.eligibleLeaderReplicas.map(\.value)
    entry.lastKnownElr = partition.lastKnownEligibleLeaderReplicas.map(\.value)
    entry.offlineReplicas = partition.replicas.filter(metadata.isOffline).map(\.value)
    return entry
  }
}
