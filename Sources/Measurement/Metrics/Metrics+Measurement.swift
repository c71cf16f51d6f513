import Primitives
import Workloads

extension Metrics {
  /// Computes the metrics of a run, and checks them against the laws.
  ///
  /// Latencies are those of the records that the schedule wanted sent within the window and that were acknowledged, or delivered, at any
  /// time. Rates count what was reported, or delivered, within the window. Takes time linear in the records.
  public init(_ input: MeasurementInput) {
    let index = LoadIndex(input.log, groups: input.groups)
    let windows = SeriesWindows(origin: input.origin, end: input.end, length: input.seriesWindow)
    let terms = LatencyTerms(index)
    let publish = PublishStatistics(index, terms, window: input.window, windows: windows)
    let delivery = DeliveryStatistics(index, terms, window: input.window, windows: windows)
    let backlog = Backlog(index, window: input.window, windows: windows)
    let seconds = (input.window.upperBound - input.window.lowerBound).seconds
    let stations = input.stations.map(StationMetrics.init)
    let series = TimeSeries(windows, publish, delivery, backlog)
    let isEmpty = seconds <= 0 || publish.delay.count + publish.acknowledged.records + publish.errors.records + delivery.delivered.records == 0
    func rate(_ count: RecordCount) -> RecordRate? { isEmpty ? nil : count.rate(over: seconds) }
    let volume = Volume(publish, input.stations)

    self.init(
      window: MeasuredWindow(
        fromSeconds: (input.window.lowerBound - input.origin).seconds, toSeconds: (input.window.upperBound - input.origin).seconds),
      throughput: Throughput(
        offered: input.offered, publish: rate(publish.acknowledged), errors: rate(publish.errors),
        consume: index.groups > 0 ? rate(delivery.delivered) : nil, neverSent: input.neverSent, backlogAtBegin: backlog.atBegin,
        backlogAtEnd: backlog.atEnd, backlogMaximum: backlog.maximum),
      latency: Latencies(
        publish: publish.fromIntended.summary, publishFromSend: publish.fromSend.summary, publishDelay: publish.delay.summary,
        endToEnd: delivery.endToEnd.summary),
      attribution: Attribution(publish: publish.attributed, endToEnd: delivery.attributed), stations: stations,
      bottleneck: Bottleneck.text(
        stations, isOfClient: input.stations.map(\.isOfClient), isSaturating: input.offered == nil, publish: publish.attributed.first),
      volume: volume, series: series,
      disturbances: Disturbances(index, input, windows, rates: series.publishRate, p99: series.publishP99).list,
      laws: Law.checks(
        input, index, windows, stations,
        carried: Law.Carried(
          published: Double(publish.sentBatchBytes), consumed: Double(delivery.deliveredBatchBytes), seconds: seconds,
          lead: max(publish.fromIntended.maximum ?? 0, delivery.endToEnd.maximum ?? 0) / 1e3)))
  }
}

extension Law {
  /// The checks of all laws that apply to a run.
  static func checks(
    _ input: MeasurementInput, _ index: LoadIndex, _ windows: SeriesWindows, _ stations: [StationMetrics], carried: Carried
  ) -> [LawCheck] {
    [
      little(input.stations, stations), utilisation(stations), conservation(index, windows, input.delivery.counts), batch(input.log, input.facts),
      window(input.log, input.facts, window: input.window), replication(input.log, input.facts), sizing(carried, input.facts),
    ].compactMap(\.self)
  }
}

extension TimeSeries {
  init(_ windows: SeriesWindows, _ publish: PublishStatistics, _ delivery: DeliveryStatistics, _ backlog: Backlog) {
    self.init(windowSeconds: windows.length.seconds)
    for window in 0..<windows.count {
      let seconds = windows.seconds(of: window)
      let published = publish.acknowledgedSeries[window].rate(over: seconds), consumed = delivery.deliveredSeries[window].rate(over: seconds)
      publishRate.append(published.recordsPerSecond)
      publishMegabytesPerSecond.append(published.bytesPerSecond / 1e6)
      errorRate.append(seconds > 0 ? Double(publish.errorSeries[window]) / seconds : 0)
      consumeRate.append(consumed.recordsPerSecond)
      consumeMegabytesPerSecond.append(consumed.bytesPerSecond / 1e6)
    }
    self.backlog = backlog.series
    publishP50 = publish.latencySeries.summaries.map(\.p50)
    publishP99 = publish.latencySeries.summaries.map(\.p99)
    publishMax = publish.latencySeries.summaries.map(\.max)
    endToEndP50 = delivery.latencySeries.summaries.map(\.p50)
    endToEndP99 = delivery.latencySeries.summaries.map(\.p99)
  }
}

extension Volume {
  init(_ publish: PublishStatistics, _ stations: [StationReport]) {
    func bytes(_ kind: StationMetrics.Kind) -> Int64 { stations.reduce(0) { $0 + ($1.kind == kind ? $1.bytes : 0) } }
    func work(ofClients: Bool) -> Double {
      stations.reduce(0) { $0 + ($1.kind == .processor && $1.isOfClient == ofClients ? $1.busy.seconds : 0) }
    }
    self.init(
      payloadBytes: publish.acknowledged.bytes, plainBatchBytes: publish.plainBatchBytes, sentBatchBytes: publish.sentBatchBytes,
      compressionRatio: publish.sentBatchBytes > 0 ? Double(publish.plainBatchBytes) / Double(publish.sentBatchBytes) : nil,
      recordsPerBatch: publish.batches > 0 ? Double(publish.acknowledged.records) / Double(publish.batches) : nil,
      networkBytes: bytes(.networkOut), diskBytes: bytes(.disk), brokerCPUSeconds: work(ofClients: false), clientCPUSeconds: work(ofClients: true))
  }
}
