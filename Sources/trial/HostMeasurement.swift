import Foundation
import Results

/// Measures what a run costs this machine, from its creation on.
struct HostMeasurement {
  private let cpuStart = HostMeasurement.cpuSeconds
  private let wallStart = ContinuousClock.now

  func facts(events: UInt64, simulatedSeconds: Double) -> HostFacts {
    HostFacts(cpuSeconds: Self.cpuSeconds - cpuStart, wallSeconds: wallSeconds, events: events, simulatedSeconds: simulatedSeconds)
  }

  var wallSeconds: Double {
    let passed = (ContinuousClock.now - wallStart).components
    return Double(passed.seconds) + Double(passed.attoseconds) / 1e18
  }

  /// Processor time of this process, and of its child processes that have ended.
  static var cpuSeconds: Double {
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
    return [RUSAGE_SELF, RUSAGE_CHILDREN].reduce(0) { sum, who in
      var usage = rusage()
      getrusage(__rusage_who_t(who.rawValue), &usage)
      return sum + seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }
  }
}
