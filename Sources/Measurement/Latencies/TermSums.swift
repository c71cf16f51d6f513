import Primitives

/// Sums of nanoseconds, one for each term. Stored in place: they are made for every batch and changed for every record.
struct TermSums {
  private var sums = InlineArray<19, Int64>(repeating: 0)

  subscript(term: LatencyTerm) -> Int64 {
    @inline(__always) get { sums[term.place] }
    @inline(__always) set { sums[term.place] = newValue }
  }

  var total: Int64 { sums.indices.reduce(0) { $0 + sums[$1] } }

  /// Adds sums that `count` latencies share.
  mutating func add(_ other: TermSums, times count: Int64) {
    for place in sums.indices { sums[place] += other.sums[place] * count }
  }

  /// The means of `count` latencies in whole nanoseconds, which add up to the mean of the totals, itself rounded to a whole nanosecond. What
  /// is left after rounding down goes to the terms with the largest remainders, earlier terms first.
  func means(of count: Int64) -> (total: Int64, terms: ContiguousArray<Int64>) {
    let mean = (total + count / 2) / count
    var terms = ContiguousArray(sums.indices.map { sums[$0] / count })
    let missing = mean - terms.reduce(0, +)
    let byRest = sums.indices.sorted { left, right in
      let (first, second) = (sums[left] % count, sums[right] % count)
      return first != second ? first > second : left < right
    }
    for place in byRest.prefix(Int(missing)) { terms[place] += 1 }
    return (mean, terms)
  }
}

extension LatencyTerm {
  /// The index in `allCases`.
  @inline(__always)
  var place: Int {
    switch self {
    case .schedule: 0
    case .buffer: 1
    case .batch: 2
    case .inFlight: 3
    case .retries: 4
    case .clientCPU: 5
    case .networkOut: 6
    case .requestQueue: 7
    case .brokerCPU: 8
    case .disk: 9
    case .fsync: 10
    case .replication: 11
    case .networkBack: 12
    case .clientAnswer: 13
    case .fetchWait: 14
    case .fetchCPU: 15
    case .networkToConsumer: 16
    case .consumer: 17
    case .roundTrip: 18
    }
  }

  /// The terms of a publish latency, and those of an end-to-end latency.
  static let ofPublish: [LatencyTerm] = allCases.filter { ![.fetchWait, .fetchCPU, .networkToConsumer, .consumer].contains($0) }
  static let ofEndToEnd: [LatencyTerm] = allCases.filter { ![.networkBack, .clientAnswer].contains($0) }
}

/// Splits a latency into terms: each boundary is moved to between the previous one and the end, so the pieces always add up to the whole, whatever the
/// instants are.
struct TermCutter {
  private(set) var at: Instant
  /// No boundary is later than this.
  var limit: Instant

  init(from begin: Instant, limit: Instant) {
    at = begin
    self.limit = max(begin, limit)
  }

  /// Assigns the time up to `boundary` that is not assigned yet to `term`. An unknown instant assigns nothing.
  @inline(__always)
  mutating func cut(_ boundary: Instant, _ term: LatencyTerm, _ sums: inout TermSums) {
    guard boundary > at, boundary != .distantFuture else { return }
    let next = min(boundary, limit)
    guard next > at else { return }
    sums[term] = sums[term].saturatingAdding((next - at).nanoseconds)
    at = next
  }
}
