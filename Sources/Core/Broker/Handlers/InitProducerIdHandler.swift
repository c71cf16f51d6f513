import Coordination
import Primitives
import Transactions
import Transport
import Wire

extension BrokerApis {
  /// Handles InitProducerId: from an idempotent producer, which any broker answers with a new id and epoch 0, or for a transactional id, whose
  /// coordinator fences the previous producer (KIP-98, KIP-360).
  ///
  /// Source: Kafka's `KafkaApis.handleInitProducerIdRequest`.
  func handleInitProducerId(_ incoming: IncomingRequest) {
    guard let request = incoming.decodeOrClose(InitProducerIdRequest.self) else { return }
    func refuse(_ error: ErrorCode) { incoming.respond(request.refused(error)) }
    // Id and epoch must be given together.
    guard (request.producerId == -1) == (request.producerEpoch == -1) else { return refuse(.invalidRequest) }
    guard let transactionalID = request.transactionalId else { return initIdempotentProducer(incoming, refuse) }
    decide(incoming, request, of: transactionalID, needsProducerID: { $0.needsProducerID(for: request) }) { shard, newProducerID, time throws(Refusal) in
      try shard.initProducerID(request, version: incoming.version, newProducerID: newProducerID, at: time)
    }
  }

  private func initIdempotentProducer(_ incoming: IncomingRequest, _ refuse: @escaping (ErrorCode) -> Void) {
    producerIDs.next { id in
      // Kafka's answer while it waits for a block: the producer retries.
      guard let id else { return refuse(.coordinatorLoadInProgress) }
      var response = InitProducerIdResponse()
      response.producerId = id
      incoming.respond(response)
    }
  }
}
