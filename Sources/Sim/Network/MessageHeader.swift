import Primitives

/// What the network can tell of a message by its first bytes, as a proxy would.
public struct MessageHeader: Sendable, Equatable {
  public var apiKey: Int16
  /// Of a request: its API version. Responses do not carry it; theirs is that of the request.
  public var apiVersion: Int16
  public var correlationID: Int32

  /// API keys are below this; whatever claims another one is not Kafka's.
  static let knownApiKeys = 128

  /// A frame whose request is not known, or that is too short to be Kafka's.
  static let unknown = MessageHeader(apiKey: -1, apiVersion: -1, correlationID: -1)

  /// Reads api key, version and correlation id off a request.
  @inline(__always)
  init(request frame: Frame) {
    guard let first = frame.pieces.first, first.count >= 8 else {
      self = .unknown
      return
    }
    let word = first.integer(at: 0, as: UInt64.self)
    self.init(
      apiKey: Int16(truncatingIfNeeded: word >> 48), apiVersion: Int16(truncatingIfNeeded: word >> 32),
      correlationID: Int32(truncatingIfNeeded: word))
    if apiKey < 0 || Int(apiKey) >= Self.knownApiKeys { self = .unknown }
  }

  init(apiKey: Int16, apiVersion: Int16, correlationID: Int32) {
    self.apiKey = apiKey
    self.apiVersion = apiVersion
    self.correlationID = correlationID
  }
}

/// A frame at the end of its way.
public struct FrameNotice {
  public let time: Instant
  public let from: NodeIndex
  public let to: NodeIndex
  public let kind: MessageKind
  /// -1 where the frame is not Kafka's, or answers nothing that passed.
  public let header: MessageHeader
  public let frame: Frame
  public let fate: FrameFate
}

public enum FrameFate: Sendable, Equatable {
  case delivered
  /// A rule or a blocked link keeps it, and what follows it on its connection.
  case stalled
  /// A rule took it out.
  case dropped
  /// A rule delivered it twice.
  case duplicated
  /// A rule answered it in the receiver's place.
  case answered
  /// Nobody is there any more to take it.
  case lost
}
