import Measurement
import Results
import TextTable

extension BenchReport {
  /// The text for the terminal: a row for each setting, what moves throughput and latency, and the laws that were broken. With a single row,
  /// also where its time goes.
  ///
  /// - Parameter width: what tables have to fit in: columns that say nothing are left out then, and long ones shortened. nil shows everything.
  public func text(sortedBy order: BenchOrder = .settings, width: Int? = nil) -> String {
    var parts = [BenchTable(self, sortedBy: order).text(width: width)]
    if let seedsText {
      parts.append(
        "mean over seeds \(seedsText), and from the least to the greatest; sent to reordered of all seeds together; bottleneck of the first seed")
    }
    if rows.count > 1 { parts.append((["* no other setting is better in throughput, p99 and loss together"] + standingsText).joined(separator: "\n")) }
    if rows.contains(where: { $0.delivery.permittedLoss > 0 }) {
      parts.append("lost: acknowledged and gone; permitted is the part of it that settings and faults allow")
    }
    if let groupsText = groupsText(width: width) { parts.append(groupsText) }
    if let transactionsText = transactionsText(width: width) { parts.append(transactionsText) }
    if let effectsText { parts.append(effectsText) }
    if rows.count == 1 {
      let details = [rows[0].result.metrics.attributionText, rows[0].result.metrics.stationText].filter { !$0.isEmpty }
      if rows[0].isOverSeeds, !details.isEmpty { parts.append("seed \(rows[0].result.seed):") }
      parts += details
    }
    let remarks = order.indices(of: rows).flatMap { rows[$0].remarks }
    if !remarks.isEmpty { parts.append(remarks.joined(separator: "\n")) }
    return parts.joined(separator: "\n\n")
  }

  /// What moves throughput and latency, as far as anything does; nil where nothing is known about that.
  private var effectsText: String? {
    let told = toldEffects
    let parts = [Self.text(of: told.flatMap(\.effects)), told.compactMap(\.rest).joined(separator: "\n")].filter { !$0.isEmpty }
    return parts.isEmpty ? nil : parts.joined(separator: "\n\n")
  }

  private static func text(of effects: [Effect]) -> String {
    let table = TextTable<Effect> { effect in
      let isRate = effect.metric == "throughput"
      return [
        Column(title: "moves", value: effect.metric), Column(title: "setting", value: effect.keys.joined(separator: " with ")),
        .right("share", "\(fixed(effect.share * 100, places: 1)) %"),
        .right("by \u{B1}", isRate ? "\(grouped(Int64(rounding: effect.size))) records/s" : "\(significant(effect.size)) ms"),
      ]
    }
    return trimmed(table.string(for: effects) ?? "")
  }
}

extension Metrics {
  /// Where the time goes: a line for each term, a column for the mean and each percentile.
  public var attributionText: String {
    [("publish", attribution.publish), ("end to end", attribution.endToEnd)].filter { !$0.1.isEmpty }
      .map { title, latencies in Self.attributionTable(title, latencies) }.joined(separator: "\n\n")
  }

  private static func attributionTable(_ title: String, _ latencies: [AttributedLatency]) -> String {
    // A stored result may name other terms for one latency than for the next.
    let terms = latencies[0].terms.map(\.term).filter { term in latencies.contains { $0.milliseconds(of: term) > 0 } }
    let table = TextTable<LatencyTerm?> { term in
      [Column(title: "\(title), ms", value: term?.rawValue ?? "total")]
        + latencies.map { latency in .right(latency.of, fixed(term.map(latency.milliseconds(of:)) ?? latency.milliseconds, places: 6)) }
    }
    return trimmed(table.string(for: terms + [nil]) ?? "")
  }

  /// All queueing stations that were used, the busiest first.
  public var stationText: String {
    let busy = stations.indices.filter { stations[$0].completionsPerSecond > 0 || stations[$0].utilisation > 0 }
    let order = busy.sorted { (-stations[$0].utilisation, $0) < (-stations[$1].utilisation, $1) }
    guard !order.isEmpty else { return "" }
    let table = TextTable<Int> { place in
      let station = stations[place]
      return [
        Column(title: "station", value: "\(station.node): \(station.kind.rawValue)"), .right("busy %", fixed(station.utilisation * 100, places: 1)),
        .right("jobs/s", grouped(Int64(rounding: station.completionsPerSecond))), .right("MB/s", fixed(station.bytesPerSecond / 1e6, places: 1)),
        .right("mean time ms", station.meanMilliseconds.map { fixed($0, places: 4) } ?? "-"),
        .right("service ms", station.serviceMilliseconds.map { fixed($0, places: 4) } ?? "-"),
        .right("mean jobs", fixed(station.meanJobs, places: 3)),
      ]
    }
    return trimmed(table.string(for: order) ?? "") + "\n\nmean time: of a job at the station, waiting and service together; mean jobs: waiting or in service"
  }
}

extension BenchRow {
  /// Remarks about figures of a row that are doubtful.
  fileprivate var remarks: [String] {
    runs.flatMap(remarks)
  }

  private func remarks(on run: MeasuredRun) -> [String] {
    let own = self.name(of: run), name = own.isEmpty ? "" : "\(own): "
    return run.metrics.laws.filter { !$0.holds }.map { "\(name)invalid, the law '\($0.law.rawValue)' is broken: \($0.figures)" }
      + run.faults.filter { $0.hit == 0 }.map { "\(name)not exercised: the fault '\($0.name)' never hit" }
      + run.metrics.remarks(acknowledged: run.delivery.acked).map { name + $0 }
      + run.verdicts.filter { $0.conclusion == .violated }.map { "\(name)\($0.guarantee.rawValue) is violated" }
  }
}

extension Metrics {
  /// What a run did not measure, or measured only partly.
  fileprivate func remarks(acknowledged: Int) -> [String] {
    var remarks: [String] = []
    if acknowledged == 0 {
      remarks.append("not exercised: nothing was acknowledged")
    } else if !isMeasured {
      let from = figureText(window.fromSeconds), to = figureText(window.toSeconds)
      remarks.append("nothing was measured: no record was acknowledged or delivered in the measured window, \(from) s to \(to) s")
    }
    if isOverloaded, let neverSent = throughput.neverSent {
      let offered = throughput.offered.map { "\(rateText($0.recordsPerSecond)) records/s were offered and " } ?? ""
      let published = throughput.publish.map { "\(rateText($0.recordsPerSecond)) published" } ?? "none published"
      let latencies = latency.publish.count > 0 ? "latencies are of the records that were sent" : "of those meant for the window none was acknowledged"
      remarks.append("overloaded: \(offered)\(published); \(grouped(neverSent)) records were due and never sent, \(latencies)")
    }
    return remarks
  }
}
