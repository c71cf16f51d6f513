import Host
import Primitives
import Workloads

/// Transactional ids as reported by their coordinators. Schedules and results refer to it.
///
/// Reports are in the log of the coordinator; a new coordinator repeats the state of an id, which counts once. If two brokers both believe that they coordinate
/// an id, the one that leads its partition in the controller's metadata counts: what the other one learns late, its successor has reported before.
struct TransactionsView {
  fileprivate struct IDView {
    var standing: Occurrence.TransactionStanding
    /// When it came to its state.
    var since: Instant
    /// When its producer got its epoch, and what the coordinator did then; nil of the first one.
    var epochChange: EpochChange?
    var begun = 0
    /// The number of times it entered each state.
    var entries: [String: Int] = [:]
    /// When the open transaction began.
    var openSince: Instant?
    var spans: [TransactionSpan] = []
    /// Requests that were refused; of one producer in a row the first one.
    var refusals: [(time: Instant, producer: Producer)] = []
  }

  struct Producer: Hashable {
    var id: Int64
    var epoch: Int16
  }

  /// Why the epoch of a transactional id went up.
  struct EpochChange {
    enum Cause { case commit, abort, timeout, initialisation }

    var time: Instant
    var cause: Cause
  }

  /// Where a transactional id stands, with since when.
  struct Standing {
    var standing: Occurrence.TransactionStanding
    var since: Instant
    /// Since when its transaction is open; nil where none is.
    var openSince: Instant?
    var epochChange: EpochChange?
  }

  private var ids: [String: IDView] = [:]
  /// The producers that were refused.
  private var fenced: Set<Producer> = []
  private(set) var counts = Counts()

  /// The outcomes of the transactions of all ids.
  struct Counts: Equatable {
    var committed = 0
    var aborted = 0
    /// The aborted ones that timed out.
    var timedOut = 0
    /// The number of times a producer got a higher epoch, or another id.
    var epochs = 0
    /// Requests that coordinators refused because of an old epoch.
    var refusals = 0
    /// Producers whose requests were refused for that reason.
    var zombies = 0
    /// The times from when a coordinator knew of a transaction until it knew that all markers were written, in the order of their ends.
    var lengths: [Duration] = []
  }

  /// The number of times an id entered a state, by Kafka's name of the state.
  func entries(of id: String, into state: String) -> Int { ids[id]?.entries[state] ?? 0 }

  /// The number of an id's transactions that its coordinator knew.
  func begun(_ id: String) -> Int { ids[id]?.begun ?? 0 }

  /// Since when the transaction of an id has been open, or ending; nil if there is none, as far as its coordinator reported.
  func openSince(_ id: String) -> Instant? { ids[id]?.openSince }

  /// nil of one of which no coordinator told anything.
  subscript(id: String) -> Standing? {
    ids[id].map { Standing(standing: $0.standing, since: $0.since, openSince: $0.openSince, epochChange: $0.epochChange) }
  }

  /// The transactions of an id in the order in which they began, and the requests about it that were refused.
  func history(of id: String) -> (spans: [TransactionSpan], refusals: [(time: Instant, producer: Producer)]) { (ids[id]?.spans ?? [], ids[id]?.refusals ?? []) }

  /// Updates the view with what a node reports. Returns what an expectation may ask for.
  ///
  /// - Parameter coordinator: returns the leader of a transactional id's partition.
  mutating func observe(_ occurrence: Occurrence, by node: NodeID, at now: Instant, _ coordinator: (_ id: String) -> NodeID) -> Sighting? {
    switch occurrence {
    case .transactionChanged(let standing): return coordinator(standing.transactionalID) == node ? observe(standing, at: now) : nil
    case .producerFenced(let id, let producerID, let epoch):
      let producer = Producer(id: producerID, epoch: epoch)
      counts.refusals += 1
      if fenced.insert(producer).inserted { counts.zombies += 1 }
      if ids[id]?.refusals.last?.producer != producer { ids[id]?.refusals.append((now, producer)) }
      return nil
    case .transactionTimedOut(let id, _, _):
      counts.timedOut += 1
      ids[id]?.markTimedOut(at: now)
      return nil
    default: return nil
    }
  }

  private mutating func observe(_ standing: Occurrence.TransactionStanding, at now: Instant) -> Sighting? {
    let former = ids[standing.transactionalID]?.standing
    var view = ids[standing.transactionalID] ?? IDView(standing: standing, since: now)
    defer { ids[standing.transactionalID] = view }
    // Additional partitions of an open transaction are not another state.
    let isAnother = former.map { $0.state != standing.state || $0.producerID != standing.producerID || $0.producerEpoch != standing.producerEpoch } ?? true
    view.standing = standing
    guard isAnother else { return nil }
    view.since = now
    view.entries[standing.state, default: 0] += 1
    if let former, former.producerID != standing.producerID || former.producerEpoch < standing.producerEpoch {
      counts.epochs += 1
      view.epochChange = EpochChange(time: now, cause: view.cause(ofEpochIn: standing.state))
    }
    view.updateSpans(with: standing, at: now)
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

extension TransactionsView.IDView {
  /// A timeout is reported when the abort is recorded, after the change of state was observed.
  fileprivate mutating func markTimedOut(at now: Instant) {
    if let last = spans.indices.last, spans[last].to == nil { spans[last].isTimedOut = true }
    if let change = epochChange, change.cause == .abort, change.time == now { epochChange?.cause = .timeout }
  }

  fileprivate func cause(ofEpochIn state: String) -> TransactionsView.EpochChange.Cause {
    switch state {
    case "PrepareCommit", "CompleteCommit": .commit
    case "PrepareAbort", "CompleteAbort": spans.last?.isTimedOut == true ? .timeout : .abort
    default: .initialisation
    }
  }

  fileprivate mutating func updateSpans(with standing: Occurrence.TransactionStanding, at now: Instant) {
    if standing.state == "Ongoing" {
      if let last = spans.indices.last, spans[last].to == nil { spans[last].to = now }
      spans.append(TransactionSpan(producer: TransactionsView.Producer(id: standing.producerID, epoch: standing.producerEpoch), from: now))
    }
    guard let last = spans.indices.last, spans[last].to == nil else { return }
    switch standing.state {
    case "PrepareCommit", "PrepareAbort":
      spans[last].prepared = spans[last].prepared ?? now
      spans[last].isCommit = standing.state == "PrepareCommit"
    case "CompleteCommit", "CompleteAbort":
      spans[last].to = now
      spans[last].isCommit = standing.state == "CompleteCommit"
    default: break
    }
  }
}

/// One transaction, as its coordinator told of it.
struct TransactionSpan: Equatable {
  /// The one that it began with.
  let producer: TransactionsView.Producer
  let from: Instant
  /// When its end was decided; nil where it was not.
  var prepared: Instant?
  /// When all markers were written; nil where they were not.
  var to: Instant?
  /// nil where no end was decided.
  var isCommit: Bool?
  var isTimedOut = false

  init(producer: TransactionsView.Producer, from: Instant) {
    self.producer = producer
    self.from = from
  }
}
