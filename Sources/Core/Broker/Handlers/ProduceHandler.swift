import Controller
import Log
import Primitives
import Replication
import Transport
import Wire

extension BrokerApis {
  /// Handles Produce: appends to the partitions that this broker leads, and responds when `acks` is satisfied.
  func handleProduce(_ incoming: IncomingRequest) {
    roomForProduces.use(for: incoming.version) { request in
      defer { request.forgetRecords() }
      guard incoming.decodeOrClose(over: &request) else { return }
      let answer = spareProduceAnswers.popLast() ?? ProduceAnswer(self)
      answer.begin(request, incoming)
      if answer.isTransactional { verify(request, answer, incoming) } else { append(request, answer) }
    }
  }

  private func append(_ request: borrowing ProduceRequest, _ answer: ProduceAnswer) {
    guard answer.hasEntries else { return answer.send() }
    var entries = answer.takeEntries()
    replicaManager.append(requiredAcks: request.acks, timeout: .milliseconds(Int64(request.timeoutMs)), entries: entries, receiver: answer)
    entries.empty()
    swap(&entries, &roomForEntries)
  }

  /// Appends once the coordinator has confirmed that the partitions belong to the producer's transaction (KIP-890).
  private func verify(_ request: ProduceRequest, _ answer: ProduceAnswer, _ incoming: IncomingRequest) {
    let batches = answer.transactional
    guard let transactionalID = request.transactionalId else {
      // Kafka checks whether the client may use the transactional id, which is missing here.
      answer.refuseAll(.transactionalIdAuthorizationFailed)
      return answer.send()
    }
    guard let first = batches.first else { return append(request, answer) }
    guard batches.allSatisfy({ $0.producerID == first.producerID && $0.producerEpoch == first.producerEpoch }) else {
      answer.refuseAll(.invalidProducerIdMapping, "Transactional records contained more than one producer ID")
      return answer.send()
    }
    let operation = TransactionOperation(produceVersion: incoming.version)
    verifier.verify(
      batches.map { TransactionVerifier.Beginning(partition: $0.partition, sequence: $0.sequence) },
      of: TransactionVerifier.Producer(transactionalID: transactionalID, id: first.producerID, epoch: first.producerEpoch), operation
    ) { [weak self] results in
      guard let self else { return }
      answer.take(results, operation)
      append(request, answer)
    }
  }
}

/// A producer's transactional batch for one partition.
private struct TransactionalBatch {
  /// The index of its entry.
  let entry: Int
  let place: ProduceAnswer.Place
  let partition: TopicPartition
  let producerID: Int64
  let producerEpoch: Int16
  let sequence: Int32
}

/// The response to one Produce request as it is built: refusals at once, the rest when the replica manager has finished. Used for one request after another.
final class ProduceAnswer: AppendReceiver {
  typealias TopicResponse = ProduceResponse.TopicProduceResponse
  typealias PartitionResponse = ProduceResponse.PartitionProduceResponse

  /// Owns it.
  private let apis: Uncounted<BrokerApis>
  /// Nil once it was sent.
  private var incoming: IncomingRequest?
  private var acks: Int16 = 0
  private var entries: [AppendEntry] = []
  private var response = ProduceResponse()
  private var hasError = false
  /// The entries that belong to a transaction.
  fileprivate private(set) var transactional: [TransactionalBatch] = []
  /// Whether there are such batches, even without a producer.
  private(set) var isTransactional = false

  /// The position of a partition in the response.
  fileprivate struct Place {
    let topic: Int
    let partition: Int
  }

  var hasEntries: Bool { !entries.isEmpty }

  /// Whether it is the response to a request.
  func answers(_ request: IncomingRequest) -> Bool { incoming === request }

  fileprivate init(_ apis: BrokerApis) { self.apis = Uncounted(apis) }

  /// Takes up a request.
  fileprivate func begin(_ request: borrowing ProduceRequest, _ incoming: IncomingRequest) { apis.with { begin(request, incoming, $0) } }

