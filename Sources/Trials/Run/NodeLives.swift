import Sim

/// Tells an end that was asked for from one that a node came to by itself, and counts how often it did so in a row.
struct NodeLives {
  private struct Life {
    var isAskedToEnd = false
    /// What the node said last that may be a reason.
    var reason: String?
    /// Lives in a row that ended unasked.
    var failures = 0
    var reasonOfFailure: String?
  }

  private var lives: [NodeIndex: Life] = [:]

  /// Returns whether that is worth telling: a node that ended by itself before is only counted.
  mutating func noteStart(of node: NodeIndex) -> Bool {
    lives[node, default: Life()].isAskedToEnd = false
    lives[node]?.reason = nil
    return lives[node]?.failures == 0
  }

  mutating func noteShutdown(of node: NodeIndex) { lives[node, default: Life()].isAskedToEnd = true }

  /// Whoever is killed had been running.
  mutating func noteKill(of node: NodeIndex) { lives[node] = nil }

  /// Notes what a node says. Returns whether it is news.
  mutating func noteReason(_ reason: String, of node: NodeIndex) -> Bool {
    lives[node, default: Life()].reason = reason
    return reason != lives[node]?.reasonOfFailure
  }

  /// Returns what is to be told of a node's end; nil where that was told before.
  mutating func noteEnd(of node: NodeIndex) -> String? {
    var life = lives[node] ?? Life()
    defer { lives[node] = life }
    guard !life.isAskedToEnd else {
      life.failures = 0
      life.reasonOfFailure = nil
      return "ends in good order"
    }
    let reason = life.reason ?? "it gave no reason"
    let isKnown = life.failures > 0 && reason == life.reasonOfFailure
    life.failures = isKnown ? life.failures + 1 : 1
    life.reasonOfFailure = reason
    return isKnown ? nil : "ends by itself: \(reason)"
  }

  /// Why a node does not run, and how often it ended so in a row; nil where its last end was asked for.
  func failure(of node: NodeIndex) -> (reason: String, count: Int)? {
    guard let life = lives[node], life.failures > 0, let reason = life.reasonOfFailure else { return nil }
    return (reason, life.failures)
  }
}
