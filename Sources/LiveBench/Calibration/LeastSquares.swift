/// Finds the non-negative costs that best explain measurements.
struct LeastSquares {
  /// How much of each kind of work a measurement did, and how long it took. Any units, the same for all measurements.
  struct Row {
    var work: [Double]
    var taken: Double
  }

  /// The cost of each kind of work that minimizes the sum of the squares of the *relative* errors: a long run counts as much as a short one.
  ///
  /// Coordinate descent: each coordinate is optimized while the others stay fixed, and never goes below zero. The problem is convex, so this ends at the
  /// best solution wherever it starts.
  static func costs(_ rows: [Row], kinds: Int, rounds: Int = 20_000) -> [Double] {
    let scaled = rows.filter { $0.taken > 0 }.map { row in row.work.map { $0 / row.taken } }
    var costs = Array(repeating: 0.0, count: kinds)
    var rest = Array(repeating: 1.0, count: scaled.count)
    let squares = (0..<kinds).map { kind in scaled.reduce(0) { $0 + $1[kind] * $1[kind] } }
    for _ in 0..<rounds {
      var moved = 0.0
      for kind in 0..<kinds where squares[kind] > 0 {
        var slope = 0.0
        for (index, work) in scaled.enumerated() { slope += work[kind] * rest[index] }
        let cost = max(0, costs[kind] + slope / squares[kind])
        let step = cost - costs[kind]
        guard step != 0 else { continue }
        costs[kind] = cost
        for (index, work) in scaled.enumerated() { rest[index] -= step * work[kind] }
        moved = max(moved, abs(step) * squares[kind].squareRoot())
      }
      if moved < 1e-12 { break }
    }
    return costs
  }

  /// The relative error of the costs on a measurement.
  static func relativeError(_ costs: [Double], _ row: Row) -> Double {
    zip(costs, row.work).reduce(0) { $0 + $1.0 * $1.1 } / row.taken - 1
  }
}