  private func begin(_ request: borrowing ProduceRequest, _ incoming: IncomingRequest, _ apis: BrokerApis) {
    self.incoming = incoming
    acks = request.acks
    let hasValidAcks = (-1...1).contains(request.acks)
    response.responses = apis.roomForTopics.takeTopics()
    swap(&entries, &apis.roomForEntries)
    let topics = request.topicData.span
    for topic in topics.indices {
      var answer = TopicResponse()
      answer.name = topics[topic].name
      answer.topicId = topics[topic].topicId
      let target = hasValidAcks ? ProduceTarget(topics[topic], incoming, apis) : ProduceTarget(refusal: .invalidRequiredAcks)
      answer.partitionResponses = apis.roomForTopics.takePartitions()
      let partitions = topics[topic].partitionData.span
      for partition in partitions.indices {
        var outcome = PartitionResponse()
        outcome.index = partitions[partition].index
        outcome.baseOffset = Offset.unknown.value
        switch target.entry(for: partitions[partition], version: incoming.version) {
        case .append(let entry, let batch):
          if let batch, batch.isTransactional {
            addTransactional(batch, target.partition(partitions[partition].index), at: Place(topic: response.responses.count, partition: answer.partitionResponses.count))
          }
          entries.append(entry)
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

  /// Records that the next entry is a transactional batch. The log refuses one without a producer.
  private func addTransactional(_ batch: BatchHeader, _ partition: TopicPartition, at place: Place) {
    isTransactional = true
    guard batch.producerID >= 0 else { return }
    transactional.append(
      TransactionalBatch(
        entry: entries.count, place: place, partition: partition, producerID: batch.producerID, producerEpoch: batch.producerEpoch, sequence: batch.baseSequence))
  }

  // MARK: Transactions

  /// Applies the verification results of the transactional batches, in order: what the append has to present, or why there is nothing to append.
  func take(_ results: [Result<TransactionVerification, ErrorCode>], _ operation: TransactionOperation) {
    var refused: Set<Int> = []
    for (batch, result) in zip(transactional, results) {
      switch result {
      case .success(let verification): entries[batch.entry].verification = verification
      case .failure(let error):
        mark(.writeRefusedByVerification)
        refused.insert(batch.entry)
        let (code, message) = error.ofVerification(operation)
        refuse(batch.place, code, message)
      }
    }
    guard !refused.isEmpty else { return }
    entries = entries.indices.filter { !refused.contains($0) }.map { entries[$0] }
  }

  func refuseAll(_ code: ErrorCode, _ message: String? = nil) {
    for topic in response.responses.indices {
      for partition in response.responses[topic].partitionResponses.indices { refuse(Place(topic: topic, partition: partition), code, message) }
    }
    entries = []
  }

  private func refuse(_ place: Place, _ code: ErrorCode, _ message: String?) {
    hasError = true
    response.responses[place.topic].partitionResponses[place.partition].errorCode = code
    response.responses[place.topic].partitionResponses[place.partition].errorMessage = message
  }

  /// The entries to append; none are left.
  fileprivate func takeEntries() -> [AppendEntry] {
    var taken: [AppendEntry] = []
    swap(&taken, &entries)
    return taken
  }

  /// Fills in the outcomes, which are in the order of the entries: that of the partitions that were not refused, and answers.
  func appended(_ outcomes: [AppendOutcome]) {
    guard let incoming else { return }
    // Clients of other versions do not understand hints about the current leader (KIP-951).
    let withLeaders = incoming.version >= 10
    var next = 0
    for topic in response.responses.indices {
      for partition in response.responses[topic].partitionResponses.indices
      where next < outcomes.count && response.responses[topic].partitionResponses[partition].errorCode == .none {
        if outcomes[next].error != .none { hasError = true }
        response.responses[topic].partitionResponses[partition].take(outcomes[next])
        if withLeaders, let leader = outcomes[next].currentLeader {
          response.responses[topic].partitionResponses[partition].currentLeader.leaderId = leader.id.value
          response.responses[topic].partitionResponses[partition].currentLeader.leaderEpoch = leader.epoch.value
          name(leader.id, apis.object.metadata)
        }
        next += 1
      }
    }
    send()
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

  /// Sends the response. A producer with acks=0 reads none: closing its connection tells it about an error, and it then looks for the leader.
  fileprivate func send() {
    guard let incoming = incoming.take() else { return }
    if acks != 0 {
      incoming.respond(response)
    } else if hasError {
      incoming.closeConnection()
    } else {
      incoming.finishWithoutResponse()
    }
    apis.with { end($0) }
  }

  /// Makes itself ready for the next request.
  private func end(_ apis: BrokerApis) {
    apis.roomForTopics.takeBack(&response.responses)
    response.nodeEndpoints.empty()
    entries.empty()
    transactional.empty()
    hasError = false
    isTransactional = false
    if apis.spareProduceAnswers.count < Self.mostSpare { apis.spareProduceAnswers.append(self) }
  }

  private static var mostSpare: Int { 32 }
}

/// What to do with the records of one topic in a Produce request.
private struct ProduceTarget {
  /// What to do with one partition's records.
  enum Course {
    case append(AppendEntry, BatchHeader?)
    case refuse(ErrorCode, String?)
  }

  private let id: Uuid
  private let name: String
  private let refusal: ErrorCode

  private init(id: Uuid, name: String, refusal: ErrorCode) {
    self.id = id
    self.name = name
    self.refusal = refusal
  }

  init(refusal: ErrorCode) { self.init(id: .zero, name: "", refusal: refusal) }

  init(_ topic: ProduceRequest.TopicProduceData, _ incoming: IncomingRequest, _ apis: BrokerApis) {
    let isByID = incoming.version >= 13
    let metadata = apis.metadata
    let name = isByID ? metadata.image.topic(topic.topicId)?.name : topic.name
    guard let name, let id = isByID ? topic.topicId : metadata.image.topicID(named: name) else {
      self.init(refusal: isByID ? .unknownTopicId : .unknownTopicOrPartition)
      return
    }
    // An old directory may contain a topic with the metadata log's name. Nobody may write to it.
    let isAllowed = name != TopicName.clusterMetadata && (!TopicName.isInternal(name) || incoming.header.clientId == Self.internalTopicWriter)
    self.init(id: id, name: name, refusal: isAllowed ? .none : .invalidTopicException)
  }

  /// The only client id under which Kafka lets clients write to internal topics.
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
    return .append(AppendEntry(partition: TopicIDPartition(id, partition.index), records: records), batch)
  }

  func partition(_ index: Int32) -> TopicPartition { TopicPartition(name, index) }
}

extension ErrorCode {
  /// The error for a producer after a failed verification. If a retry may help it is NOT_ENOUGH_REPLICAS, after which clients resend without
  /// requesting metadata; a producer whose partitions are added automatically understands CONCURRENT_TRANSACTIONS
  /// (`ReplicaManager.handleProduceAppend`).
  fileprivate func ofVerification(_ operation: TransactionOperation) -> (ErrorCode, String?) {
    switch self {
    case .invalidTxnState: (self, "Partition was not added to the transaction")
    case .concurrentTransactions where operation == .addition: (self, nil)
    case .networkException, .coordinatorLoadInProgress, .coordinatorNotAvailable, .notCoordinator, .concurrentTransactions:
      (.notEnoughReplicas, "Unable to verify the partition has been added to the transaction. Underlying error: \(name)")
    default: (self, nil)
    }
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
