import Coordination
import Primitives
import Transactions
import Transport
import Wire

extension BrokerApis {
  /// Handles EndTxn: answered when the decision how the transaction ends is recorded; the markers are written afterwards.
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
