import DequeModule
import Primitives

/// When the records of one client are wanted: by a schedule, or as the answers come.
struct RecordDemand {
  /// Records that come due in one event at most, so that answers and other events come in between.
  static let burst = 64

  private let load: LoadShape
  private let clients: Int
  /// The load's clock starts here; nothing is wanted from `stop` on.
  private let start: Instant
  private let stop: Instant
  /// nil where the load depends on the answers.
  private var arrivals: ArrivalSchedule?
  /// When the schedule wants the next record; nil where none will come any more, or before the start.
  private var nextArrival: Instant?
  /// When the records that are due were intended to be sent.
  private var due: Deque<Instant> = []

  /// - Parameters:
  ///   - client: which of its entry it is, from 0.
  ///   - seed: of this client and life alone.
  init(_ load: LoadShape, client: Int, of clients: Int, from start: Instant, to stop: Instant, seed: UInt64) {
    self.load = load
    self.clients = clients
    self.start = start
    self.stop = stop
    if load.isOpenLoop { arrivals = ArrivalSchedule(load, client: client, of: clients, random: RandomStream(seed: seed, purpose: "arrivals")) }
  }

  /// Whether a schedule says when records are wanted.
  var isScheduled: Bool { arrivals != nil }

  /// A process that comes back after a crash takes the schedule up, not the records it missed.
  mutating func begin(at now: Instant) { nextArrival = arrivals?.next(from: max(.zero, now - start)).map { start + $0 } }

  /// When the next record comes due; nil where none will.
  var nextLook: Instant? { nextArrival.flatMap { $0 < stop ? $0 : nil } }

  /// A load that is late has several records due, each with the time that was intended for it.
  mutating func gather(at now: Instant) {
    while let intended = nextArrival, intended <= now, due.count < Self.burst {
      due.append(intended)
      nextArrival = arrivals?.next().map { start + $0 }
    }
  }

  /// When the oldest record that is due was intended to be sent; it is due no more. nil where none is.
  mutating func takeDue() -> Instant? { due.popFirst() }

  /// Whether a load without a schedule wants one more record.
  /// - Parameter underWay: how many are, sent and not answered.
  func wantsMore(than underWay: Int) -> Bool {
    if case .closed(let outstanding) = load { underWay < outstanding } else { true }
  }

  /// Records that the schedule wanted by the end of the load and that were not taken; nil where there is no schedule. What the rest of the schedule holds is counted by its
  /// rate.
  var neverTaken: Int? {
    guard load.isOpenLoop else { return nil }
    var count = due.count
    if let nextArrival, nextArrival < stop, let rate = load.averageRate(from: nextArrival - start, to: stop - start) {
      let rest = rate.recordsPerSecond * (stop - nextArrival).seconds / Double(clients)
      // Rounded up, but for what is only a rest of the division: the next arrival is one of them.
      count += max(1, Int(exactly: (rest - 1e-6).rounded(.up)) ?? .max / 2)
    }
    return count
  }
}
