import Measurement

// Performance: latencies, trade-offs, where the time goes, and what was busy.

extension BenchPart {
  var latency: Page.Section {
    let kinds: [(String, KeyPath<Latencies, LatencySummary>)] = [
      ("publish", \.publish), ("publish, from the call of send", \.publishFromSend), ("publish delay", \.publishDelay), ("end to end", \.endToEnd),
    ]
    let rows = report.rows.indices.flatMap { row in
      kinds.map { kind -> [PageTable.Cell] in
        let latency = report.rows[row].result.metrics.latency[keyPath: kind.1]
        return [
          name(row), .text(kind.0), .count(latency.count), .time(latency.mean), .time(latency.min), .time(latency.p50), .time(latency.p75), .time(latency.p90), .time(latency.p95),
          .time(latency.p99), .time(latency.p999), .time(latency.p9999), .time(latency.p99999), .time(latency.max),
        ]
      }
    }
    let table = PageTable(
      caption: "Latencies; publish and end to end count from the instant at which the schedule wanted a record sent",
      columns: [.text("Setting"), .text("latency"), .number("samples"), .number("mean"), .number("least"), .number("p50"), .number("p75"), .number("p90"), .number("p95"), .number("p99"),
        .number("p99.9"), .number("p99.99"), .number("p99.999"), .number("most")],
      rows: rows)
    return section("latency", "Latency", pictures("latency-by-percentile") + [report.rows.count > 4 ? .details("All percentiles", [.table(table)]) : .table(table)])
  }

  var tradeOffs: Page.Section { section("trade-offs", "What trades against what", pictures("pareto") + pictures("matrix") + pictures("scaling")) }

  var attribution: Page.Section {
    var blocks: [Page.Block] = []
    for kind in Chart.AttributionKind.allCases {
      let tables = report.rows.indices.compactMap { row in terms(of: kind, row: row) }
      guard !tables.isEmpty else { continue }
      blocks += pictures(kind == .publish ? "attribution-publish" : "attribution-end-to-end")
      blocks.append(.details("Every term of \(kind.words)", tables.map(Page.Block.table)))
    }
    if !blocks.isEmpty {
      let words = "Each latency is the sum of its terms: every instant of a record's way belongs to exactly one of them. "
        + "For a percentile the records around it are taken apart, and their mean is shown."
      blocks.insert(.paragraph([.text(words)]), at: 0)
    }
    return section("attribution", "Where the time goes", blocks)
  }

  private func terms(of kind: Chart.AttributionKind, row: Int) -> PageTable? {
    let points = report.rows[row].result.metrics.attribution[keyPath: kind.path]
    guard !points.isEmpty else { return nil }
    let terms = LatencyTerm.allCases.filter { term in points.contains { $0.milliseconds(of: term) > 0 } }
    var rows = terms.map { term in
      [PageTable.Cell.name(term.words)] + points.map { point in
        let time = point.milliseconds(of: term)
        return PageTable.Cell.time(time, bar: point.milliseconds > 0 ? time / point.milliseconds : 0)
      }
    }
    rows.append([.name("sum")] + points.map { .time($0.milliseconds) })
    return PageTable(caption: "\(names[row]): \(kind.words)", columns: [.text("Term")] + points.map { .number($0.of) }, rows: rows)
  }

  var overTime: Page.Section { section("over-time", "Over time", pictures("timeline")) }

