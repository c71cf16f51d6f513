import Coordination
import Groups
import Primitives
import Transactions
import Transport
import Wire

extension BrokerApis {
  /// Handles DescribeTransactions: only transactions that this broker coordinates (KIP-664).
  func handleDescribeTransactions(_ incoming: IncomingRequest) {
    guard let request = incoming.decodeOrClose(DescribeTransactionsRequest.self) else { return }
    var response = DescribeTransactionsResponse()
    let runtime = transactions.runtime
    response.transactionStates = request.transactionalIds.map { id in
      let described = runtime.readCommitted(from: transactions.partition(of: id)) { committed throws(Refusal) in committed.describe(id, at: runtime.time) }
      switch described {
      case .success(let state): return state
      case .failure(let refusal):
        var state = DescribeTransactionsResponse.TransactionState()
        (state.transactionalId, state.errorCode) = (id, refusal.code.asToldByCoordinator)
        return state
      }
    }
    incoming.respond(response)
  }

  /// Handles ListTransactions: only those that this broker coordinates, so clients ask every broker for those of the whole cluster (KIP-664,
  /// KIP-994). A pattern can select ids, in the same syntax as for KIP-848; Kafka uses Java's (KIP-1152).
  ///
  /// Source: Kafka's `TransactionStateManager.listTransactionStates`.
  func handleListTransactions(_ incoming: IncomingRequest) {
    guard let request = incoming.decodeOrClose(ListTransactionsRequest.self) else { return }
    var response = ListTransactionsResponse()
    response.unknownStateFilters = request.stateFilters.filter { TransactionState(name: $0) == nil }
    var pattern: TopicPattern?
    if let text = request.transactionalIdPattern, !text.isEmpty {
      pattern = try? TopicPattern(text)
      guard pattern != nil else { return incoming.respond(request.refused(.invalidRegularExpression)) }
    }
    let runtime = transactions.runtime
    for partition in runtime.numbers {
      let listed = runtime.readCommitted(from: partition) { committed throws(Refusal) in
        committed.list(
          states: request.stateFilters, producerIDs: request.producerIdFilters, durationAtLeast: request.durationFilter,
          pattern: pattern.map { pattern in { pattern.matches($0) } }, at: runtime.time)
      }
      switch listed {
      case .success(let states): response.transactionStates += states
      case .failure(let refusal) where refusal.code == .notCoordinator: continue
      case .failure(let refusal): return incoming.respond(request.refused(refusal.code.asToldByCoordinator))
      }
    }
    incoming.respond(response)
  }
}
