import Measurement
import Results

extension Chart {
  /// Transactional ids over time, each with a bar for every transaction: how it ended, how long its markers took, and who was refused. Below them stand partitions whose logs
  /// have a transaction open that no coordinator knows.
  ///
  /// - Parameters:
  ///   - bands: the faults of the run, as stretches of the background.
  ///   - end: of the axis.
  static func transactions(_ timeline: TransactionTimeline, bands: [FaultBand], until end: Double) -> Chart? {
    let hanging = Array(timeline.hanging.prefix(ChartStyle.rowLimit / 4))
    let ids = Array(timeline.ids.prefix(ChartStyle.rowLimit - hanging.count))
    guard !ids.isEmpty || !hanging.isEmpty else { return nil }
    let time = TrialChart.axis(until: max(end, timeline.endSeconds))
    let lines = RowLines(names: ids.map(\.id) + hanging.map { "\($0.partition) hangs" })
    let marks = TransactionMarks(ids, hanging, until: time.to)
    let legend = Legend(marks.kinds.map { ($0.sample, $0.name) } + (bands.isEmpty ? [] : [(.band(ChartStyle.vermillion), "fault at work")]))
    let shown = ids.reduce(0) { $0 + $1.transactions.count }, all = ids.reduce(0) { $0 + $1.count }
    let notes = [
      "a bar is a transaction, from when its coordinator knows of it until all markers are written",
      shown < all ? "\(grouped(shown)) of \(grouped(all)): those that were not simply committed, and the longest" : nil,
      timeline.idCount > ids.count ? "the first \(ids.count) of \(timeline.idCount) ids" : nil,
    ].compactMap(\.self)
    let right = ChartStyle.width - 24, top = Drawing.titleHeight(hasSubtitle: true), bottom = top + lines.height
    var drawing = Drawing(height: bottom + 56 + legend.height(width: right - lines.left))
    let title = "Transactions over time"
    drawing.title(title, notes.joined(separator: "; "))
    legend.draw(in: &drawing, left: lines.left - 20, top: bottom + 50, width: right - lines.left)
    var panel = Panel(frame: PanelFrame(left: lines.left, top: top, right: right, bottom: bottom), x: time, y: lines.axis(isLabelled: true))
    panel.curves = marks.kinds.map(\.curve)
    panel.commands = bands.backdrops
    drawing.panel(panel)
    return Chart(name: "transactions", title: title, description: description(ids, hanging), drawing: drawing)
  }

  private static func description(_ ids: [TransactionTimeline.TransactionalID], _ hanging: [TransactionTimeline.Hanging]) -> String {
    var words = ids.map { id -> String in
      let aborted = id.transactions.count { $0.end == .abort }, open = id.transactions.count { $0.toSeconds == nil }
      let parts = [
        "\(grouped(id.count)) transaction\(id.count == 1 ? "" : "s")", aborted == 0 ? nil : "\(grouped(aborted)) aborted", open == 0 ? nil : "\(grouped(open)) not ended",
        id.refusals.isEmpty ? nil : "refused as of a former epoch \(grouped(id.refusals.count)) time\(id.refusals.count == 1 ? "" : "s")",
      ].compactMap(\.self)
      return "\(id.id): \(parts.joined(separator: ", "))"
    }
    words += hanging.map { "\($0.partition): a transaction of producer \($0.producer) hangs from offset \($0.offset) on" }
    return words.listed + "."
  }
}

extension RunResult {
  var transactionsChart: Chart? { coordinatedTransactions?.timeline.flatMap { .transactions($0, bands: bands, until: endSeconds) } }
}

extension TransactionTimeline {
  /// When the last thing is told of.
  var endSeconds: Double {
    var ends: [Double] = hanging.compactMap(\.fromSeconds)
    for id in ids {
      ends += id.transactions.map { $0.toSeconds ?? $0.preparedSeconds ?? $0.fromSeconds }
      ends += id.refusals.map(\.seconds)
    }
    return ends.max() ?? 0
  }
}

/// Everything that is drawn of transactions, by its kind.
private struct TransactionMarks {
  struct Kind {
    let name: String
    let sample: Legend.Sample
    let curve: Curve
  }

  /// Those that there is something of.
  private(set) var kinds: [Kind] = []

  init(_ ids: [TransactionTimeline.TransactionalID], _ hanging: [TransactionTimeline.Hanging], until end: Double) {
    var committed: [[Double]] = [], aborted = committed, open = committed, ending = committed, timeouts = committed, refusals = committed
    // What is shorter could not be seen.
    let least = end * 0.0015
    for (line, id) in ids.enumerated() {
      for transaction in id.transactions {
        let from = max(transaction.fromSeconds, 0), to = min(transaction.preparedSeconds ?? transaction.toSeconds ?? end, end)
        let bar = RowLines.bar(line, from: from, to: max(to, from + least))
        switch transaction.end {
        case .commit: committed.append(bar)
        case .abort: aborted.append(bar)
        case nil: open.append(bar)
        }
        if let prepared = transaction.preparedSeconds {
          let written = min(transaction.toSeconds ?? end, end)
          if written - prepared >= least { ending.append(RowLines.bar(line, from: prepared, to: written)) }
        }
        if transaction.isTimedOut { timeouts.append([to, Double(line)]) }
      }
      refusals += id.refusals.map { [$0.seconds, Double(line)] }
    }
    let hangs = hanging.enumerated().map { RowLines.bar(ids.count + $0.offset, from: max($0.element.fromSeconds ?? 0, 0), to: end) }
    add("committed", committed, ChartStyle.blue)
    add("aborted", aborted, ChartStyle.purple)
    add("not ended", open, ChartStyle.grey)
    add("its end is decided, markers are being written", ending, ChartStyle.orange)
    add("hangs: no coordinator knows it", hangs, ChartStyle.vermillion)
    addMarks("transaction.timeout.ms is over", timeouts, 2, size: 1.1)
    addMarks("a request of a former epoch is refused", refusals, 11, size: 0.9)
  }

  private mutating func add(_ name: String, _ bars: [[Double]], _ colour: String) {
    if !bars.isEmpty { kinds.append(Kind(name: name, sample: .swatch(colour), curve: .boxes(name, bars, colour: colour))) }
  }

  private mutating func addMarks(_ name: String, _ points: [[Double]], _ mark: Int, size: Double) {
    if !points.isEmpty { kinds.append(Kind(name: name, sample: .mark(mark, ChartStyle.ink), curve: .marks(name, points, colour: ChartStyle.ink, mark: mark, size: size))) }
  }
}
