import Host
import OrderedCollections
import Primitives
import Transport
import Wire

/// Asks transaction coordinators whether partitions belong to transactions, or to add them (Kafka's `AddPartitionsToTxnManager`, KIP-890).
///
/// One request to a broker is under way at a time; what comes meanwhile goes with the next. Of a transactional id the newest question counts: of two in one
/// epoch the producer has given up the first, and a former epoch is fenced.
final class TransactionCoordinatorChannel {
  typealias Transaction = AddPartitionsToTxnRequest.AddPartitionsToTxnTransaction

  /// Something about one transactional id.
  fileprivate struct Question {
    let transaction: Transaction
    let operation: TransactionOperation
    /// Gets the errors of partitions. Those that are well are not named.
    let completion: ([TopicPartition: ErrorCode]) -> Void
  }

  private let reactor: Reactor
  private let sender: RequestSender
  private let requestTimeout: Duration
  /// What waits for the next request to a broker, by transactional id.
  private var waiting: OrderedDictionary<Address, OrderedDictionary<String, Question>> = [:]
  /// To whom a request is under way. Only looked up.
  private var asked: Set<Address> = []

  init(reactor: Reactor, clientID: String, requestTimeout: Duration) {
    self.reactor = reactor
    self.requestTimeout = requestTimeout
    sender = RequestSender(reactor: reactor, clientID: clientID)
  }

  /// - Parameter completion: gets the errors of partitions. Those that are well are not named.
  func ask(
    _ coordinator: Address, _ transaction: Transaction, _ operation: TransactionOperation, _ completion: @escaping ([TopicPartition: ErrorCode]) -> Void
  ) {
    let question = Question(transaction: transaction, operation: operation, completion: completion)
    if let former = waiting[coordinator]?[transaction.transactionalId] {
      guard former.transaction.producerEpoch <= transaction.producerEpoch else { return question.fail(.invalidProducerEpoch) }
      waiting[coordinator]?[transaction.transactionalId] = question
      former.fail(former.transaction.producerEpoch < transaction.producerEpoch ? .invalidProducerEpoch : .networkException)
    } else {
      waiting[coordinator, default: [:]][transaction.transactionalId] = question
    }
    sendNext(to: coordinator)
  }

  private func sendNext(to coordinator: Address) {
    guard !asked.contains(coordinator), let questions = waiting.removeValue(forKey: coordinator) else { return }
    asked.insert(coordinator)
    var request = AddPartitionsToTxnRequest()
    request.transactions = questions.values.map(\.transaction)
    sender.send(request, to: coordinator, timeout: requestTimeout) { [weak self] result in
      guard let self else { return }
      asked.remove(coordinator)
      answer(questions, result)
      sendNext(to: coordinator)
    }
  }

  private func answer(_ questions: OrderedDictionary<String, Question>, _ result: Result<AddPartitionsToTxnResponse, RequestFailure>) {
    guard case .success(let response) = result else { return questions.values.forEach { $0.fail(.networkException) } }
    guard response.errorCode == .none else {
      // That the broker may not ask is none of the producer's business.
      let error: ErrorCode = response.errorCode == .clusterAuthorizationFailed ? .invalidTxnState : response.errorCode
      return questions.values.forEach { $0.fail(error) }
    }
    var open = questions
    for answer in response.resultsByTransaction {
      open.removeValue(forKey: answer.transactionalId)?.answered(answer.topicResults)
    }
    // Of those nothing was said.
    for question in open.values { question.fail(.networkException) }
  }
}

extension TransactionCoordinatorChannel.Question {
  fileprivate func fail(_ error: ErrorCode) {
    var errors: [TopicPartition: ErrorCode] = [:]
    for topic in transaction.topics {
      for partition in topic.partitions { errors[TopicPartition(topic.name, partition)] = error }
    }
    completion(errors)
  }

  fileprivate func answered(_ topics: [AddPartitionsToTxnResponse.AddPartitionsToTxnTopicResult]) {
    var errors: [TopicPartition: ErrorCode] = [:]
    for topic in topics {
      for partition in topic.resultsByPartition where partition.partitionErrorCode != .none {
        errors[TopicPartition(topic.name, partition.partitionIndex)] = asProducersKnow(partition.partitionErrorCode)
      }
    }
    completion(errors)
  }

  private func asProducersKnow(_ error: ErrorCode) -> ErrorCode {
    switch error {
    // What a log would say to it, after which a producer may begin anew.
    case .producerFenced: .invalidProducerEpoch
    case .transactionAbortable where operation == .verification: .invalidTxnState
    default: error
    }
  }
}
