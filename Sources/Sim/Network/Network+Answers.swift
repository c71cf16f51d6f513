import Host
import Primitives

// Responses that a rule gives in place of the receiver. A client takes responses in the order of its requests, so these wait for the responses to earlier requests.

extension World {
  /// Answers a request, which goes no further.
  func answer(_ request: Frame, with response: Frame, at end: Int) {
    let isNext = network.ends[end].unanswered.isEmpty
    let header = rememberRequest(request, at: end)
    if isNext {
      transmit(response, to: end ^ 1, leaving: now)
    } else {
      network.answers.append(AnswerByRule(end: network.id(of: end ^ 1), correlationID: header.correlationID, frame: response, origin: causality?.origin ?? EventOrigin()))
    }
  }

  /// Gives the answers to requests sent before the one that this response is for. Requests that are still waiting before those are never answered.
  func giveAnswers(before response: Frame, at end: Int) {
    guard let position = positionOfRequest(answeredBy: response, at: end) else { return }
    let earlier = network.ends[end ^ 1].unanswered.prefix(position).map(\.correlationID)
    while let answer = nextAnswer(at: end), earlier.contains(answer.correlationID) { give(answer, at: end) }
  }

  /// Gives the answers that are next in order.
  func giveAnswers(at end: Int) {
    while let answer = nextAnswer(at: end), answer.correlationID == network.ends[end ^ 1].unanswered.first?.correlationID { give(answer, at: end) }
  }

  private func nextAnswer(at end: Int) -> AnswerByRule? {
    // Drop the answers for connections that are gone.
    network.answers = network.answers.filter { network.index(of: $0.end) != nil }
    return network.answers.first { $0.end == network.id(of: end) }
  }

  private func give(_ answer: AnswerByRule, at end: Int) {
    network.answers.removeAll { $0.end == answer.end && $0.correlationID == answer.correlationID }
    let origin = causality?.origin
    causality?.origin = answer.origin
    arrive(answer.frame, inTurnAt: end)
    if let origin { causality?.origin = origin }
  }
}
