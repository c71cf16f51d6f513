import Host
import Primitives
import Workloads

/// Transactional ids as their coordinators tell of them. Schedules and results refer to it.
///
/// What is told is in the log of its coordinator; a new one tells again where an id stands, which counts once. Of two brokers that both believe to coordinate an id the one is believed that leads its
/// partition by the controller's metadata: what the other one learns late, its successor has told before.
struct TransactionsView {
  private struct IDView {
    var standing: Occurrence.TransactionStanding
    var begun = 0
    /// How many times it came to each state.
    var entries: [String: Int] = [:]
    /// When the transaction began that has not ended.
    var openSince: Instant?
  }

  private struct Producer: Hashable {
    var id: Int64
    var epoch: Int16
  }

  private var ids: [String: IDView] = [:]
  /// Those that were refused.
  private var fenced: Set<Producer> = []
  private(set) var counts = Counts()

  /// What became of the transactions of all ids.
  struct Counts: Equatable {
    var committed = 0
    var aborted = 0
    /// Of the aborted ones.
    var timedOut = 0
    /// How many times a producer got a higher epoch, or another id.
    var epochs = 0
    /// Requests that coordinators refused as those of an epoch that is over.
    var refusals = 0
    /// Producers whose requests were refused so.
    var zombies = 0
    /// From when a coordinator knew of a transaction until it knew that all markers were written, in the order of their ends.
    var lengths: [Duration] = []
  }

  /// How many times an id came to a state, by Kafka's name of it.
  func entries(of id: String, into state: String) -> Int { ids[id]?.entries[state] ?? 0 }

  /// How many transactions of an id its coordinator knew of.
  func begun(_ id: String) -> Int { ids[id]?.begun ?? 0 }

  /// Since when the transaction of an id is open, or about to end; nil where none is, as far as its coordinator told.
  func openSince(_ id: String) -> Instant? { ids[id]?.openSince }

  /// Notes what a node reports. Returns what an expectation may ask for.
  ///
  /// - Parameter coordinator: who leads the partition of a transactional id.
  mutating func note(_ occurrence: Occurrence, by node: NodeID, at now: Instant, _ coordinator: (_ id: String) -> NodeID) -> Sighting? {
    switch occurrence {
    case .transactionChanged(let standing): return coordinator(standing.transactionalID) == node ? note(standing, at: now) : nil
    case .producerFenced(_, let id, let epoch):
      counts.refusals += 1
      if fenced.insert(Producer(id: id, epoch: epoch)).inserted { counts.zombies += 1 }
      return nil
    case .transactionTimedOut:
      counts.timedOut += 1
      return nil
    default: return nil
    }
  }

  private mutating func note(_ standing: Occurrence.TransactionStanding, at now: Instant) -> Sighting? {
    let former = ids[standing.transactionalID]?.standing
    var view = ids[standing.transactionalID] ?? IDView(standing: standing)
    defer { ids[standing.transactionalID] = view }
    // More partitions of a transaction that is open are no other state.
    let isAnother = former.map { $0.state != standing.state || $0.producerID != standing.producerID || $0.producerEpoch != standing.producerEpoch } ?? true
    view.standing = standing
    guard isAnother else { return nil }
    view.entries[standing.state, default: 0] += 1
    if let former, former.producerID != standing.producerID || former.producerEpoch < standing.producerEpoch { counts.epochs += 1 }
    switch standing.state {
    case "Ongoing":
      view.begun += 1
      view.openSince = now
      return nil
    case "CompleteCommit":
      counts.committed += 1
      end(&view, at: now)
      return .transactionCommitted
    case "CompleteAbort":
      counts.aborted += 1
      end(&view, at: now)
      return .transactionAborted
    default: return nil
    }
  }

  private mutating func end(_ view: inout IDView, at now: Instant) {
    guard let since = view.openSince else { return }
    counts.lengths.append(now - since)
    view.openSince = nil
  }
}
