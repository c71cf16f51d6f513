import Primitives

extension Law {
  /// Little's law: the mean number of jobs at a station is the rate of jobs times their mean time there. The number is a time integral updated
  /// at each arrival and departure; the time is summed over the jobs: two ways of counting that must agree.
  static func little(_ reports: [StationReport], _ printed: [StationMetrics]) -> LawCheck? {
    var cases = LawCases()
    for (report, station) in zip(reports, printed) where report.area != 0 || report.residence != 0 {
      let excess = abs(Double(report.area) - Double(report.residence)) / Double(max(report.area.magnitude, report.residence.magnitude))
      cases.add(
        holds: excess <= tolerance, excess: excess - tolerance,
        "\(name(of: station)): jobs were there for \(seconds(report.area)) s counted over time, \(seconds(report.residence)) s counted job by job")
      guard let mean = station.meanMilliseconds else { continue }
      let product = station.completionsPerSecond * mean / 1e3
      cases.add(
        holds: agree(station.meanJobs, product), excess: abs(station.meanJobs - product) / max(1e-12, station.meanJobs),
        "\(name(of: station)): \(shortest(station.meanJobs)) jobs there on average, rate times mean time gives \(shortest(product))")
    }
    return cases.check(.little)
  }

  /// To the nanosecond.
  private static func seconds(_ nanoseconds: Int64) -> String { fixed(Double(nanoseconds) / 1e9, places: 9) }

  /// Utilisation is rate times service time for each server, and never above 1.
  static func utilisation(_ stations: [StationMetrics]) -> LawCheck? {
    var cases = LawCases()
    for station in stations {
      cases.add(
        holds: station.utilisation <= 1 + tolerance, excess: station.utilisation - 1 - tolerance,
        "\(name(of: station)) \(fixed(station.utilisation * 100, places: 2)) % busy")
      guard let service = station.serviceMilliseconds else { continue }
      let product = station.completionsPerSecond * service / 1e3 / Double(station.servers)
      let holds = agree(station.utilisation, product)
      cases.add(
        holds: holds, excess: holds ? -1 : abs(station.utilisation - product) / max(1e-12, station.utilisation),
        "\(name(of: station)): utilisation \(shortest(station.utilisation)), rate times service time \(shortest(product))")
    }
    return cases.check(.utilisation)
  }
}
