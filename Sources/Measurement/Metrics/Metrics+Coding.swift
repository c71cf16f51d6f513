extension Metrics {
  /// By `node.station`, such as `broker-1.network-out`: the fraction of the window in which the station's servers were busy.
  public var utilisation: [(station: String, utilisation: Double)] {
    stations.map { ("\($0.node).\($0.kind.rawValue.replacing(" ", with: "-"))", $0.utilisation) }
  }

  private enum CodingKeys: String, CodingKey {
    case window, throughput, latency, attribution, utilisation, bottleneck, stations, volume, series, disturbances, laws
  }

  /// Utilisation is written twice: with everything else about a station, and as an object of its own for scripts that need nothing more.
  public func encode(to encoder: any Encoder) throws {
    var metrics = encoder.container(keyedBy: CodingKeys.self)
    try metrics.encode(window, forKey: .window)
    try metrics.encode(throughput, forKey: .throughput)
    try metrics.encode(latency, forKey: .latency)
    try metrics.encode(attribution, forKey: .attribution)
    var utilisation = metrics.nestedContainer(keyedBy: NameKey.self, forKey: .utilisation)
    for (station, value) in self.utilisation { try utilisation.encode(value, forKey: NameKey(stringValue: station)) }
    try metrics.encode(bottleneck, forKey: .bottleneck)
    try metrics.encode(stations, forKey: .stations)
    try metrics.encode(volume, forKey: .volume)
    try metrics.encode(series, forKey: .series)
    try metrics.encode(disturbances, forKey: .disturbances)
    try metrics.encode(laws, forKey: .laws)
  }

  public init(from decoder: any Decoder) throws {
    let metrics = try decoder.container(keyedBy: CodingKeys.self)
    window = try metrics.decode(MeasuredWindow.self, forKey: .window)
    throughput = try metrics.decode(Throughput.self, forKey: .throughput)
    latency = try metrics.decode(Latencies.self, forKey: .latency)
    attribution = try metrics.decode(Attribution.self, forKey: .attribution)
    bottleneck = try metrics.decode(String.self, forKey: .bottleneck)
    stations = try metrics.decode([StationMetrics].self, forKey: .stations)
    volume = try metrics.decode(Volume.self, forKey: .volume)
    series = try metrics.decode(TimeSeries.self, forKey: .series)
    disturbances = try metrics.decode([Disturbance].self, forKey: .disturbances)
    laws = try metrics.decode([LawCheck].self, forKey: .laws)
  }
}
