import Host
import Primitives
import Workloads

/// Transactional ids as their coordinators tell of them. Schedules refer to it.
///
/// What is told is in the log of its coordinator; a new one tells again where an id stands, which counts once.
struct TransactionsView {
  private struct IDView {
    var standing: Occurrence.TransactionStanding
    var begun = 0
    /// How many times it came to each state.
    var entries: [String: Int] = [:]
  }

  private var ids: [String: IDView] = [:]

  /// How many times an id came to a state, by Kafka's name of it.
  func entries(of id: String, into state: String) -> Int { ids[id]?.entries[state] ?? 0 }

  /// How many transactions of an id its coordinator knew of.
  func begun(_ id: String) -> Int { ids[id]?.begun ?? 0 }

  /// Notes what a node reports. Returns what an expectation may ask for.
  mutating func note(_ occurrence: Occurrence) -> Sighting? {
    guard case .transactionChanged(let standing) = occurrence else { return nil }
    let former = ids[standing.transactionalID]?.standing
    var view = ids[standing.transactionalID] ?? IDView(standing: standing)
    defer { ids[standing.transactionalID] = view }
    // More partitions of a transaction that is open are no other state.
    let isAnother = former.map { $0.state != standing.state || $0.producerID != standing.producerID || $0.producerEpoch != standing.producerEpoch } ?? true
    view.standing = standing
    guard isAnother else { return nil }
    view.entries[standing.state, default: 0] += 1
    switch standing.state {
    case "Ongoing":
      view.begun += 1
      return nil
    case "CompleteCommit": return .transactionCommitted
    case "CompleteAbort": return .transactionAborted
    default: return nil
    }
  }
}
