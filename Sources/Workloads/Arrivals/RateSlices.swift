import Primitives

/// An open loop's rate over time as intervals of constant rate; the last one may be endless.
struct RateSlices: Sequence, IteratorProtocol {
  private let shape: LoadShape
  private var index: Int64 = 0

  /// The number of slices of a ramp or of a period of a sine.
  private static let steps: Int64 = 1_000

  init(of shape: LoadShape) { self.shape = shape }

  mutating func next() -> RateStep? {
    defer { index += 1 }
    switch shape {
    case .constant(let rate), .poisson(let rate):
      return index == 0 ? RateStep(rate) : nil
    case .steps(let steps):
      return index < steps.count ? steps[Int(index)] : nil
    case .ramp(let from, let to, let over):
      guard index < Self.steps else { return index == Self.steps ? RateStep(to) : nil }
      let range = to.microrecordsPerSecond - from.microrecordsPerSecond
      let middle = range.multipliedFullWidth(by: 2 * index + 1)
      let rise = (2 * Self.steps).dividingFullWidth(middle).quotient
      return RateStep(Rate(microrecordsPerSecond: from.microrecordsPerSecond + rise), for: step(index, of: over))
    case .burst(let base, let peak, let every, let lasting):
      return index % 2 == 0 ? RateStep(base, for: every - lasting) : RateStep(peak, for: lasting)
    case .diurnal(let mean, let amplitude, let period):
      let inPeriod = index % Self.steps
      let height = 1 + amplitude * sine(ofTurns: (2 * Int(inPeriod) + 1), in: 2 * Int(Self.steps))
      let rate = Rate(microrecordsPerSecond: Int64(saturating: (Double(mean.microrecordsPerSecond) * Swift.max(0, height)).rounded()))
      return RateStep(rate, for: step(inPeriod, of: period))
    case .closed, .saturating:
      return nil
    }
  }

  /// The length of one slice, such that all slices together are exactly as long as the whole.
  private func step(_ index: Int64, of whole: Duration) -> Duration {
    func end(_ index: Int64) -> Int64 { Self.steps.dividingFullWidth(whole.nanoseconds.multipliedFullWidth(by: index)).quotient }
    return Duration(nanoseconds: end(index + 1) - end(index))
  }
}

extension LoadShape {
  /// The average rate from one time to another; nil if the load depends on the responses.
  public func averageRate(from start: Duration, to end: Duration) -> Rate? {
    guard isOpenLoop else { return nil }
    guard end > start else { return .zero }
    var records = 0.0
    var at = Duration.zero
    for slice in RateSlices(of: self) {
      let sliceEnd = slice.duration.map { at + $0 } ?? end
      let overlap = min(sliceEnd, end) - max(at, start)
      if overlap > .zero { records += slice.rate.recordsPerSecond * overlap.seconds }
      at = sliceEnd
      if at >= end { break }
    }
    return Rate(microrecordsPerSecond: Int64(saturating: (records / (end - start).seconds * 1e6).rounded()))
  }
}
