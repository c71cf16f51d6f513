import Primitives

/// A fault in Kafka's terms: "hold the second Fetch response from 1 to 2".
///
/// Rules judge each frame where it arrives, in the order in which they were applied; the first one that does not let it pass wins.
/// Streams stay ordered: the frames after a held or delayed one wait behind it. A dropped frame vanishes while its connection stays open, as if
/// a proxy or an application had lost it (TCP would not); its sender times out. A duplicated frame is handled twice.
public struct MessageRule {
  public enum Action: Sendable, Equatable {
    /// Keeps the message until `World.release`.
    case hold
    case drop
    case delay(Duration)
    case duplicate
    /// The receiver does not get the request; the sender gets what `MessageRule.answer` returns, in order with the other responses of the connection.
    case answer
  }

  public var action: Action
  public var kind: MessageKind
  /// Kafka's API key; nil means every API.
  public var apiKey: Int16?
  /// Senders; nil means all.
  public var from: [NodeIndex]?
  /// Receivers; nil means all.
  public var to: [NodeIndex]?
  /// The first match that the rule acts on, counted from 1.
  public var nth = 1
  /// The number of messages that the rule acts on; nil means all that follow.
  public var times: Int?
  /// Inspects the message itself. The header is always that of the request, even if the message is a response.
  public var matches: ((Frame, MessageHeader) -> Bool)?
  /// Makes the response to a request, for `answer`; nil if the sender expects none.
  public var answer: ((Frame) -> Frame?)?
  /// Called with sender and receiver when it acts on a message, before that takes effect. It may schedule, and must not apply or lift anything at once.
  public var onAct: ((NodeIndex, NodeIndex) -> Void)?

  public init(
    _ action: Action, _ kind: MessageKind, apiKey: Int16?, from: [NodeIndex]? = nil, to: [NodeIndex]? = nil,
    nth: Int = 1, times: Int? = nil, where matches: ((Frame, MessageHeader) -> Bool)? = nil, answer: ((Frame) -> Frame?)? = nil
  ) {
    self.action = action
    self.kind = kind
    self.apiKey = apiKey
    self.from = from
    self.to = to
    self.nth = nth
    self.times = times
    self.matches = matches
    self.answer = answer
  }
}

struct ActiveMessageRule {
  let id: FaultID
  let rule: MessageRule
  /// The number of messages that matched so far.
  var seen = 0
  var acted = 0

  var isSpent: Bool { rule.times.map { acted >= $0 } ?? false }
}

/// What the rules decide about a frame.
enum MessageRuling {
  case pass, drop, duplicate
  /// Answers with this response in place of the receiver; nil if the sender expects none.
  case answer(Frame?)
  case hold(FaultID)
  case delay(Duration, by: FaultID)
}
