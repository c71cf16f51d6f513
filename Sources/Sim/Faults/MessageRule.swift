import Primitives

/// A fault in Kafka's terms: "hold the second Fetch response from 1 to 2".
///
/// Rules judge each frame where it arrives, in the order in which they were applied; the first that does not let it pass wins.
/// Streams stay ordered: what follows a held or delayed frame on its connection waits behind it. A dropped frame vanishes while its connection stays open, as if
/// a proxy or an application had lost it (TCP would not); its sender times out. A duplicated frame is handled twice.
public struct MessageRule {
  public enum Action: Sendable, Equatable {
    /// Until `World.release`.
    case hold
    case drop
    case delay(Duration)
    case duplicate
    /// The receiver does not get it; its sender gets what `MessageRule.answer` makes of it, in its turn among the responses of the connection.
    case answer
  }

  public var action: Action
  public var kind: MessageKind
  /// Kafka's number of the API; nil means every one.
  public var apiKey: Int16?
  /// Senders; nil means all.
  public var from: [NodeIndex]?
  /// Receivers; nil means all.
  public var to: [NodeIndex]?
  /// The first message that matches is number 1: so many less one pass before the rule acts.
  public var nth = 1
  /// For how many messages the rule acts; nil means all that follow.
  public var times: Int?
  /// Looks at the message itself. The header is that of the request, also where the message is a response.
  public var matches: ((Frame, MessageHeader) -> Bool)?
  /// Makes the response to a request, of `answer`; nil where nobody waits for one.
  public var answer: ((Frame) -> Frame?)?

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
  /// Messages that matched so far.
  var seen = 0
  var acted = 0

  var isSpent: Bool { rule.times.map { acted >= $0 } ?? false }
}

/// What a rule makes of a frame.
enum MessageRuling {
  case pass, drop, duplicate
  /// With the response that the sender gets in the receiver's place; nil where it waits for none.
  case answer(Frame?)
  case hold(FaultID)
  case delay(Duration)
}
