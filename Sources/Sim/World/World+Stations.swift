extension World {
  /// The name under which the stations of a shared machine are reported.
  static var sharedMachine: String { "machine" }

  /// The counters of all stations up to now: by node in the order in which they were added, then by kind. Empty unless `WorldOptions.measures`.
  /// A station that an earlier reading does not have is new since then, with all counters at zero.
  public var stations: [StationReading] {
    guard options.measures else { return [] }
    var readings: [StationReading] = []
    for index in machines.indices {
      let machine = machines[index]
      let isFirst = machine.processor.nodes.first == machine.index
      if isFirst, let reading = machine.processor.station?.reading(at: now) { readings.append(reading) }
      if let reading = machine.application?.reading(at: now), reading.arrivals > 0 { readings.append(reading) }
      if let reading = network.stations[index]?.sending.reading(at: now) { readings.append(reading) }
      if let reading = network.stations[index]?.receiving.reading(at: now) { readings.append(reading) }
      if isFirst { readings += machine.disk.device.readings(at: now) }
    }
    return readings
  }
}
