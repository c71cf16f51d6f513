import Primitives
import Wire

/// Messages of the busy paths with drawn contents, as far as a version has a place for them.
enum GeneratedMessages {
  private static func records(_ random: inout RandomStream) -> Bytes? {
    switch random.below(4) {
    case 0: nil
    case 1: .empty
    default: Bytes((0..<Int(1 + random.below(90))).map { UInt8(truncatingIfNeeded: $0) })
    }
  }

  private static func name(_ random: inout RandomStream) -> String { String(repeating: "n", count: Int(random.below(30))) }
  private static func id(_ random: inout RandomStream) -> Uuid { Uuid(high: random.next(), low: random.next()) }

  /// One to three elements, sometimes none.
  private static func some<Element>(_ random: inout RandomStream, _ make: (inout RandomStream) -> Element) -> [Element] {
    (0..<Int(random.below(4))).map { _ in make(&random) }
  }

  static func fetchRequest(version: Int16, _ random: inout RandomStream) -> FetchRequest {
    var request = FetchRequest()
    request.maxWaitMs = Int32(random.below(1_000))
    request.minBytes = 1
    if version >= 7 {
      request.sessionId = Int32(random.below(1_000))
      request.sessionEpoch = Int32(random.below(1_000))
    }
    if version >= 11 { request.rackId = name(&random) }
    if version >= 12, random.chance(1, in: 2) { request.clusterId = name(&random) }
    if version >= 15, random.chance(1, in: 2) { request.replicaState.replicaEpoch = random.below(100) }
    request.topics = some(&random) { random in
      var topic = FetchRequest.FetchTopic()
      if version < 13 { topic.topic = name(&random) } else { topic.topicId = id(&random) }
      topic.partitions = some(&random) { random in
        var partition = FetchRequest.FetchPartition()
        partition.partition = Int32(random.below(50))
        partition.fetchOffset = random.below(1_000)
        partition.partitionMaxBytes = 1_000
        if version >= 9 { partition.currentLeaderEpoch = Int32(random.below(9)) }
        if version >= 12, random.chance(1, in: 2) { partition.lastFetchedEpoch = Int32(random.below(9)) }
        if version >= 18, random.chance(1, in: 2) { partition.highWatermark = random.below(9) }
        return partition
      }
      return topic
    }
    if version >= 7 {
      request.forgottenTopicsData = some(&random) { random in
        var topic = FetchRequest.ForgottenTopic()
        if version < 13 { topic.topic = name(&random) } else { topic.topicId = id(&random) }
        topic.partitions = some(&random) { Int32($0.below(50)) }
        return topic
      }
    }
    return request
  }

  static func fetchResponse(version: Int16, _ random: inout RandomStream) -> FetchResponse {
    var response = FetchResponse()
    if version >= 7 {
      response.sessionId = Int32(random.below(1_000))
      if random.chance(1, in: 4) { response.errorCode = .fetchSessionIdNotFound }
    }
    response.responses = some(&random) { random in
      var topic = FetchResponse.FetchableTopicResponse()
      if version < 13 { topic.topic = name(&random) } else { topic.topicId = id(&random) }
      topic.partitions = some(&random) { random in
        var partition = FetchResponse.PartitionData()
        partition.partitionIndex = Int32(random.below(50))
        if random.chance(1, in: 4) { partition.errorCode = .notLeaderOrFollower }
        partition.highWatermark = random.below(1_000)
        partition.lastStableOffset = random.below(1_000)
        if version >= 5 { partition.logStartOffset = random.below(10) }
        if version >= 11, random.chance(1, in: 4) { partition.preferredReadReplica = Int32(random.below(3)) }
        if version >= 12, random.chance(1, in: 3) { partition.divergingEpoch.endOffset = random.below(100) }
        if version >= 12, random.chance(1, in: 3) { partition.currentLeader.leaderId = Int32(random.below(3)) }
        partition.abortedTransactions = random.chance(1, in: 3) ? nil : some(&random) { random in
          var transaction = FetchResponse.AbortedTransaction()
          transaction.producerId = random.below(9)
          return transaction
        }
        partition.records = records(&random)
        return partition
      }
      return topic
    }
    if version >= 16 {
      response.nodeEndpoints = some(&random) { random in
        var endpoint = FetchResponse.NodeEndpoint()
        endpoint.host = name(&random)
        return endpoint
      }
    }
    return response
  }

  static func produceRequest(version: Int16, _ random: inout RandomStream) -> ProduceRequest {
    var request = ProduceRequest()
    if random.chance(1, in: 3) { request.transactionalId = name(&random) }
    request.acks = -1
    request.topicData = some(&random) { random in
      var topic = ProduceRequest.TopicProduceData()
      if version < 13 { topic.name = name(&random) } else { topic.topicId = id(&random) }
      topic.partitionData = some(&random) { random in
        var partition = ProduceRequest.PartitionProduceData()
        partition.index = Int32(random.below(50))
        partition.records = records(&random)
        return partition
      }
      return topic
    }
    return request
  }
}
