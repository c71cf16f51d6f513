import Controller
import Log
import Primitives
import Replication
import Transport
import Wire

extension BrokerApis {
  /// Produce: appends to the partitions that this broker leads, and answers when `acks` is satisfied.
  func handleProduce(_ incoming: IncomingRequest) {
    guard let request = incoming.decodeOrClose(ProduceRequest.self) else { return }
    let answer = ProduceAnswer(request, incoming, self)
    guard answer.hasEntries else { return answer.send(to: incoming, acks: request.acks) }
    replicaManager.append(
      requiredAcks: request.acks, timeout: .milliseconds(Int64(request.timeoutMs)), entries: answer.entries
    ) { [metadata] outcomes in
      answer.fill(with: outcomes, withLeaders: incoming.version >= 10, metadata)
      answer.send(to: incoming, acks: request.acks)
    }
  }
}

/// The answer to one Produce request as it comes about: refusals at once, the rest when the replica manager has spoken.
private final class ProduceAnswer {
  typealias TopicResponse = ProduceResponse.TopicProduceResponse
  typealias PartitionResponse = ProduceResponse.PartitionProduceResponse

  private(set) var entries: [AppendEntry] = []
  private var response = ProduceResponse()
  /// Where the outcome of each entry belongs in the response.
  private var places: [Place] = []
  private var hasError = false

  private struct Place {
    let topic: Int
    let partition: Int
  }

  var hasEntries: Bool { !entries.isEmpty }

  init(_ request: ProduceRequest, _ incoming: IncomingRequest, _ apis: BrokerApis) {
    let hasValidAcks = (-1...1).contains(request.acks)
    response.responses.reserveCapacity(request.topicData.count)
    for topic in request.topicData {
      var answer = TopicResponse()
      answer.name = topic.name
      answer.topicId = topic.topicId
      let target = hasValidAcks ? ProduceTarget(topic, incoming, apis) : ProduceTarget(refusal: .invalidRequiredAcks)
      answer.partitionResponses.reserveCapacity(topic.partitionData.count)
      for partition in topic.partitionData {
        var outcome = PartitionResponse()
        outcome.index = partition.index
        outcome.baseOffset = Offset.unknown.value
        switch target.entry(for: partition, version: incoming.version) {
        case .append(let entry):
          entries.append(entry)
          places.append(Place(topic: response.responses.count, partition: answer.partitionResponses.count))
        case .refuse(let error, let message):
          hasError = true
          outcome.errorCode = error
          outcome.errorMessage = incoming.version >= 8 ? message : nil
        }
        answer.partitionResponses.append(outcome)
      }
      response.responses.append(answer)
    }
  }

  /// Outcomes come in the order of the entries.
  /// - Parameter withLeaders: whether the client takes hints about who leads instead (KIP-951).
  func fill(with outcomes: [AppendOutcome], withLeaders: Bool, _ metadata: MetadataCache) {
    for (place, outcome) in zip(places, outcomes) {
      if outcome.error != .none { hasError = true }
      response.responses[place.topic].partitionResponses[place.partition].take(outcome)
      guard withLeaders, let leader = outcome.currentLeader else { continue }
      response.responses[place.topic].partitionResponses[place.partition].currentLeader.leaderId = leader.id.value
      response.responses[place.topic].partitionResponses[place.partition].currentLeader.leaderEpoch = leader.epoch.value
      name(leader.id, metadata)
    }
  }

  private func name(_ leader: NodeID, _ metadata: MetadataCache) {
    guard let broker = metadata.aliveBroker(leader), !response.nodeEndpoints.contains(where: { $0.nodeId == leader.value }) else { return }
    var endpoint = ProduceResponse.NodeEndpoint()
    endpoint.nodeId = broker.id.value
    endpoint.host = broker.address.host
    endpoint.port = broker.address.port
    endpoint.rack = broker.rack
    response.nodeEndpoints.append(endpoint)
  }

