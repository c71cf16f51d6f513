import Primitives
import Wire

/// A transactional id as its coordinator lists it (KIP-664).
public struct TransactionListing: Hashable, Sendable {
  public var transactionalID: String
  public var producerID: Int64
  /// Kafka's name, such as `Ongoing`.
  public var state: String
}

/// A transactional id and the state of its transaction (KIP-664).
public struct TransactionDescription: Equatable, Sendable {
  public var transactionalID: String
  public var coordinator: NodeID
  /// Kafka's name, such as `PrepareCommit`.
  public var state: String
  public var producerID: Int64
  public var producerEpoch: Int16
  public var timeout: Duration
  /// nil if none is open.
  public var startedAt: Timestamp?
  /// In ascending order.
  public var partitions: [TopicPartition]
}

/// Transactions from outside: finding those that hang, and ending them (KIP-664).
extension Admin {
  public typealias TransactionResults<Value> = [(key: String, result: Result<Value, AdminError>)]

  /// Lists the transactional ids that all brokers coordinate, in ascending order; filters restrict the list to ids that pass all of them. Brokers
  /// without support for patterns (KIP-1152) or durations (KIP-994) fail with an unsupported version if one is given.
  ///
  /// - Parameters:
  ///   - duration: Only transactions that have been open longer; nil for all.
  ///   - pattern: A regular expression of RE2 for the whole id.
  public func listTransactions(
    inStates states: [String] = [], ofProducers producerIDs: [Int64] = [], openFor duration: Duration? = nil, matching pattern: String? = nil,
    _ completion: @escaping (Result<[TransactionListing], AdminError>) -> Void
  ) {
    var request = ListTransactionsRequest()
    request.stateFilters = states
    request.producerIdFilters = producerIDs
    request.durationFilter = duration?.milliseconds ?? -1
    request.transactionalIdPattern = pattern
    listEverywhere(request, error: \.errorCode, listings: { response in
      response.transactionStates.map { TransactionListing(transactionalID: $0.transactionalId, producerID: $0.producerId, state: $0.transactionState) }
    }, id: \.transactionalID, completion)
  }

  /// Describes transactional ids. An unknown one is TRANSACTIONAL_ID_NOT_FOUND.
  public func describeTransactions(_ transactionalIDs: [String], _ completion: @escaping (TransactionResults<TransactionDescription>) -> Void) {
    forEachTransactionalID(transactionalIDs, completion) { id in
      var request = DescribeTransactionsRequest()
      request.transactionalIds = [id]
      return request
    } answer: { (response: DescribeTransactionsResponse, coordinator) in
      guard let state = response.transactionStates.first else { return nil }
      return (state.errorCode, TransactionDescription(state, at: coordinator))
    }
  }

  /// Ends the open transactions of the producers with these transactional ids, and fences the producers. Completes with the producer ids and epochs
  /// from which on others may write.
  public func fenceProducers(
    _ transactionalIDs: [String], _ completion: @escaping (TransactionResults<(producerID: Int64, producerEpoch: Int16)>) -> Void
  ) {
    let timeout = configuration.connection.requestTimeout
    // Version 6 is not stable yet.
    forEachTransactionalID(transactionalIDs, atMost: 5, completion) { id in
      var request = InitProducerIdRequest()
      request.transactionalId = id
      // The shortest timeout that the id needs until a new producer takes it over.
      request.transactionTimeoutMs = Int32(clamping: timeout.milliseconds)
      return request
    } answer: { (response: InitProducerIdResponse, _) in
      (response.errorCode, (producerID: response.producerId, producerEpoch: response.producerEpoch))
    }
  }

