import Sim

/// Distinguishes requested ends of nodes from unexpected ones, and counts consecutive unexpected ends.
struct NodeLives {
  private struct Life {
    var isAskedToEnd = false
    /// The last thing the node said that may be a reason.
    var reason: String?
    /// The number of consecutive lives that ended unexpectedly.
    var failures = 0
    var reasonOfFailure: String?
  }

  private var lives: [NodeIndex: Life] = [:]

  /// Returns whether the start belongs in the story: a restart after an unexpected end is only counted.
  mutating func recordStart(of node: NodeIndex) -> Bool {
    lives[node, default: Life()].isAskedToEnd = false
    lives[node]?.reason = nil
    return lives[node]?.failures == 0
  }

  mutating func recordShutdown(of node: NodeIndex) { lives[node, default: Life()].isAskedToEnd = true }

  /// A node that is killed had been running.
  mutating func recordKill(of node: NodeIndex) { lives[node] = nil }

  /// Records a node's message. Returns whether it is new.
  mutating func recordReason(_ reason: String, of node: NodeIndex) -> Bool {
    lives[node, default: Life()].reason = reason
    return reason != lives[node]?.reasonOfFailure
  }

  /// Returns the text for the story about a node's end; nil if it was told before.
  mutating func recordEnd(of node: NodeIndex) -> String? {
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

  /// Why a node does not run, and how many consecutive times it ended like this; nil if its last end was requested.
  func failure(of node: NodeIndex) -> (reason: String, count: Int)? {
    guard let life = lives[node], life.failures > 0, let reason = life.reasonOfFailure else { return nil }
    return (reason, life.failures)
  }
}
