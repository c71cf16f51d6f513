import Coordination
import Transactions
import Transport
import Wire

extension BrokerApis {
  /// Makes a transactional id's coordinator decide about a request, with a new producer id if the decision needs one, and responds.
  func decide<Request: RefusableRequest>(
    _ incoming: IncomingRequest, _ request: Request, of transactionalID: String, needsProducerID: (TransactionShard) -> Bool,
    _ decision: @escaping (inout TransactionShard, _ newProducerID: Int64?, CoordinatorTime) throws(Refusal) -> CoordinatorDecision<TransactionShard, Request.Response>
  ) {
    let transactions = transactions
    func refuse(_ error: ErrorCode) { incoming.respond(request.refused(error)) }
    func decide(_ newProducerID: Int64?) {
      transactions.runtime.write(to: transactions.partition(of: transactionalID)) { shard, time throws(Refusal) in
        try decision(&shard, newProducerID, time)
      } answer: { result in
        switch result {
        case .success(let response): incoming.respond(response)
        case .failure(let refusal): refuse(refusal.code.asToldByCoordinator)
        }
      }
    }
    let need = transactions.runtime.read(from: transactions.partition(of: transactionalID)) { decided, _ throws(Refusal) in needsProducerID(decided) }
    switch need {
    case .failure(let refusal): refuse(refusal.code.asToldByCoordinator)
    case .success(false): decide(nil)
    case .success(true):
      producerIDs.next { id in
        if let id { decide(id) } else { refuse(.coordinatorLoadInProgress) }
      }
    }
  }
}
