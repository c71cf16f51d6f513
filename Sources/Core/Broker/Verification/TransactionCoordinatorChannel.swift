import Host
import OrderedCollections
import Primitives
import Transport
import Wire

/// Asks transaction coordinators whether partitions belong to transactions, or adds them (Kafka's `AddPartitionsToTxnManager`, KIP-890).
///
/// One request to a broker is in flight at a time; questions that arrive in the meantime are sent with the next one. The newest question about a
/// transactional id counts: if two have the same epoch, the producer has given up the first, and an earlier epoch is fenced.
final class TransactionCoordinatorChannel {
  typealias Transaction = AddPartitionsToTxnRequest.AddPartitionsToTxnTransaction

  /// A question about one transactional id.
  fileprivate struct Question {
    let transaction: Transaction
    let operation: TransactionOperation
    /// Gets the errors of partitions. Partitions without an error are not included.
    let completion: ([TopicPartition: ErrorCode]) -> Void
  }

  private let reactor: Reactor
  private let sender: RequestSender
  private let requestTimeout: Duration
  /// The questions for the next request to a broker, by transactional id.
  private var waiting: OrderedDictionary<Address, OrderedDictionary<String, Question>> = [:]
  /// The addresses with a request in flight. Only for lookups.
  private var asked: Set<Address> = []

  init(reactor: Reactor, clientID: String, requestTimeout: Duration) {
    self.reactor = reactor
    self.requestTimeout = requestTimeout
    sender = RequestSender(reactor: reactor, clientID: clientID)
  }

  /// - Parameter completion: Gets the errors of partitions. Partitions without an error are not included.
  func ask(
    _ coordinator: Address, _ transaction: Transaction, _ operation: TransactionOperation, _ completion: @escaping ([TopicPartition: ErrorCode]) -> Void
  ) {
    let question = Question(transaction: transaction, operation: operation, completion: completion)
    if let former = waiting[coordinator]?[transaction.transactionalId] {
      guard former.transaction.producerEpoch <= transaction.producerEpoch else {
        mark(.verificationOvertakenWhileWaiting)
        return question.fail(.invalidProducerEpoch)
      }
      mark(.verificationReplaced)
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
    guard case .success(let response) = result else {
      mark(.verificationUnanswered)
      return questions.values.forEach { $0.fail(.networkException) }
    }
    guard response.errorCode == .none else {
      // The producer does not need to know that the broker is not allowed to ask.
      let error: ErrorCode = response.errorCode == .clusterAuthorizationFailed ? .invalidTxnState : response.errorCode
      return questions.values.forEach { $0.fail(error) }
    }
    var open = questions
    for answer in response.resultsByTransaction {
      open.removeValue(forKey: answer.transactionalId)?.answered(answer.topicResults)
    }
    // The response does not contain these.
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
    // The error that a log would return, after which a producer may start over.
    case .producerFenced: .invalidProducerEpoch
    case .transactionAbortable where operation == .verification: .invalidTxnState
    default: error
    }
  }
}
