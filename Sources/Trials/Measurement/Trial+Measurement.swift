import Measurement
import Primitives
import Results
import Scenarios
import Sim
import Workloads

extension Trial {
  /// The measurement of the run, as input for `Metrics`. Call after `run`, for a trial that measures.
  package func measurement(of result: RunResult) -> MeasurementInput {
    guard let outcome, let log = cluster.log else { preconditionFailure("nothing is known of a trial that did not run, or did not measure") }
    let scenario = cluster.scenario, origin = outcome.origin, played = outcome.rested?.played
    let window = played?.window ?? Instant.zero..<Instant.zero
    return MeasurementInput(
      log: log, origin: origin, window: window, end: max(outcome.rested?.end ?? .zero, origin + cluster.duration), seriesWindow: scenario.measure.window,
      offered: RecordRate(offeredBy: scenario, log), neverSent: played?.neverSent, groups: scenario.groupCount,
      stations: played?.stationReports(window.upperBound - window.lowerBound) ?? [], facts: cluster.lawFacts,
      faults: played?.driver.spans.map { FaultSpan(name: $0.name, from: $0.from, to: $0.to, hit: $0.hit) } ?? [],
      delivery: DeliveryFacts(counts: result.delivery, lost: outcome.disturbed.lost, duplicated: outcome.disturbed.duplicated))
  }
}

extension PlayedScenario {
  fileprivate var neverSent: Int? {
    let counts = nodes.clients.flatMap(\.nodes).compactMap { cluster.application($0)?.neverSent }
    return counts.isEmpty ? nil : counts.reduce(0) { $0 &+ $1 }
  }

  fileprivate func stationReports(_ window: Duration) -> [StationReport] {
    // A client that sent nothing before the window has no application station at its start.
    let former = Dictionary(grouping: stations.atBegin, by: \.node)
    return stations.atEnd.map { reading in
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
}

extension TrialCluster {
  fileprivate var lawFacts: LawFacts {
    let machine = scenario.cluster.machine
    let factors = scenario.topics.map(\.replicationFactor)
    // If replicas may leave the ISR, an acknowledgement may wait for fewer of them, or for none.
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
