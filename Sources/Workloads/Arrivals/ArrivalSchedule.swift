import Primitives

/// The intended times of one client's records, in order: its share of what all clients of an entry send.
///
/// Of evenly spaced arrivals client k of n takes the k-th, the (k + n)-th and so on. Times are whole nanoseconds, rounded up, and never drift: what
/// was rounded is carried over. Poisson arrivals of n clients are n independent streams of an n-th of the rate each.
public struct ArrivalSchedule: Sendable {
  private var sliced: SlicedArrivals?
  private var poisson: PoissonArrivals?

  /// - Parameters:
  ///   - shape: an open loop.
  ///   - client: from 0 to `clients - 1`.
  ///   - random: of this client and life alone; Poisson arrivals are drawn from it.
  public init(_ shape: LoadShape, client: Int, of clients: Int, random: RandomStream) {
    precondition(shape.isOpenLoop, "a load that depends on the answers has no schedule")
    precondition((0..<clients).contains(client) && clients <= Self.clientLimit, "there is no client \(client) of \(clients)")
    if case .poisson(let rate) = shape {
      if rate > .zero { poisson = PoissonArrivals(mean: rate.interval(sharedBy: clients), random: random) }
    } else {
      sliced = SlicedArrivals(RateSlices(of: shape), first: client, every: clients)
    }
  }

  /// More clients would be more millionths of a record than fit a number.
  public static let clientLimit = 10_000

  /// The time of the next record since the entry's beginning; nil where none will come any more.
  public mutating func next() -> Duration? { sliced != nil ? sliced?.next() : poisson?.next() }

  /// Leaves out everything before a time and returns the first record at or after it.
  public mutating func next(from time: Duration) -> Duration? {
    poisson?.skip(to: time)
    while let next = next() {
      if next >= time { return next }
    }
    return nil
  }
}

/// Arrivals that know nothing of each other.
private struct PoissonArrivals: Sendable {
  private let mean: Duration
  private var at = Duration.zero
  private var random: RandomStream

  init(mean: Duration, random: RandomStream) {
    self.mean = mean
    self.random = random
  }

  mutating func next() -> Duration {
    at += random.exponential(mean: mean)
    return at
  }

  /// What comes after a time does not depend on what came before it.
  mutating func skip(to time: Duration) { at = max(at, time) }
}

/// Every n-th arrival of a rate that is constant in slices.
private struct SlicedArrivals: Sendable {
  private var slices: RateSlices
  private var slice: RateStep?
  /// Of the slice at hand.
  private var end: Duration?
  private var at = Duration.zero
  /// How much of a record is missing at `at` until the next arrival: a millionth of a record a second gives one of these units a nanosecond.
  private var missing: UInt64
  private let step: UInt64

  private static let record: UInt64 = 1_000_000_000_000_000

  init(_ slices: RateSlices, first: Int, every: Int) {
    self.slices = slices
    missing = UInt64(first) * Self.record
    step = UInt64(every) * Self.record
    slice = self.slices.next()
    end = slice?.duration
  }

  mutating func next() -> Duration? {
    while let slice {
      let rate = UInt64(slice.rate.microrecordsPerSecond)
      if rate > 0 {
        let (whole, rest) = missing.quotientAndRemainder(dividingBy: rate)
        // What falls together with the end belongs to the next slice.
        if end.map({ whole < UInt64(($0 - at).nanoseconds) }) ?? true {
          let wait = whole + (rest == 0 ? 0 : 1)
          guard wait <= UInt64(Int64.max - at.nanoseconds) else { return nil }
          at += Duration(nanoseconds: Int64(wait))
          missing = step - (wait * rate - missing)
          return at
        }
      }
      guard let end else { return nil }
      missing -= rate * UInt64((end - at).nanoseconds)
      at = end
      self.slice = slices.next()
      self.end = self.slice.flatMap { slice in slice.duration.map { end + $0 } }
    }
    return nil
  }
}
