import Wire

extension ProduceFailure.Reason {
  /// The reason as text for reports: always the same words for the same kind of failure.
  public var words: String {
    switch self {
    case .refused(let error, _): error.description
    case .deliveryTimedOut: "delivery.timeout.ms went by"
    case .requestTimedOut: "request.timeout.ms went by"
    case .disconnected: "the connection ended"
    case .malformedResponse: "a response that cannot be read"
    case .unsupportedVersion: "the broker knows no such version"
    case .metadataUnavailable: "max.block.ms went by without metadata"
    case .bufferExhausted: "max.block.ms went by without room in buffer.memory"
    case .recordTooLarge(_, let limit): "larger than \(limit) bytes, what max.request.size and buffer.memory allow"
    case .noSuchPartition: "no such partition"
    case .closed: "the producer was closed"
    case .noTransaction: "no transaction was open"
    case .transactionAborted: "its transaction was aborted"
    case .transactionFailed: "its transaction had failed"
    }
  }
}