  /// A producer with acks=0 reads no response. It learns of an error when its connection is closed, and looks for the leader then.
  func send(to incoming: IncomingRequest, acks: Int16) {
    guard acks == 0 else { return incoming.respond(response) }
    if hasError { incoming.closeConnection() } else { incoming.finishWithoutResponse() }
  }
}

/// Where the records of one topic of a Produce request go.
private struct ProduceTarget {
  /// What becomes of one partition's records.
  enum Course {
    case append(AppendEntry)
    case refuse(ErrorCode, String?)
  }

  private let id: Uuid
  private let refusal: ErrorCode
  private let verifiesTransactions: Bool

  private init(id: Uuid, refusal: ErrorCode, verifiesTransactions: Bool) {
    self.id = id
    self.refusal = refusal
    self.verifiesTransactions = verifiesTransactions
  }

  init(refusal: ErrorCode) { self.init(id: .zero, refusal: refusal, verifiesTransactions: false) }

  init(_ topic: ProduceRequest.TopicProduceData, _ incoming: IncomingRequest, _ apis: BrokerApis) {
    let isByID = incoming.version >= 13
    let image = apis.metadata.image
    let name = isByID ? image.topic(topic.topicId)?.name : topic.name
    guard let name, let id = isByID ? topic.topicId : image.topicID(named: name) else {
      self.init(refusal: isByID ? .unknownTopicId : .unknownTopicOrPartition)
      return
    }
    // A directory of former times may hold a topic of the metadata log's name. Nobody writes to it.
    let isAllowed = name != TopicName.clusterMetadata && (!TopicName.isInternal(name) || incoming.header.clientId == Self.internalTopicWriter)
    self.init(
      id: id, refusal: isAllowed ? .none : .invalidTopicException,
      verifiesTransactions: apis.effectiveConfiguration.current.verifiesTransactionPartitions)
  }

  /// The one client id under which Kafka lets clients write to internal topics.
  private static let internalTopicWriter = "__admin_client"

  func entry(for partition: ProduceRequest.PartitionProduceData, version: Int16) -> Course {
    guard refusal == .none else { return .refuse(refusal, nil) }
    let records = partition.records ?? .empty
    let batch = BatchHeader(records)
    do {
      guard let size = try BatchHeader.sizeOfSentBatch(in: records, at: 0) else {
        return .refuse(.invalidRecord, "Produce requests with version \(version) must have at least one record batch per partition")
      }
      if batch?.codec == Compression.zstd.rawValue, version < 7 {
        return .refuse(.unsupportedCompressionType, "Produce requests with version \(version) are not allowed to use ZStandard compression")
      }
      guard try BatchHeader.sizeOfSentBatch(in: records, at: size) == nil else {
        return .refuse(.invalidRecord, "Produce requests with version \(version) must have exactly one record batch per partition")
      }
    } catch .magic(0), .magic(1) {
      return .refuse(.invalidRecord, "Produce requests with version \(version) are only allowed to contain record batches with magic version 2")
    } catch {
      return .refuse(.corruptMessage, "Produce requests with version \(version) must have whole record batches")
    }
    if let batch, batch.isTransactional, verifiesTransactions {
      // KIP-890: what Kafka answers while the transaction coordinator cannot say whether the partition belongs to the transaction.
      return .refuse(.notEnoughReplicas, "Unable to verify the partition has been added to the transaction: COORDINATOR_NOT_AVAILABLE")
    }
    return .append(AppendEntry(partition: TopicIDPartition(id, partition.index), records: records))
  }
}

extension ProduceResponse.PartitionProduceResponse {
  fileprivate mutating func take(_ outcome: AppendOutcome) {
    errorCode = outcome.error
    errorMessage = outcome.errorMessage
    baseOffset = outcome.baseOffset.value
    logAppendTimeMs = outcome.logAppendTime.milliseconds
    logStartOffset = outcome.logStartOffset.value
    recordErrors = outcome.recordErrors.map { error in
      var record = ProduceResponse.BatchIndexAndErrorMessage()
      record.batchIndex = error.batchIndex
      record.batchIndexErrorMessage = error.message
      return record
    }
  }
}