  var stations: Page.Section {
    var kinds: [StationMetrics.Kind] = []
    for station in report.rows.flatMap(\.result.metrics.stations) where !kinds.contains(station.kind) { kinds.append(station.kind) }
    guard !kinds.isEmpty else { return section("stations", "Utilisation and bottleneck", []) }
    let busiest = report.rows.indices.map { row -> [PageTable.Cell] in
      let metrics = report.rows[row].result.metrics
      let cells = kinds.map { kind -> PageTable.Cell in
        let stations = metrics.stations.filter { $0.kind == kind }
        guard let largest = stations.map(\.utilisation).max(), let station = stations.first(where: { $0.utilisation == largest }) else { return "" }
        return PageTable.Cell(text: "\(station.node) \(percentText(largest))", key: largest, bar: largest)
      }
      return [name(row)] + cells + [.text(metrics.bottleneck)]
    }
    let summary = PageTable(
      caption: "The busiest station of each kind", columns: [.text("Setting")] + kinds.map { .number($0.rawValue) } + [.wide("bottleneck")], rows: busiest,
      isSortable: report.rows.count > 1)
    let details = report.rows.indices.map { row in
      PageTable(
        caption: names[row],
        columns: [.text("Node"), .text("station"), .number("servers"), .number("utilisation"), .number("jobs/s"), .number("bytes"), .number("mean time"), .number("service time"),
          .number("mean jobs")],
        rows: report.rows[row].result.metrics.stations.map { station in
          [
            .name(station.node), .text(station.kind.rawValue), .count(station.servers), .share(station.utilisation),
            .figure(station.completionsPerSecond, countText(station.completionsPerSecond)), .figure(station.bytesPerSecond, "\(volumeText(station.bytesPerSecond))/s"),
            .time(station.meanMilliseconds), .time(station.serviceMilliseconds), .figure(station.meanJobs, figureText(station.meanJobs)),
          ]
        })
    }
    return section("stations", "Utilisation and bottleneck", [.table(summary), .details("Every station", details.map(Page.Block.table))])
  }

  var volumes: Page.Section {
    let rows = report.rows.indices.map { row -> [PageTable.Cell] in
      let volume = report.rows[row].result.metrics.volume
      let bytes = { (count: Int64) in PageTable.Cell.figure(Double(count), volumeText(Double(count))) }
      return [
        name(row), bytes(volume.payloadBytes), bytes(volume.plainBatchBytes), bytes(volume.sentBatchBytes), .figure(volume.compressionRatio, figureText),
        .figure(volume.recordsPerBatch, figureText), bytes(volume.networkBytes), bytes(volume.diskBytes),
        .figure(volume.brokerCPUSeconds, "\(figureText(volume.brokerCPUSeconds)) s"), .figure(volume.clientCPUSeconds, "\(figureText(volume.clientCPUSeconds)) s"),
      ]
    }
    let table = PageTable(
      caption: "What the measured window moved and worked; MB are millions of bytes. The disk counts what was written within the window: "
        + "pages that the system still holds are written later",
      columns: [.text("Setting"), .number("payload"), .number("batches, plain"), .number("batches, sent"), .number("compression ratio"), .number("records per batch"),
        .number("network"), .number("disk"), .number("broker CPU"), .number("client CPU")],
      rows: rows, isSortable: report.rows.count > 1)
    return section("volume", "Bytes and work", [.table(table)])
  }

  var effects: Page.Section {
    let told = report.toldEffects
    guard !told.isEmpty else { return section("effects", "Effects", []) }
    let rows = told.flatMap(\.effects).map { effect -> [PageTable.Cell] in
      let size = effect.metric == ChartMetric.publishP99.key ? timeText(milliseconds: effect.size) : countText(effect.size)
      return [.name(effect.keys.joined(separator: " with ")), .text(effect.metric), .figure(effect.size, size), .share(effect.share)]
    }
    let table = PageTable(
      caption: "Main effects and interactions", columns: [.text("Setting"), .text("metric"), .number("half of the spread"), .number("share of the variance")], rows: rows,
      isSortable: true)
    let least = fixed(ToldEffects.leastMove * 100, places: 1)
    let words = "How much each setting, and two of them together, move a metric: half of the spread of its means, and the part of its variance over "
      + "all rows that this explains. What moves a metric by less than \(least) % of its mean is not ranked."
    let rest = told.compactMap(\.rest).map { Page.Block.paragraph([.text("\($0).")]) }
    return section("effects", "Effects", [.paragraph([.text(words)])] + (rows.isEmpty ? [] : [.table(table)]) + rest)
  }
}
