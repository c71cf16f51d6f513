import Foundation
import Report

/// What a run costs this machine, from the start of the measurement on.
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

  /// Processor time of this process.
  static var cpuSeconds: Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
    return seconds(usage.ru_utime) + seconds(usage.ru_stime)
  }
}