  /// Ends a transaction in one partition without its coordinator: for a transaction that the coordinator does not know, and that would stay open
  /// forever. The arguments come from `describeProducers`.
  public func abortTransaction(
    in partition: TopicPartition, producerID: Int64, producerEpoch: Int16, coordinatorEpoch: Int32,
    _ completion: @escaping (Result<Void, AdminError>) -> Void
  ) {
    askLeaders(of: [partition], { partitions in
      var marker = WriteTxnMarkersRequest.WritableTxnMarker()
      marker.producerId = producerID
      marker.producerEpoch = producerEpoch
      marker.coordinatorEpoch = coordinatorEpoch
      marker.transactionResult = false
      marker.topics = partitions.byTopic.map { name, numbers in
        var topic = WriteTxnMarkersRequest.WritableTxnMarkerTopic()
        topic.name = name
        topic.partitionIndexes = numbers
        return topic
      }
      var request = WriteTxnMarkersRequest()
      request.markers = [marker]
      return request
    }, answers: { (response: WriteTxnMarkersResponse) in
      response.markers.filter { $0.producerId == producerID }.flatMap(\.topics).flatMap { topic in
        topic.partitions.map { (TopicPartition(topic.name, $0.partitionIndex), $0.errorCode, ()) }
      }
    }, { (results: [(key: TopicPartition, result: Result<Void, AdminError>)]) in completion(results.first?.result ?? .failure(.missingInResponse)) })
  }

  // MARK: Coordinators

  /// Asks the coordinator of each id, and finds it again if it says that it is not the coordinator.
  private func forEachTransactionalID<Request: ApiRequest, Value>(
    _ ids: [String], atMost limit: Int16 = .max, _ completion: @escaping (TransactionResults<Value>) -> Void, _ make: @escaping (String) -> Request,
    answer: @escaping (Request.Response, NodeID) -> (code: ErrorCode, value: Value)?
  ) {
    forEach(ids, completion) { id, done in askCoordinator(of: id, atMost: limit, until: deadline, attempts: 1, make, answer, done) }
  }

  private func askCoordinator<Request: ApiRequest, Value>(
    of id: String, atMost limit: Int16, until deadline: Instant, attempts: Int, _ make: @escaping (String) -> Request,
    _ answer: @escaping (Request.Response, NodeID) -> (code: ErrorCode, value: Value)?, _ completion: @escaping (Result<Value, AdminError>) -> Void
  ) {
    withCoordinator(of: id, type: 1) { [weak self] found in
      guard let self else { return }
      switch found {
      case .failure(let error): completion(.failure(error))
      case .success(let coordinator):
        call(.broker(coordinator), atMost: limit) { _ in make(id) } error: { response in
          // A retriable error is retried there; any other error belongs to the id, or requires finding the coordinator again.
          switch answer(response, coordinator)?.code {
          case .coordinatorLoadInProgress?: (.coordinatorLoadInProgress, nil)
          case .concurrentTransactions?: (.concurrentTransactions, nil)
          default: (.none, nil)
          }
        } _: { [weak self] result in
          switch result {
          case .failure(let error): completion(.failure(error))
          case .success(let response):
            guard let (code, value) = answer(response, coordinator) else { return completion(.failure(.missingInResponse)) }
            guard code == .notCoordinator || code == .coordinatorNotAvailable, let self else { return completion(verdict(code, nil, value)) }
            let delay = backoff.delay(afterAttempts: attempts, &reactor.host.random)
            guard reactor.now + delay < deadline else { return completion(.failure(.timedOut(wasSent: true))) }
            reactor.after(delay) { [weak self] in
              self?.askCoordinator(of: id, atMost: limit, until: deadline, attempts: attempts + 1, make, answer, completion)
            }
          }
        }
      }
    }
  }
}

extension TransactionDescription {
  init(_ state: DescribeTransactionsResponse.TransactionState, at coordinator: NodeID) {
    self.init(
      transactionalID: state.transactionalId, coordinator: coordinator, state: state.transactionState, producerID: state.producerId,
      producerEpoch: state.producerEpoch, timeout: .milliseconds(Int64(state.transactionTimeoutMs)),
      startedAt: state.transactionStartTimeMs < 0 ? nil : Timestamp(milliseconds: state.transactionStartTimeMs),
      partitions: state.topics.flatMap { topic in topic.partitions.map { TopicPartition(topic.topic, $0) } }.sorted())
  }
}
