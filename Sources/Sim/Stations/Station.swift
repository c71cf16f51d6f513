import Primitives

/// The counters of one queueing station.
///
/// Jobs come in two ways. If it is only known later when a job is served, call `arrive` and then `serve`. If everything about a
/// job is known at once, `insert` it, even with instants in the future. Either way the counters change when `settle` reaches the instants
/// of arrival and departure: in the order of time, whatever the order in which the jobs were entered.
struct Station {
  private struct Job {
    let arrival: Instant
    let begin: Instant
    let end: Instant
    let bytes: Int64
  }

  private var counters: StationReading
  /// In ascending order.
  private var arrivals = Upcoming<Instant>()
  /// Jobs that have not departed yet, in ascending order of their ends.
  private var jobs = Upcoming<Job>()
  /// Jobs of which it is not known yet when they are served, and the sum of their arrivals in nanoseconds, of which 64 bits are kept.
  private var waiting: Int64 = 0
  private var waitingArrivals: Int64 = 0
  private var present: Int64 = 0
  private var settledAt = Instant.zero

  init(node: String, kind: StationKind, servers: Int, isOfClient: Bool) {
    counters = StationReading(node: node, kind: kind, servers: servers, isOfClient: isOfClient)
  }

  /// A job arrives now, and waits.
  mutating func arrive(at now: Instant) {
    settle(now)
    counters.arrivals += 1
    present += 1
    waiting += 1
    waitingArrivals = waitingArrivals &+ now.nanoseconds
  }

  /// A waiting job is served.
  mutating func serve(arrival: Instant, begin: Instant, end: Instant) {
    waiting -= 1
    waitingArrivals = waitingArrivals &- arrival.nanoseconds
    depart(Job(arrival: arrival, begin: begin, end: end, bytes: 0))
  }

  /// Inserts a job whose times are all known. It arrives at `settledAt` or later.
  mutating func insert(arrival: Instant, begin: Instant, end: Instant, bytes: Int64) {
    arrivals.insert(arrival) { $0 > arrival }
    depart(Job(arrival: arrival, begin: begin, end: end, bytes: bytes))
  }

  private mutating func depart(_ job: Job) { jobs.insert(job) { $0.end > job.end } }

  /// Ends all jobs that are under way or still to come.
  mutating func abort(at now: Instant) {
    settle(now)
    arrivals.change { $0 = min($0, now) }
    jobs.change { $0 = Job(arrival: min($0.arrival, now), begin: min($0.begin, now), end: now, bytes: $0.bytes) }
  }

  /// Counts what has happened up to now.
  mutating func settle(_ now: Instant) {
    while true {
      let nextEnd = jobs.first?.end ?? .distantFuture
      if let arrival = arrivals.first, arrival <= min(now, nextEnd) {
        arrivals.removeFirst()
        advance(to: arrival)
        counters.arrivals += 1
        present += 1
      } else if nextEnd <= now, let job = jobs.first {
        jobs.removeFirst()
        advance(to: job.end)
        present -= 1
        counters.completions += 1
        counters.bytes += job.bytes
        counters.busy += job.end - job.begin
        counters.residence += job.end - job.arrival
      } else {
        break
      }
    }
    advance(to: now)
  }

  @inline(__always)
  private mutating func advance(to instant: Instant) {
    counters.area += (instant - settledAt) * present
    settledAt = instant
  }

  /// The counters up to now, including work under way.
  mutating func reading(at now: Instant) -> StationReading {
    settle(now)
    var reading = counters
    reading.residence += .nanoseconds(waiting &* now.nanoseconds &- waitingArrivals)
    jobs.forEach { job in
      if job.arrival < now { reading.residence += now - job.arrival }
      if job.begin < now { reading.busy += now - job.begin }
    }
    return reading
  }
}
