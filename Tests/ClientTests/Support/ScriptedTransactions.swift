import Primitives
import Wire

/// What a transaction coordinator and the coordinator of a group say to a producer in a test. It believes everything, and counts epochs.
final class ScriptedTransactions {
  static let producerID: Int64 = 7

  /// Requests in words, in the order of arrival.
  private(set) var told: [String] = []
  /// To be answered instead, once each, by API.
  var errors: [ApiKey: [ErrorCode]] = [:]
  /// How many requests are not answered, by API.
  var unanswered: [ApiKey: Int] = [:]
  private(set) var epoch: Int16 = -1
  /// The brokers hold this object.
  private unowned let coordinator: ScriptedBroker

  /// - Parameter version: the finalized `transaction.version`.
  init(at coordinator: ScriptedBroker, servedBy brokers: [ScriptedBroker], version: Int16 = 2) {
    self.coordinator = coordinator
    for broker in brokers {
      broker.transactionVersion = version
      serve(broker)
    }
  }

  /// The words without those that look for coordinators.
  var asked: [String] { told.filter { !$0.hasPrefix("find") } }

  private func serve(_ broker: ScriptedBroker) {
    broker.on(FindCoordinatorRequest.self) { [self] request, answer in
      let key = request.coordinatorKeys.first ?? request.key
      told.append("find \(request.keyType == 1 ? "" : "group ")\(key)")
      guard isAnswered(.findCoordinator) else { return }
      var entry = FindCoordinatorResponse.Coordinator()
      entry.key = key
      entry.errorCode = error(.findCoordinator)
      entry.nodeId = coordinator.id.value
      entry.host = coordinator.address.host
      entry.port = coordinator.address.port
      var response = FindCoordinatorResponse()
      response.coordinators = [entry]
      answer(response)
    }
    broker.on(InitProducerIdRequest.self) { [self] request, answer in
      told.append(request.producerId < 0 ? "init" : "init \(request.producerId)/\(request.producerEpoch)")
      guard isAnswered(.initProducerId) else { return }
      var response = InitProducerIdResponse()
      response.errorCode = error(.initProducerId)
      if response.errorCode == .none {
        epoch += 1
        response.producerId = Self.producerID
        response.producerEpoch = epoch
      }
      answer(response)
    }
    broker.on(AddPartitionsToTxnRequest.self) { [self] request, answer in
      let code = error(.addPartitionsToTxn)
      var response = AddPartitionsToTxnResponse()
      response.resultsByTopicV3AndBelow = request.v3AndBelowTopics.map { topic in
        var entry = AddPartitionsToTxnResponse.AddPartitionsToTxnTopicResult()
        entry.name = topic.name
        entry.resultsByPartition = topic.partitions.map { number in
          var partition = AddPartitionsToTxnResponse.AddPartitionsToTxnPartitionResult()
          partition.partitionIndex = number
          partition.partitionErrorCode = code
          return partition
        }
        return entry
      }
      told.append("add " + request.v3AndBelowTopics.flatMap { topic in topic.partitions.map { "\(topic.name)-\($0)" } }.joined(separator: " "))
      if isAnswered(.addPartitionsToTxn) { answer(response) }
    }
    broker.on(AddOffsetsToTxnRequest.self) { [self] request, answer in
      told.append("add group \(request.groupId)")
      guard isAnswered(.addOffsetsToTxn) else { return }
      var response = AddOffsetsToTxnResponse()
      response.errorCode = error(.addOffsetsToTxn)
      answer(response)
    }
    broker.on(TxnOffsetCommitRequest.self) { [self] request, answer in
      let offsets = request.topics.flatMap { topic in topic.partitions.map { "\(topic.name)-\($0.partitionIndex)=\($0.committedOffset)" } }
      told.append("offsets \(offsets.joined(separator: " ")) of \(request.groupId)/\(request.generationId)/\(request.memberId)")
      guard isAnswered(.txnOffsetCommit) else { return }
      let code = error(.txnOffsetCommit)
      var response = TxnOffsetCommitResponse()
      response.topics = request.topics.map { topic in
        var entry = TxnOffsetCommitResponse.TxnOffsetCommitResponseTopic()
        entry.name = topic.name
        entry.partitions = topic.partitions.map { partition in
          var answer = TxnOffsetCommitResponse.TxnOffsetCommitResponsePartition()
          answer.partitionIndex = partition.partitionIndex
          answer.errorCode = code
          return answer
        }
        return entry
      }
      answer(response)
    }
    broker.on(EndTxnRequest.self) { [self, unowned broker] request, answer in
      told.append("\(request.committed ? "commit" : "abort") \(request.producerId)/\(request.producerEpoch)")
      guard isAnswered(.endTxn) else { return }
      var response = EndTxnResponse()
      response.errorCode = error(.endTxn)
      if response.errorCode == .none, broker.received.last?.version == 5 {
        epoch += 1
        response.producerId = Self.producerID
        response.producerEpoch = epoch
      }
      answer(response)
    }
  }

  private func error(_ api: ApiKey) -> ErrorCode {
    guard let first = errors[api]?.first else { return .none }
    errors[api]?.removeFirst()
    return first
  }

  private func isAnswered(_ api: ApiKey) -> Bool {
    guard let left = unanswered[api], left > 0 else { return true }
    unanswered[api] = left - 1
    return false
  }
}

extension ProduceCall {
  /// The batches' numbers: `7/0 3...4` for two records from 3 on as producer 7 in epoch 0.
  var numbers: [String] {
    partitions.flatMap { _, records in
      ((try? RecordBatch.splitting(records)) ?? []).map { batch in
        "\(batch.producerID)/\(batch.producerEpoch) \(batch.baseSequence)...\(batch.baseSequence + batch.recordCount - 1)"
      }
    }
  }
}
