import Primitives

/// What keeps messages from getting from one node to another.
public struct Obstacle: Sendable {
  /// In the past tense, as `cut` or `held`.
  public let word: String
  public let since: Instant
}

/// A rule on messages that has stopped what one node sent to another.
public struct StoppedMessage: Sendable {
  public let from: NodeIndex
  public let to: NodeIndex
  /// Kafka's API key; nil for a rule about every API.
  public let apiKey: Int16?
  public let kind: MessageKind
  public let obstacle: Obstacle
}

extension World {
  /// The first fault that lets nothing get from one node to another; nil without one.
  public func obstacle(from: NodeIndex, to: NodeIndex) -> Obstacle? {
    network.faults.first { $0.blocks(from: from, to: to) }.map { Obstacle(word: $0.fault.word, since: faults[$0.id].applied) }
  }

  /// The first rule in force that has stopped messages between two nodes, in either direction, and lets no more of them through.
  public func stoppedMessage(between one: NodeIndex, and other: NodeIndex) -> StoppedMessage? {
    for active in network.rules where active.acted > 0 {
      let word: String
      switch active.rule.action {
      case .hold: word = "held"
      case .drop: word = "dropped"
      case .delay, .duplicate, .answer: continue
      }
      for (from, to) in [(one, other), (other, one)] where active.rule.from?.contains(from) != false && active.rule.to?.contains(to) != false {
        return StoppedMessage(
          from: from, to: to, apiKey: active.rule.apiKey, kind: active.rule.kind, obstacle: Obstacle(word: word, since: faults[active.id].applied))
      }
    }
    return nil
  }
}

extension NetworkFault {
  fileprivate var word: String {
    switch self {
    case .partition: "partitioned"
    case .cut: "cut"
    case .isolate: "isolated"
    case .clog: "clogged"
    case .slow: "slow"
    }
  }
}
