import Primitives

/// What the network can learn from the first bytes of a message, as a proxy would.
public struct MessageHeader: Sendable, Equatable {
  public var apiKey: Int16
  /// The API version of the request. Responses do not carry it; theirs is that of the request.
  public var apiVersion: Int16
  public var correlationID: Int32

  /// API keys are below this number; a frame with a larger one is not Kafka's.
  static let knownApiKeys = 128

  /// The header of a frame whose request is unknown, or that is too short to be Kafka's.
  static let unknown = MessageHeader(apiKey: -1, apiVersion: -1, correlationID: -1)

  /// Reads API key, version and correlation id from a request.
  @inline(__always)
  init(request frame: Frame) {
    guard frame.first.count >= 8 else {
      self = .unknown
      return
    }
    let word = frame.first.integer(at: 0, as: UInt64.self)
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

/// Reports a frame at the end of its way.
public struct FrameNotice {
  public let time: Instant
  public let from: NodeIndex
  public let to: NodeIndex
  public let kind: MessageKind
  /// Its API key is -1 if the frame is not Kafka's, or answers no request that passed.
  public let header: MessageHeader
  public let frame: Frame
  public let fate: FrameFate
}

public enum FrameFate: Sendable, Equatable {
  case delivered
  /// A rule or a blocked link holds the frame, and those after it on its connection.
  case stalled
  /// A rule dropped it.
  case dropped
  /// A rule delivered it twice.
  case duplicated
  /// A rule answered it in place of the receiver.
  case answered
  /// The receiver is gone.
  case lost
}
