import TextTable

extension BenchReport {
  /// What the terminal shows: a row for each setting, what moves throughput and latency, and the laws that were broken. With a single row
  /// also where its time goes.
  public func text(sortedBy order: BenchOrder = .settings) -> String {
    var parts = [table(sortedBy: order)]
    if let seedsText {
      parts.append(
        "mean over seeds \(seedsText), and from the least to the greatest; sent to reordered of all seeds together; bottleneck of the first seed")
    }
    if rows.count > 1 { parts.append("* no other setting is better in throughput, p99 and loss together") }
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

  private func table(sortedBy order: BenchOrder) -> String {
    let front = Set(pareto)
    let table = TextTable<Int> { number in
      let row = rows[number], delivery = row.delivery
      func figure(_ title: String, _ spread: SeedSpread?, missing: String? = nil, _ text: (Double) -> String) -> Column {
        .right(title, spread.map { row.isOverSeeds ? $0.text(text) : text($0.mean) } ?? missing ?? text(0))
      }
      func count(_ title: String, _ count: Int) -> Column { .right(title, grouped(count)) }
      return (rows.count > 1 ? [Column(title: "", value: front.contains(number) ? "*" : " ")] : [])
        + row.settings.map { Column(title: $0.key, value: $0.value) }
        + [
          figure("records/s", row.spread(\.publish)) { grouped(Int64(saturating: $0.rounded())) },
          figure("MB/s", row.spread(\.publish, \.bytesPerSecond)) { fixed($0 / 1e6, places: 1) },
          figure("p50 ms", row.spread(\.publish, \.p50), significant), figure("p99 ms", row.spread(\.publish, \.p99), significant),
          figure("p99.9 ms", row.spread(\.publish, \.p999), significant),
          figure("e2e p99 ms", row.spread(\.endToEnd, \.p99), missing: "-", significant),
          count("sent", delivery.sent), count("acked", delivery.acked), count("failed", delivery.failed), count("unknown", delivery.unknown),
          .right("lost", delivery.lossText), count("dup", delivery.duplicated), count("reordered", delivery.reordered),
          Column(title: "bottleneck", value: row.result.metrics.bottleneck),
        ]
    }
    return trimmed(table.string(for: order.indices(of: rows)) ?? "no rows")
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
        .right("by \u{B1}", isRate ? "\(grouped(Int64(saturating: effect.size.rounded()))) records/s" : "\(significant(effect.size)) ms"),
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
    let terms = latencies[0].terms.indices.filter { place in latencies.contains { $0.terms[place].milliseconds > 0 } }
    let table = TextTable<Int?> { place in
      [Column(title: "\(title), ms", value: place.map { latencies[0].terms[$0].term.rawValue } ?? "total")]
        + latencies.map { latency in .right(latency.of, fixed(place.map { latency.terms[$0].milliseconds } ?? latency.milliseconds, places: 6)) }
    }
    return trimmed(table.string(for: terms + [nil]) ?? "")
  }

  /// Each queueing station that did anything, the busiest first.
  public var stationText: String {
    let busy = stations.indices.filter { stations[$0].completionsPerSecond > 0 || stations[$0].utilisation > 0 }
    let order = busy.sorted { (-stations[$0].utilisation, $0) < (-stations[$1].utilisation, $1) }
    guard !order.isEmpty else { return "" }
    let table = TextTable<Int> { place in
      let station = stations[place]
      return [
        Column(title: "station", value: "\(station.node): \(station.kind.rawValue)"), .right("busy %", fixed(station.utilisation * 100, places: 1)),
        .right("jobs/s", grouped(Int64(saturating: station.completionsPerSecond.rounded()))), .right("MB/s", fixed(station.bytesPerSecond / 1e6, places: 1)),
        .right("mean ms", fixed(station.meanMilliseconds, places: 4)), .right("of it served", fixed(station.serviceMilliseconds, places: 4)),
        .right("jobs there", fixed(station.meanJobs, places: 3)),
      ]
    }
    return trimmed(table.string(for: order) ?? "")
  }
}

extension BenchRow {
  /// What makes the figures of a row doubtful.
  fileprivate var remarks: [String] {
    runs.flatMap { remarks(on: $0.result) }
  }

  private func remarks(on result: BenchResult) -> [String] {
    let own = self.name(of: result), name = own.isEmpty ? "" : "\(own): "
    return result.metrics.laws.filter { !$0.holds }.map { "\(name)invalid, the law '\($0.law)' is broken: \($0.figures)" }
      + result.faults.filter { $0.hit == 0 }.map { "\(name)not exercised: the fault '\($0.name)' never hit" }
      + (result.delivery.acked == 0 ? ["\(name)not exercised: nothing was acknowledged"] : [])
      + result.verdicts.filter { $0.verdict == "violated" }.map { "\(name)\($0.guarantee) is violated" }
  }
}

extension StoredDelivery {
  /// `0`, `3`, or `2 + 5 permitted`.
  fileprivate var lossText: String { permittedLoss > 0 ? "\(grouped(lost)) + \(grouped(permittedLoss)) permitted" : grouped(lost) }
}

extension Column {
  fileprivate static func right(_ title: String, _ value: String) -> Column { Column(title: title, value: value, align: .right) }
}

/// Three digits or more: `0.412`, `4.18`, `41.8`, `418`.
private func significant(_ milliseconds: Double) -> String {
  fixed(milliseconds, places: milliseconds < 1 ? 3 : milliseconds < 10 ? 2 : milliseconds < 100 ? 1 : 0)
}

/// Without blanks at the ends of lines.
private func trimmed(_ text: String) -> String {
  let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
    String(line.reversed().drop { $0 == " " }.reversed())
  }
  return String(lines.joined(separator: "\n").reversed().drop { $0 == "\n" }.reversed())
}
