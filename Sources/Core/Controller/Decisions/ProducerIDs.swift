import Coordination
import Primitives
import Wire

extension ControllerState {
  /// The number of producer ids in a block for a broker.
  static let producerIDBlockLength: Int32 = 1000

  /// Allocates a block of producer ids to a broker, exclusively: the response must not be sent before the record is committed.
  ///
  /// If no whole block is left of the 2^63 - 1 ids, UNKNOWN_SERVER_ERROR (`ProducerIdControlManager.generateNextProducerId`).
  public func allocateProducerIDs(_ request: AllocateProducerIdsRequest) -> MetadataDecision<AllocateProducerIdsResponse> {
    var response = AllocateProducerIdsResponse()
    do throws(Refusal) {
      try checkBrokerEpoch(request.brokerId, request.brokerEpoch)
    } catch {
      response.errorCode = error.code
      return MetadataDecision([], response)
    }
    let (next, isExhausted) = image.nextProducerID.addingReportingOverflow(Int64(Self.producerIDBlockLength))
    guard !isExhausted else {
      response.errorCode = .unknownServerError
      return MetadataDecision([], response)
    }
    response.producerIdStart = image.nextProducerID
    response.producerIdLen = Self.producerIDBlockLength
    var record = ProducerIdsRecord()
    record.brokerId = request.brokerId
    record.brokerEpoch = request.brokerEpoch
    record.nextProducerId = next
    return MetadataDecision([.producerIds(record)], response)
  }
}
