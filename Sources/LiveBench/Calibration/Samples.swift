/// Several measurements of the same thing.
struct Samples {
  /// In ascending order.
  let values: [Double]

  init(_ values: [Double]) { self.values = values.sorted() }

  var median: Double { quantile(0.5) }

  /// The interquartile range as a fraction of the median: how much single measurements differ.
  var spread: Double { median > 0 ? (quantile(0.75) - quantile(0.25)) / median : 0 }

  /// Interpolates linearly between the two nearest values.
  func quantile(_ part: Double) -> Double {
    guard let first = values.first, let last = values.last else { return 0 }
    let place = part * Double(values.count - 1)
    let below = Int(place)
    guard place > 0 else { return first }
    guard below + 1 < values.count else { return last }
    return values[below] + (place - Double(below)) * (values[below + 1] - values[below])
  }
}
