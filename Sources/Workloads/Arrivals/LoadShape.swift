import Primitives

/// When the clients of a workload entry send. Rates are totals over all clients; times count from the start of the entry.
///
/// All but the last two are open loops: what they send does not depend on earlier responses. A client that falls behind sends
/// what is due as soon as it can, and each record keeps the time that the schedule intended for it.
public enum LoadShape: Sendable, Equatable {
  /// Evenly spaced.
  case constant(Rate)
  /// Independent arrivals: the time between two records is exponentially distributed.
  case poisson(Rate)
  /// One rate after another. If the last step ends, nothing is sent after it.
  case steps([RateStep])
  /// From one rate to another, linearly in a thousand steps, and then at the final rate.
  case ramp(from: Rate, to: Rate, over: Duration)
  /// A base rate, with a peak of a given length at the end of each period.
  case burst(base: Rate, peak: Rate, every: Duration, lasting: Duration)
  /// A sine around a mean, in a thousand steps a period: up to `mean x (1 + amplitude)` after a quarter of the period, down to `mean x (1 - amplitude)`
  /// after three quarters.
  case diurnal(mean: Rate, amplitude: Double, period: Duration)
  /// Closed loop: each client always has this number of records outstanding.
  case closed(outstanding: Int)
  /// Each client sends whenever its producer has room.
  case saturating

  /// Whether records have intended times of their own.
  public var isOpenLoop: Bool {
    switch self {
    case .closed, .saturating: false
    default: true
    }
  }

  /// The highest rate at any time; nil if the load depends on the responses.
  public var highestRate: Rate? {
    switch self {
    case .constant(let rate), .poisson(let rate): rate
    case .steps(let steps): steps.map(\.rate).max()
    case .ramp(let from, let to, _): max(from, to)
    case .burst(let base, let peak, _, _): max(base, peak)
    case .diurnal(let mean, let amplitude, _): Rate(microrecordsPerSecond: Int64(Double(mean.microrecordsPerSecond) * (1 + amplitude)))
    case .closed, .saturating: nil
    }
  }

  /// The same shape with all rates scaled; loads that depend on the responses stay as they are.
  public func scaled(by numerator: Int64, over denominator: Int64) -> LoadShape {
    func scaled(_ rate: Rate) -> Rate { rate.scaled(by: numerator, over: denominator) }
    return switch self {
    case .constant(let rate): .constant(scaled(rate))
    case .poisson(let rate): .poisson(scaled(rate))
    case .steps(let steps): .steps(steps.map { RateStep(scaled($0.rate), for: $0.duration) })
    case .ramp(let from, let to, let over): .ramp(from: scaled(from), to: scaled(to), over: over)
    case .burst(let base, let peak, let every, let lasting): .burst(base: scaled(base), peak: scaled(peak), every: every, lasting: lasting)
    case .diurnal(let mean, let amplitude, let period): .diurnal(mean: scaled(mean), amplitude: amplitude, period: period)
    case .closed, .saturating: self
    }
  }
}

/// A rate for a limited time.
public struct RateStep: Sendable, Equatable {
  public var rate: Rate
  /// nil means no end.
  public var duration: Duration?

  public init(_ rate: Rate, for duration: Duration? = nil) {
    self.rate = rate
    self.duration = duration
  }
}
