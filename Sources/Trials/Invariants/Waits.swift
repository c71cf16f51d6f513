import Primitives
import Workloads

/// The longest waits for one kind of response, by partition.
///
/// A wait starts when a client is first seen to want a response that could be given, or at the last response, and restarts whenever no client wants one, or
/// none could be given.
struct Waits {
  struct Longest: Equatable {
    var since: Instant
    var length: Duration
  }

  /// By partition: since when a client waits, and the longest wait; nil if no client was seen to wait.
  private var waiting: [Instant?] = []
  private(set) var longest: [Longest?] = []

  /// Records the state of a partition.
  ///
  /// - Parameters:
  ///   - isWaiting: whether a client wants a response that could be given.
  ///   - lastAnswer: when the partition last gave a response to any client.
  mutating func update(_ partition: Int, isWaiting: Bool, lastAnswer: Instant?, at now: Instant) {
    while waiting.count <= partition {
      waiting.append(nil)
      longest.append(nil)
    }
    guard isWaiting else { return waiting[partition] = nil }
    let since = max(waiting[partition] ?? now, lastAnswer ?? .zero)
    waiting[partition] = since
    if now - since >= longest[partition]?.length ?? .zero { longest[partition] = Longest(since: since, length: now - since) }
  }

  /// The longest wait for a partition; nil if no client was seen to wait.
  func longest(of partition: Int) -> Longest? { longest.indices.contains(partition) ? longest[partition] : nil }

  /// The longest wait of all, with its partition; the first of several equal ones.
  var longestOfAll: (partition: Int, wait: Longest)? {
    var best: (partition: Int, wait: Longest)?
    for (partition, wait) in longest.enumerated() {
      if let wait, wait.length > best?.wait.length ?? Duration(nanoseconds: -1) { best = (partition, wait) }
    }
    return best
  }
}
