import Primitives
import Workloads

/// The longest waits for one kind of answer, partition by partition.
///
/// A wait begins when somebody is first seen to want an answer that could be given, or with the last answer, and begins anew whenever nobody wants one, or
/// none could be given.
struct Waits {
  struct Longest: Equatable {
    var since: Instant
    var length: Duration
  }

  /// By partition: since when somebody waits, and the longest wait; nil where nobody was seen to wait.
  private var waiting: [Instant?] = []
  private(set) var longest: [Longest?] = []

  /// Notes a look at a partition.
  ///
  /// - Parameters:
  ///   - isWaiting: whether somebody wants an answer that could be given.
  ///   - lastAnswer: when the partition last gave one to anybody.
  mutating func note(_ partition: Int, isWaiting: Bool, lastAnswer: Instant?, at now: Instant) {
    while waiting.count <= partition {
      waiting.append(nil)
      longest.append(nil)
    }
    guard isWaiting else { return waiting[partition] = nil }
    let since = max(waiting[partition] ?? now, lastAnswer ?? .zero)
    waiting[partition] = since
    if now - since >= longest[partition]?.length ?? .zero { longest[partition] = Longest(since: since, length: now - since) }
  }

  /// The longest wait for a partition; nil where nobody was seen to wait.
  func longest(of partition: Int) -> Longest? { longest.indices.contains(partition) ? longest[partition] : nil }

  /// The longest wait of all, and whose it was; of equal ones the first.
  var longestOfAll: (partition: Int, wait: Longest)? {
    var best: (partition: Int, wait: Longest)?
    for (partition, wait) in longest.enumerated() {
      if let wait, wait.length > best?.wait.length ?? Duration(nanoseconds: -1) { best = (partition, wait) }
    }
    return best
  }
}
