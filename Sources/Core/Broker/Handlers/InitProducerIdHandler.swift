import Transport
import Wire

extension BrokerApis {
  /// InitProducerId of an idempotent producer, which any broker answers with an id of its own and epoch 0 (KIP-98).
  ///
  /// A transactional id needs its coordinator, which no broker is here.
  func handleInitProducerId(_ incoming: IncomingRequest) {
    guard let request = incoming.decodeOrClose(InitProducerIdRequest.self) else { return }
    var response = InitProducerIdResponse()
    if let transactionalID = request.transactionalId {
      response.errorCode = transactionalID.isEmpty ? .invalidRequest : .coordinatorNotAvailable
      return incoming.respond(response)
    }
    producerIDs.next { id in
      response.producerId = id ?? -1
      // As Kafka answers while it waits for a block: the producer asks again.
      response.errorCode = id == nil ? .coordinatorLoadInProgress : .none
      incoming.respond(response)
    }
  }
}
