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
    decide(incoming, request, of: request.transactionalId, needsProducerID: { $0.needsProducerID(for: request, version: incoming.version) }) {
      shard, newProducerID, time throws(Refusal) in
      try shard.endTransaction(request, version: incoming.version, newProducerID: newProducerID, at: time)
    }
  }
}
