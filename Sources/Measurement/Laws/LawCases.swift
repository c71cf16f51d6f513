/// Collects the cases of one law, and remembers the worst.
struct LawCases {
  private var examined = 0
  private var broken = 0
  private var worst: (excess: Double, figures: String)?

  /// - Parameter excess: how far the case exceeds the law's limit, relative to it; the largest is reported.
  mutating func add(holds: Bool, excess: Double, _ figures: @autoclosure () -> String) {
    examined += 1
    if !holds { broken += 1 }
    // A case that breaks the law is worse than any that does not.
    let excess = holds ? min(excess, 0) : max(excess, .leastNonzeroMagnitude)
    if worst.map({ excess > $0.excess }) ?? true { worst = (excess, figures()) }
  }

  /// nil if nothing was examined.
  func check(_ law: Law) -> LawCheck? {
    guard let worst else { return nil }
    let figures = broken > 0 ? "\(grouped(broken)) of \(grouped(examined)) broken; worst: \(worst.figures)" : "nearest: \(worst.figures)"
    return LawCheck(law: law, examined: examined, holds: broken == 0, figures: figures)
  }
}
