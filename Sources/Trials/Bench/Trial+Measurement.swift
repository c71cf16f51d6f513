import Client
import Measurement
import Primitives
import Results
import Sim
import Workloads

extension Trial {
  /// What the run was measured to be, for `Metrics`. Call after `run`, of a trial that measures.
  func measurement(of result: TrialResult) -> MeasurementInput {
    return MeasurementInput(
      log: log!, origin: origin, window: window, end: max(loadEnd, origin + duration), seriesWindow: scenario.measure.window,
      offered: RecordRate(offeredBy: scenario, log!), neverSent: neverSent, groups: scenario.groupCount, stations: stationReports(window.upperBound - window.lowerBound), facts: lawFacts,
      faults: driver?.spans.map { FaultSpan(name: $0.name, from: $0.from, to: $0.to, hit: $0.hit) } ?? [],
      delivery: DeliveryFacts(counts: result.delivery, lost: disturbed.lost, duplicated: disturbed.duplicated))
  }

  private var neverSent: Int? {
    let counts = nodes.clients.flatMap { $0.1 }.compactMap { (world.object(of: $0) as? any ClientApplication)?.neverSent }
    return counts.isEmpty ? nil : counts.reduce(0) { $0 &+ $1 }
  }

  private func stationReports(_ window: Duration) -> [StationReport] {
    // A client that sent nothing before the window has no application at its begin.
    let former = Dictionary(grouping: readings.atBegin, by: \.node)
    return readings.atEnd.map { reading in
      let reading = former[reading.node]?.first { $0.kind == reading.kind }.map { reading.since($0) } ?? reading
      var report = StationReport(
        node: reading.node, kind: StationMetrics.Kind(reading.kind), servers: reading.servers, isOfClient: reading.isOfClient, window: window)
      report.arrivals = reading.arrivals
      report.completions = reading.completions
      report.bytes = reading.bytes
      report.busy = reading.busy
      report.area = reading.area.nanoseconds
      report.residence = reading.residence.nanoseconds
      return report
    }
  }

  private var lawFacts: LawFacts {
    let machine = scenario.cluster.machine
    let factors = scenario.topics.map(\.replicationFactor)
    // Where replicas may leave the ISR, an acknowledgement may wait for fewer of them, or for none.
    let isAlwaysInSync = scenario.faults.isEmpty && observer.sightings[.isrShrink] == nil && (factors.min() ?? 1) > 1
    return LawFacts(
      producers: LawFacts.Producer.all(of: scenario), replicationFactor: factors.min() ?? 1, brokers: scenario.cluster.brokers,
      consumers: scenario.workload.reduce(0) { $0 + ($1.groupCount > 0 ? $1.processCount : 0) },
      networkBytesPerSecond: machine.isShared ? nil : machine.network.bandwidth, diskBytesPerSecond: machine.disk.writeBandwidth,
      unwrittenBytes: machine.disk.dirtyLimit, sendBufferBytes: Int64(World.sendBuffer),
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
