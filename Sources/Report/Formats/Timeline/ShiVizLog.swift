import Primitives
import Results

/// Writes a timeline as a log with vector clocks, which ShiViz opens.
///
/// It lists messages that carry something, what nodes report, what happens to their processes, and what the schedule does. Heartbeats, fetches without records and other inquiries
/// are left out, and so are fetches of the metadata log, unless a node reports something while it handles one: then its receipt is listed. Clocks follow the messages whose receipts
/// are listed.
///
/// At most `mostEvents` are listed, and at most half of them are about records: their messages, and what comes with each batch. After that half, the log goes on without them.
public final class ShiVizLog {
  /// ShiViz draws all events at once: with many more a browser does not get through.
  public static let mostEvents = 20_000
  private static let schedule = "schedule"

  public private(set) var eventCount = 0
  /// When the first event about records was left out because of the bound, and when the first of any kind was; nil if none was.
  public private(set) var recordsEnd: Duration?
  public private(set) var end: Duration?

  private let limit: Int
  private var writer: ShiVizWriter
  private var names: [Int: String] = [:]
  private var recordEvents = 0
  private var exchanges: [Int: Exchange] = [:]
  /// By node, the last message that it began to handle and whose receipt is not listed.
  private var unlisted: [Int: Receipt] = [:]
  /// What the schedule did last, and what it knew then.
  private var lastDeed: (time: Duration, nodes: [Int], clock: ShiVizWriter.Clock)?

  /// A message on its way: what its sender knew, and whether its sending is listed.
  private struct Sent {
    let clock: ShiVizWriter.Clock
    let isListed: Bool
    let weight: TimelineExchange.Weight
  }

  private struct Exchange {
    let exchange: TimelineExchange
    var request: Sent?
    var response: Sent?
    var isAwaited = true
    var needsNoResponse = false
    var isOpenAtResponder = true
  }

  private struct Receipt {
    let time: Duration
    let words: String
    let clock: ShiVizWriter.Clock
  }

  /// - Parameter write: gets the text of the file, piece by piece.
  public init(limit: Int = ShiVizLog.mostEvents, write: @escaping (String) -> Void) {
    self.limit = limit
    writer = ShiVizWriter(write: write)
  }

  public func add(_ event: TimelineEvent) {
    let time = event.time
    switch event.content {
    case .node(let node, let name): names[node] = name
    case .requestSent(let exchange, _, _):
      let words = "sends \(exchange.api) request to \(name(exchange.responder))"
      exchanges[exchange.number] = Exchange(exchange: exchange, request: send(words, exchange.weight, by: exchange.requester, at: time))
    case .requestNeedsNoResponse(let number):
      change(number) {
        $0.isAwaited = false
        $0.needsNoResponse = true
      }
    case .requestTaken(let number, _, _):
      guard let known = exchanges[number], let request = known.request else { return }
      receive(request, "receives \(known.exchange.api) request of \(name(known.exchange.requester))", by: known.exchange.responder, at: time)
      change(number) {
        $0.request = nil
        if $0.needsNoResponse { $0.isOpenAtResponder = false }
      }
    case .responseSent(let number, _, let weight, _):
      guard let exchange = exchanges[number]?.exchange else { return }
      let sent = send("sends \(exchange.api) response to \(name(exchange.requester))", weight, by: exchange.responder, at: time)
      change(number) {
        $0.response = sent
        $0.isOpenAtResponder = false
      }
    case .responseTaken(let number):
      if let known = exchanges[number], let response = known.response {
        receive(response, "receives \(known.exchange.api) response of \(name(known.exchange.responder))", by: known.exchange.requester, at: time)
      }
      exchanges[number] = nil
    case .exchangeLost(let number, let isRequester): change(number) { if isRequester { $0.isAwaited = false } else { $0.isOpenAtResponder = false } }
    case .process(let node, let words, _):
      let cause = lastDeed.flatMap { $0.time == time && $0.nodes.contains(node) ? $0.clock : nil }
      list(words, at: time, on: name(node), learning: cause)
    case .occurrence(let node, let occurrence):
      if let receipt = unlisted.removeValue(forKey: node), receipt.time == time {
        list(receipt.words, at: time, on: name(node), learning: receipt.clock, isOfRecords: occurrence.isOfRecords)
      }
      list(occurrence.words, at: time, on: name(node), isOfRecords: occurrence.isOfRecords)
    case .deed(_, let words, let nodes, _):
      list(words, at: time, on: Self.schedule)
      lastDeed = (time, nodes, writer.clock(of: Self.schedule))
    case .finding(let words): list(words, at: time, on: "trial")
    case .messageDisturbed, .diskOperationBegun, .diskOperationEnded, .deedEnded, .quantity: break
    }
  }

  private func name(_ node: Int) -> String { names[node] ?? "\(node)" }

  private func change(_ number: Int, _ body: (inout Exchange) -> Void) {
    guard var exchange = exchanges[number] else { return }
    body(&exchange)
    exchanges[number] = exchange.isAwaited || exchange.isOpenAtResponder ? exchange : nil
  }

  private func send(_ words: String, _ weight: TimelineExchange.Weight, by node: Int, at time: Duration) -> Sent {
    let isListed = weight.carriesSomething && weight != .metadata && list(words, at: time, on: name(node), isOfRecords: weight == .records)
    return Sent(clock: writer.clock(of: name(node)), isListed: isListed, weight: weight)
  }

  private func receive(_ sent: Sent, _ words: String, by node: Int, at time: Duration) {
    unlisted[node] = nil
    if sent.isListed, list(words, at: time, on: name(node), learning: sent.clock, isOfRecords: sent.weight == .records) { return }
    unlisted[node] = Receipt(time: time, words: words, clock: sent.clock)
  }

  /// Returns whether there was room for the event.
  @discardableResult
  private func list(_ words: String, at time: Duration, on host: String, learning clock: ShiVizWriter.Clock? = nil, isOfRecords: Bool = false) -> Bool {
    guard eventCount < limit else {
      end = end ?? time
      return false
    }
    if isOfRecords {
      guard recordEvents < limit / 2 else {
        recordsEnd = recordsEnd ?? time
        return false
      }
      recordEvents += 1
    }
    eventCount += 1
    writer.list(words, at: time.seconds, on: host, learning: clock)
    return true
  }
}
