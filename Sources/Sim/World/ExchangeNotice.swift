import Host
import Primitives

/// A step of a request and its response, reported by a world that measures (`World.onExchange`).
///
/// A connection has two ends that may be lost at different times (`World.onLostEnd`): an exchange whose requester or responder lost its end has no further steps there.
public struct ExchangeNotice {
  public enum Step {
    /// The request was handed to the requester's network card.
    case asked(MessageHeader, Frame)
    /// There will be no response (acks=0). Comes directly after `asked`.
    case askedWithoutResponse
    /// The responder started on the request, which may have waited behind others of its connection since it arrived.
    case takenUp(arrived: Instant)
    /// The response was handed to the responder's network card.
    case answered(Frame)
    /// The requester started on the response.
    case answerTaken
  }

  public let step: Step
  /// When the step happened. For what a handler does after it has worked for some time, this is later than `World.now`.
  public let time: Instant
  /// The requester's end of the connection. It identifies the exchange together with `correlationID`.
  public let connection: ConnectionID
  public let correlationID: Int32
  public let requester: NodeIndex
  public let responder: NodeIndex
  /// The responder's listener that the connection was opened to, by its number.
  public let listener: Int
}

/// Reports that a node's end of a connection is closed or forgotten (`World.onLostEnd`).
public struct LostEndNotice {
  /// The end of the node that opened the connection, as in `ExchangeNotice`.
  public let connection: ConnectionID
  /// Whether the lost end is the one of the node that opened the connection.
  public let isRequester: Bool
}

/// Reports that an operation of a disk began or ended (`World.onDiskOperation`).
public struct DiskNotice {
  public enum Kind: Sendable { case sync, syncDirectory, replacement }

  public enum Step {
    case begun(Kind, path: String, bytes: Int)
    case ended(DiskError?)
  }

  public let step: Step
  /// When the step happened; later than `World.now` for an operation that a handler began after it had worked for some time.
  public let time: Instant
  public let node: NodeIndex
  /// Unique within a life of the node.
  public let operation: DiskOperation
}
