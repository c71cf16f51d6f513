import Primitives
import Workloads

/// Compares the load during a fault with the load before and after it.
struct Disturbances {
  private let index: LoadIndex
  private let input: MeasurementInput
  private let windows: SeriesWindows
  private let rates: [Double]
  private let p99: [Double?]
  /// For each lost record, the fault that gets the blame: the first that ended after the acknowledgement; for each duplicated record,
  /// the last that had begun by then. Indexes of `input.faults`.
  private let blamedForLost: [Int]
  private let blamedForDuplicated: [Int]

  init(_ index: LoadIndex, _ input: MeasurementInput, _ windows: SeriesWindows, rates: [Double], p99: [Double?]) {
    self.index = index
    self.input = input
    self.windows = windows
    self.rates = rates
    self.p99 = p99
    let exercised = input.faults.indices.filter { input.faults[$0].hit > 0 }
    func told(_ value: RecordValue) -> Instant? {
      let record = Int(value.number)
      return record < index.log.records.count && index.log.records[record].batch >= 0
        ? index.log.batches[Int(index.log.records[record].batch)].finished : nil
    }
    func end(_ fault: Int) -> Instant { input.faults[fault].to ?? .distantFuture }
    blamedForLost = input.delivery.lost.compactMap { value in
      guard let told = told(value) else { return exercised.last }
      return exercised.filter { end($0) >= told }.min { (end($0), $0) < (end($1), $1) } ?? exercised.last
    }
    blamedForDuplicated = input.delivery.duplicated.compactMap { value in
      guard let told = told(value) else { return exercised.last }
      return exercised.filter { input.faults[$0].from <= told }.max { (input.faults[$0].from, $0) < (input.faults[$1].from, $1) } ?? exercised.first
    }
  }

  var list: [Disturbance] { input.faults.indices.map(disturbance) }

  private func disturbance(_ number: Int) -> Disturbance {
    let fault = input.faults[number]
    let from = min(max(fault.from, input.window.lowerBound), input.window.upperBound)
    let to = min(max(fault.to ?? input.window.upperBound, from), input.window.upperBound)
    let bounds = [input.window.lowerBound..<from, from..<to, to..<input.window.upperBound]
    var histograms = Array(repeating: LatencyHistogram(), count: 3), told = [0, 0, 0]
    for batch in index.log.batches where batch.outcome == .acknowledged {
      for phase in 0..<3 where bounds[phase].contains(batch.finished) { told[phase] += Int(batch.recordCount) }
    }
    for record in index.log.records where record.batch >= 0 {
      let batch = index.log.batches[Int(record.batch)]
      guard batch.outcome == .acknowledged else { continue }
      for phase in 0..<3 where bounds[phase].contains(record.intended) { histograms[phase].record(batch.finished - record.intended) }
    }
    let longest = histograms[0].maximum
    let late = index.log.records.reduce(0) { count, record in
      guard let longest, record.batch >= 0, bounds[1].contains(record.intended) else { return count }
      let batch = index.log.batches[Int(record.batch)]
      return count + (batch.outcome == .acknowledged && Double((batch.finished - record.intended).nanoseconds) / 1e6 > longest ? 1 : 0)
    }
    let phases = (0..<3).map { phase in
      let seconds = (bounds[phase].upperBound - bounds[phase].lowerBound).seconds
      return Disturbance.Phase(
        recordsPerSecond: seconds > 0 ? Double(told[phase]) / seconds : nil, publishP50: histograms[phase].milliseconds(atPercentile: 50),
        publishP99: histograms[phase].milliseconds(atPercentile: 99), publishMax: histograms[phase].maximum)
    }
    return Disturbance(
      fault: fault.name, fromSeconds: (fault.from - input.origin).seconds, toSeconds: fault.to.map { ($0 - input.origin).seconds },
      isExercised: fault.hit > 0, before: phases[0], during: phases[1], after: phases[2],
      recoverySeconds: fault.hit > 0 ? recovery(from: fault.from) : nil, lost: blamedForLost.count { $0 == number },
      duplicated: blamedForDuplicated.count { $0 == number }, late: late)
  }

  /// Uses only whole windows of the series within the measured window: the last ones have fewer records as the load ends.
  private func recovery(from begin: Instant) -> Double? {
    let whole = (0..<windows.count).filter {
      windows.begin(of: $0) >= input.window.lowerBound && windows.end(of: $0) <= input.window.upperBound
    }
    let before = whole.filter { windows.end(of: $0) <= begin }, after = whole.filter { windows.end(of: $0) > begin }
    guard let leastRate = before.map({ rates[$0] }).min(), let greatestRate = before.map({ rates[$0] }).max(),
      let end = after.last
    else { return nil }
    // A window without an acknowledgement has no p99 that could have moved.
    let greatestP99 = before.compactMap { p99[$0] }.max() ?? 0
    func isBack(_ window: Int) -> Bool {
      rates[window] >= 0.9 * leastRate && rates[window] <= 1.1 * greatestRate && (p99[window] ?? 0) <= 1.1 * greatestP99
    }
    guard isBack(end) else { return nil }
    guard let last = after.last(where: { !isBack($0) }) else { return 0 }
    return (windows.end(of: last) - begin).seconds
  }
}
