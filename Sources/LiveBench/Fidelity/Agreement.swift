/// How well predictions agree with measurements.
public enum Agreement {
  /// Spearman's rank correlation: 1 if the predictions have the same order as the measurements, -1 if they have the opposite order. Equal values share the mean of their
  /// ranks. nil if there are fewer than two pairs, or if all values of one side are equal.
  public static func rankCorrelation(_ pairs: [(predicted: Double, measured: Double)]) -> Double? {
    guard pairs.count >= 2 else { return nil }
    let left = ranks(pairs.map(\.predicted)), right = ranks(pairs.map(\.measured))
    let mean = Double(pairs.count + 1) / 2
    var both = 0.0, ofLeft = 0.0, ofRight = 0.0
    for (left, right) in zip(left, right) {
      both += (left - mean) * (right - mean)
      ofLeft += (left - mean) * (left - mean)
      ofRight += (right - mean) * (right - mean)
    }
    guard ofLeft > 0, ofRight > 0 else { return nil }
    return both / (ofLeft * ofRight).squareRoot()
  }

  /// Ranks from 1, in ascending order of the values.
  static func ranks(_ values: [Double]) -> [Double] {
    let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
    var ranks = Array(repeating: 0.0, count: values.count)
    var first = 0
    while first < order.count {
      var last = first
      while last + 1 < order.count, values[order[last + 1]] == values[order[first]] { last += 1 }
      for place in first...last { ranks[order[place]] = Double(first + last) / 2 + 1 }
      first = last + 1
    }
    return ranks
  }

  /// The median of |predicted / measured - 1|; nil if there is nothing to compare.
  public static func medianError(_ pairs: [(predicted: Double, measured: Double)]) -> Double? {
    let errors = pairs.filter { $0.measured != 0 }.map { abs($0.predicted / $0.measured - 1) }
    return errors.isEmpty ? nil : Samples(errors).median
  }

  /// The fraction of the pairs whose prediction is within a factor of the measurement, in either direction.
  public static func shareWithin(factor: Double, _ pairs: [(predicted: Double, measured: Double)]) -> Double? {
    guard !pairs.isEmpty else { return nil }
    return Double(pairs.filter { $0.predicted <= $0.measured * factor && $0.predicted * factor >= $0.measured }.count) / Double(pairs.count)
  }

  /// The fraction of the pairs whose relative error is at most `error`.
  public static func shareWithin(error: Double, _ pairs: [(predicted: Double, measured: Double)]) -> Double? {
    guard !pairs.isEmpty else { return nil }
    return Double(pairs.filter { abs($0.predicted - $0.measured) <= error * $0.measured }.count) / Double(pairs.count)
  }
}
