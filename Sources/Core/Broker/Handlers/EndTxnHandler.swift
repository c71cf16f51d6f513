import Coordination
import Primitives
import Transactions
import Transport
import Wire

extension BrokerApis {
  /// EndTxn: answered when it is on record how the transaction ends; the markers are written afterwards.
  ///
  /// Source: Kafka's `KafkaApis.handleEndTxnRequest`.
  func handleEndTxn(_ incoming: IncomingRequest) {
    guard let request = incoming.decodeOrClose(EndTxnRequest.self) else { return }
    func refuse(_ error: ErrorCode) { incoming.respond(request.refused(error)) }
    withProducerID(request.transactionalId, isNeeded: { $0.needsProducerID(for: request, version: incoming.version) }, refuse) { [transactions] newProducerID in
      transactions.runtime.write(to: transactions.partition(of: request.transactionalId)) { shard, time throws(Refusal) in
        try shard.endTransaction(request, version: incoming.version, newProducerID: newProducerID, at: time)
      } answer: { result in
        switch result {
        case .success(let response): incoming.respond(response)
        case .failure(let refusal): refuse(refusal.code.asToldByCoordinator)
        }
      }
    }
  }
}
