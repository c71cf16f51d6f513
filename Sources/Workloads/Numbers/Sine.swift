/// The sine of a fraction of a full turn, by table: the C library's results differ between machines.
///
/// - Parameters:
///   - part: the number of parts, at least 0.
///   - parts: the number of parts in a full turn.
func sine(ofTurns part: Int, in parts: Int) -> Double {
  let position = Double(part % parts) / Double(parts) * 4 * Double(SineTable.steps)
  let step = Int(position)
  let fraction = position - Double(step)
  let low = SineTable.value(at: step), high = SineTable.value(at: step + 1)
  return low + (high - low) * fraction
}

/// The sine from 0 to a quarter of a turn, computed by halving and adding angles: square roots and products are exact to the bit everywhere.
private enum SineTable {
  static let steps = 1_024

  static let quarter: [Double] = {
    // Halve from a quarter of a turn down to one step.
    var sine = 1.0, cosine = 0.0
    for _ in 0..<10 {
      let half = ((1 + cosine) / 2).squareRoot()
      sine = sine / (2 * half)
      cosine = half
    }
    var values = [0.0]
    var sum = (sine: 0.0, cosine: 1.0)
    for _ in 0..<steps {
      sum = (sum.sine * cosine + sum.cosine * sine, sum.cosine * cosine - sum.sine * sine)
      values.append(sum.sine)
    }
    return values
  }()

  static func value(at step: Int) -> Double {
    let step = step % (4 * steps)
    switch step / steps {
    case 0: return quarter[step]
    case 1: return quarter[2 * steps - step]
    case 2: return -quarter[step - 2 * steps]
    default: return -quarter[4 * steps - step]
    }
  }
}
