import Primitives

/// The intended times of one client's records, in order: its share of what all clients of an entry send.
///
/// With evenly spaced arrivals, client k of n takes the k-th, the (k + n)-th and so on. Times are whole nanoseconds, rounded up, and never drift: the rounding
/// is carried over. Poisson arrivals of n clients are n independent streams, each at an n-th of the rate.
public struct ArrivalSchedule: Sendable {
  private var sliced: SlicedArrivals?
  private var poisson: PoissonArrivals?

  /// - Parameters:
  ///   - shape: an open loop.
  ///   - client: from 0 to `clients - 1`.
  ///   - random: unique to this client and life; Poisson arrivals are drawn from it.
  public init(_ shape: LoadShape, client: Int, of clients: Int, random: RandomStream) {
    precondition(shape.isOpenLoop, "a load that depends on the answers has no schedule")
    precondition((0..<clients).contains(client) && clients <= Self.clientLimit, "there is no client \(client) of \(clients)")
    if case .poisson(let rate) = shape {
      if rate > .zero { poisson = PoissonArrivals(mean: rate.interval(sharedBy: clients), random: random) }
    } else {
      sliced = SlicedArrivals(RateSlices(of: shape), first: client, every: clients)
    }
  }

  /// The most clients: with more, the missing part of a record, in millionths, would overflow.
  public static let clientLimit = 10_000

  /// The time of the next record since the start of the entry; nil if there is none.
  public mutating func next() -> Duration? { sliced != nil ? sliced?.next() : poisson?.next() }

  /// Skips everything before a time and returns the first record at or after it.
  public mutating func next(from time: Duration) -> Duration? {
    poisson?.skip(to: time)
    while let next = next() {
      if next >= time { return next }
    }
    return nil
  }
}

/// Arrivals that are independent of each other.
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

/// Every n-th arrival of a rate that is constant in each slice.
private struct SlicedArrivals: Sendable {
  private var slices: RateSlices
  private var slice: RateStep?
  /// The end of the current slice.
  private var end: Duration?
  private var at = Duration.zero
  /// The part of a record missing at `at` until the next arrival, in units of which a rate of a millionth of a record a second adds one per nanosecond.
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
        // An arrival exactly at the end belongs to the next slice.
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
