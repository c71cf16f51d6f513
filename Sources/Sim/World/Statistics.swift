/// The counters of a world. Equal runs have equal counters.
public struct Statistics: Sendable, Equatable {
  /// Events that nodes handled.
  public internal(set) var events: UInt64 = 0
  public internal(set) var timersFired: UInt64 = 0
  public internal(set) var connectionsOpened: UInt64 = 0
  public internal(set) var framesSent: UInt64 = 0
  public internal(set) var framesDelivered: UInt64 = 0
  /// Bytes of the frames sent, without sizes and headers of lower layers.
  public internal(set) var bytesSent: UInt64 = 0
  public internal(set) var diskBytesAppended: UInt64 = 0
  public internal(set) var diskOperations: UInt64 = 0

  private var requests = [UInt64](repeating: 0, count: MessageHeader.knownApiKeys)
  private var responses = [UInt64](repeating: 0, count: MessageHeader.knownApiKeys)

  /// Requests that reached a node, by Kafka's API key.
  public func requests(ofApi apiKey: Int16) -> UInt64 { requests.indices.contains(Int(apiKey)) ? requests[Int(apiKey)] : 0 }

  /// Responses that reached a node, by the API key of their request.
  public func responses(ofApi apiKey: Int16) -> UInt64 { responses.indices.contains(Int(apiKey)) ? responses[Int(apiKey)] : 0 }

  @inline(__always)
  mutating func countDelivery(_ kind: MessageKind, apiKey: Int16) {
    framesDelivered += 1
    guard apiKey >= 0 else { return }
    switch kind {
    case .request: requests[Int(apiKey)] += 1
    case .response: responses[Int(apiKey)] += 1
    }
  }
}
