import Client
import Primitives
import Report
import Sim
import Workloads

extension Trial {
  /// What the run was measured to be, for `Metrics`. Call after `run`, of a trial that measures.
  func measurement(of result: TrialResult) -> MeasurementInput {
    let warmup = min(scenario.measure.warmup, duration)
    let window = origin + warmup..<origin + duration
    return MeasurementInput(
      log: log!, origin: origin, window: window, end: max(loadEnd, origin + duration), seriesWindow: scenario.measure.window,
      offered: offered(from: warmup), groups: scenario.groupCount, stations: stationReports(window.upperBound - window.lowerBound), facts: lawFacts,
      faults: driver?.spans.map { FaultSpan(name: $0.name, from: $0.from, to: $0.to, hit: $0.hit) } ?? [],
      delivery: DeliveryFacts(counts: StoredDelivery(result.delivery), lost: disturbed.lost, duplicated: disturbed.duplicated))
  }

  /// The bytes of a second are those of the records that were sent, on average.
  private func offered(from warmup: Duration) -> Report.Rate? {
    guard duration > warmup, let rate = scenario.offeredRate(from: warmup, to: duration)?.recordsPerSecond else { return nil }
    let bytes = log!.records.reduce(0) { $0 + Int64($1.bytes) }
    return Report.Rate(recordsPerSecond: rate, bytesPerSecond: log!.records.isEmpty ? 0 : rate * Double(bytes) / Double(log!.records.count))
  }

  private func stationReports(_ window: Duration) -> [StationReport] {
    readings.atEnd.enumerated().map { index, reading in
      let reading = readings.atBegin.indices.contains(index) ? reading.since(readings.atBegin[index]) : reading
      var report = StationReport(
        node: reading.node, kind: StationMetrics.Kind(reading.kind), servers: reading.servers, isOfClient: reading.isOfClient, window: window)
      report.arrivals = reading.arrivals
      report.completions = reading.completions
      report.bytes = reading.bytes
      report.busy = reading.busy
      report.area = reading.area
      report.residence = reading.residence
      return report
    }
  }

  private var lawFacts: LawFacts {
    let machine = settings.machine
    let factors = scenario.topics.map(\.replicationFactor)
    // Where replicas may leave the ISR, an acknowledgement may wait for fewer of them, or for none.
    let isAlwaysInSync = scenario.faults.isEmpty && observer.sightings[.isrShrink] == nil && (factors.min() ?? 1) > 1
    return LawFacts(
      producers: scenario.workload.compactMap { plan in
        guard case .produce = plan.role else { return nil }
        let configuration = settings.producerConfiguration(of: plan)
        return LawFacts.Producer(
          clients: plan.clients, acks: configuration.acks.rawValue, linger: configuration.linger, batchSize: configuration.batchSize,
          maxInFlight: configuration.maxInFlightRequestsPerConnection, isCompressed: configuration.compression != .none)
      }, replicationFactor: factors.min() ?? 1, brokers: scenario.cluster.brokers,
      networkBytesPerSecond: machine.isShared ? nil : machine.network.bandwidth, diskBytesPerSecond: machine.disk.writeBandwidth,
      unwrittenBytes: machine.disk.dirtyLimit,
      followerRoundTrip: isAlwaysInSync ? (machine.isShared ? machine.network.loopbackLatency : machine.network.latency) * 2 : nil)
  }
}

extension TopicPlan {
  var replicationFactor: Int {
    switch assignment {
    case .automatic(_, let factor): factor
    case .manual(let replicas): replicas.map(\.count).min() ?? 1
    }
  }
}

extension StationMetrics.Kind {
  init(_ kind: StationKind) {
    switch kind {
    case .processor: self = .processor
    case .application: self = .application
    case .networkOut: self = .networkOut
    case .networkIn: self = .networkIn
    case .disk: self = .disk
    case .flush: self = .flush
    }
  }
}
