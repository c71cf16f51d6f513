import DequeModule
import Primitives

/// Decides when one client sends its records: by a schedule, or as the responses come.
struct RecordDemand {
  /// The most records that come due in one event, so that responses and other events are not held up.
  static let burst = 64

  private let load: LoadShape
  private let clients: Int
  /// The load's clock starts here; nothing is wanted from `stop` on.
  private let start: Instant
  private let stop: Instant
  /// nil if the load depends on the responses.
  private var arrivals: ArrivalSchedule?
  /// When the schedule wants the next record; nil before the start, and after the last record.
  private var nextArrival: Instant?
  /// When the records that are due were intended to be sent.
  private var due: Deque<Instant> = []

  /// - Parameters:
  ///   - client: the number of the client in its entry, from 0.
  ///   - seed: unique to this client and life.
  init(_ load: LoadShape, client: Int, of clients: Int, from start: Instant, to stop: Instant, seed: UInt64) {
    self.load = load
    self.clients = clients
    self.start = start
    self.stop = stop
    if load.isOpenLoop { arrivals = ArrivalSchedule(load, client: client, of: clients, random: RandomStream(seed: seed, purpose: "arrivals")) }
  }

  /// Whether a schedule says when records are wanted.
  var isScheduled: Bool { arrivals != nil }

  /// Starts the schedule. A process that comes back after a crash continues with the schedule, and does not make up for the records it missed.
  mutating func begin(at now: Instant) { nextArrival = arrivals?.next(from: max(.zero, now - start)).map { start + $0 } }

  /// When the next record comes due; nil if none will.
  var nextLook: Instant? { nextArrival.flatMap { $0 < stop ? $0 : nil } }

  /// Collects the records that are due: a load that is late has several, each with the time that was intended for it.
  mutating func gather(at now: Instant) {
    while let intended = nextArrival, intended <= now, due.count < Self.burst {
      due.append(intended)
      nextArrival = arrivals?.next().map { start + $0 }
    }
  }

  /// Removes the oldest due record and returns when it was intended to be sent; nil if none is due.
  mutating func takeDue() -> Instant? { due.popFirst() }

  /// Whether a load without a schedule wants another record.
  /// - Parameter underWay: the number of records sent and not answered.
  func wantsMore(than underWay: Int) -> Bool {
    if case .closed(let outstanding) = load { underWay < outstanding } else { true }
  }

  /// The number of records that the schedule wanted by the end of the load and that were not taken; nil without a schedule. Records that are still in the schedule are
  /// counted by its rate.
  var neverTaken: Int? {
    guard load.isOpenLoop else { return nil }
    var count = due.count
    if let nextArrival, nextArrival < stop, let rate = load.averageRate(from: nextArrival - start, to: stop - start) {
      let rest = rate.recordsPerSecond * (stop - nextArrival).seconds / Double(clients)
      // Round up, except for rounding errors of the division: the next arrival is one of them.
      count += max(1, Int(exactly: (rest - 1e-6).rounded(.up)) ?? .max / 2)
    }
    return count
  }
}
