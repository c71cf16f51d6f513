import Primitives
import Results

/// Writes a timeline in Chrome's trace event format, which ui.perfetto.dev and chrome://tracing open.
///
/// A node is a process, with threads for its requests to and from each peer, the operations of its disk, and what it reports. Faults and partitions are processes too. Slices are
/// pairs of `B` and `E`, messages that carry something are flows, and everything is in the order of time. Times are on the story's clock.
///
/// It keeps what is under way, and writes everything else at once.
public final class PerfettoTrace {
  /// What has been written, the names of processes and threads included.
  public var eventCount: Int { writer.eventCount }

  private var writer: TraceEventWriter
  private var pending = PendingTraceEvents()
  private var exchanges: [Int: Exchange] = [:]
  private var names: [Int: String] = [:]
  private var deeds: [Int: String] = [:]

  private struct Exchange {
    let exchange: TimelineExchange
    /// When the slice of the request begins, and whether it is open.
    let sent: Duration
    var isAwaited = true
    var needsNoResponse = false
    /// When the slice of the responder begins; nil if it has not begun.
    var begun: Duration?
    var isOpenAtResponder = true
    /// Whether a flow from the responder's slice was begun.
    var flowsBack = false
  }

  /// - Parameters:
  ///   - about: the entries of `otherData`, which say what trial it is.
  ///   - write: gets the text of the file, piece by piece.
  public init(about: [(String, JSON)], write: @escaping (String) -> Void) {
    writer = TraceEventWriter(about: about, write: write)
    writer.name(process: TraceProcess.faults, "faults")
    writer.name(process: TraceProcess.partitions, "partitions")
  }

  public func add(_ event: TimelineEvent) {
    flush(before: event.time)
    switch event.content {
    case .node(let node, let name):
      names[node] = name
      writer.name(process: TraceProcess.node(node), name)
    case .requestSent(let exchange, let bytes, let leaving): begin(exchange, bytes, at: leaving)
    case .requestNeedsNoResponse(let number):
      exchanges[number]?.needsNoResponse = true
      endRequest(number, at: event.time, [("acks", .integer(0))])
    case .requestTaken(let number, let arrived, let begun): take(number, arrived: arrived, begun: begun)
    case .responseSent(let number, let bytes, let weight, let leaving): answer(number, bytes, weight, at: leaving)
    case .responseTaken(let number): finish(number, at: event.time)
    case .exchangeLost(let number, let isRequester):
      let why = [("ended", JSON.string("the connection is lost"))]
      if isRequester { endRequest(number, at: event.time, why) } else { endHandling(number, at: event.time, why) }
    case .messageDisturbed(let message, let from, let to, let fate):
      instant("\(message) \(fate)", .network, at: event.time, on: TraceTrack(TraceProcess.node(to), .network), [("from", .string(name(from))), ("to", .string(name(to)))])
    case .diskOperationBegun(let node, let operation, let name, let path, let bytes, let begun):
      pending.add(
        .begin(.disk(node: node, operation), TraceTrack(TraceProcess.node(node), .disk), name, .disk, [("path", .string(path)), ("bytes", .integer(Int64(bytes)))]), at: begun)
    case .diskOperationEnded(let node, let operation, let error):
      pending.add(.end(.disk(node: node, operation), error.map { [("error", .string($0))] } ?? []), at: event.time)
    case .process(let node, let words, let isEnd):
      instant(words, .process, at: event.time, on: TraceTrack(TraceProcess.node(node), .occurrences), [])
      if isEnd { pending.add(.endAllOperations(ofDisk: node), at: event.time) }
    case .occurrence(let node, let occurrence):
      instant(
        occurrence.name, .occurrence, at: event.time, on: TraceTrack(TraceProcess.node(node), occurrence.isOfRecords ? .progress : .occurrences),
        [("text", .string(occurrence.words))] + occurrence.details.map { ($0.key, $0.value) })
    case .deed(let entry, let words, let nodes, let lasts): add(deed: entry, words, nodes, lasts, at: event.time)
    case .deedEnded(let entry): pending.add(.end(.fault(entry), []), at: event.time)
    case .finding(let words): instant("finding", .finding, at: event.time, on: TraceTrack(TraceProcess.faults, .findings), [("text", .string(words))])
    case .quantity(let subject, let quantity, let value): pending.add(.counter(subject, quantity, value), at: event.time)
    }
  }

  /// Ends all slices that are still open, and the file.
  public func finish() {
    flush(before: .forever)
    writer.finish()
  }

  private func flush(before time: Duration) { pending.take(before: time) { writer.write($0, at: $1) } }

  private func name(_ node: Int) -> String { names[node] ?? "\(node)" }

  private func instant(_ name: String, _ category: TraceCategory, at time: Duration, on track: TraceTrack, _ arguments: [(String, JSON)]) {
    pending.add(.instant(track, name, category, arguments), at: time)
  }

  private func add(deed entry: Int, _ words: String, _ nodes: [Int], _ lasts: Bool, at time: Duration) {
    let arguments = [("nodes", JSON.string(nodes.map(name).joined(separator: ",")))]
    if lasts {
      pending.add(.begin(.fault(entry), TraceTrack(TraceProcess.faults, .faults), words, .fault, arguments), at: time)
    } else {
      instant(words, .fault, at: time, on: TraceTrack(TraceProcess.faults, .deeds), arguments)
    }
  }

  // MARK: Exchanges

  private func begin(_ exchange: TimelineExchange, _ bytes: Int, at time: Duration) {
    let number = exchange.number, isHeartbeat = exchange.weight == .presence, responder = name(exchange.responder)
    exchanges[number] = Exchange(exchange: exchange, sent: time)
    let track = TraceTrack(TraceProcess.node(exchange.requester), isHeartbeat ? .heartbeatsTo(responder) : .requestsTo(responder))
    let arguments: [(String, JSON)] = [
      ("to", .string(responder)), ("correlationId", .integer(Int64(exchange.correlationID))), ("version", .integer(Int64(exchange.version))),
      ("requestBytes", .integer(Int64(bytes))),
    ]
    pending.add(.begin(.request(number), track, exchange.api, isHeartbeat ? .heartbeat : .request, arguments), at: time)
    if exchange.weight.carriesSomething { pending.add(.flow(.request(number), number: number * 2, "\(exchange.api) request", isStart: true), at: time) }
  }

  private func take(_ number: Int, arrived: Duration, begun: Duration) {
    guard let known = exchanges[number], known.begun == nil else { return }
    let exchange = known.exchange, isHeartbeat = exchange.weight == .presence, requester = name(exchange.requester)
    exchanges[number]?.begun = begun
    let track = TraceTrack(TraceProcess.node(exchange.responder), isHeartbeat ? .heartbeatsFrom(requester) : .requestsFrom(requester))
    let arguments: [(String, JSON)] = [
      ("from", .string(requester)), ("correlationId", .integer(Int64(exchange.correlationID))),
      ("queueMs", .decimal((begun - arrived).seconds * 1000, places: 3)),
    ]
    pending.add(.begin(.handling(number), track, exchange.api, isHeartbeat ? .heartbeat : .handling, arguments), at: begun)
    if exchange.weight.carriesSomething { pending.add(.flow(.handling(number), number: number * 2, "\(exchange.api) request", isStart: false), at: begun) }
    // Nothing says how long a request is worked on that gets no response.
    if known.needsNoResponse { endHandling(number, at: begun, []) }
  }

  private func answer(_ number: Int, _ bytes: Int, _ weight: TimelineExchange.Weight, at time: Duration) {
    guard let exchange = exchanges[number] else { return }
    if exchange.begun != nil, exchange.isOpenAtResponder, weight.carriesSomething {
      exchanges[number]?.flowsBack = true
      pending.add(.flow(.handling(number), number: number * 2 + 1, "\(exchange.exchange.api) response", isStart: true), at: time)
    }
    endHandling(number, at: time, [("responseBytes", .integer(Int64(bytes)))])
  }

  private func finish(_ number: Int, at time: Duration) {
    guard let exchange = exchanges[number] else { return }
    if exchange.isAwaited, exchange.flowsBack {
      pending.add(.flow(.request(number), number: number * 2 + 1, "\(exchange.exchange.api) response", isStart: false), at: time)
    }
    endRequest(number, at: time, [])
    endHandling(number, at: time, [])
  }

  private func endRequest(_ number: Int, at time: Duration, _ arguments: [(String, JSON)]) {
    guard let exchange = exchanges[number], exchange.isAwaited else { return }
    pending.add(.end(.request(number), arguments), at: max(time, exchange.sent))
    exchanges[number] = exchange.isOpenAtResponder ? exchange : nil
    exchanges[number]?.isAwaited = false
  }

  private func endHandling(_ number: Int, at time: Duration, _ arguments: [(String, JSON)]) {
    guard let exchange = exchanges[number], exchange.isOpenAtResponder else { return }
    if let begun = exchange.begun { pending.add(.end(.handling(number), arguments), at: max(time, begun)) }
    exchanges[number] = exchange.isAwaited ? exchange : nil
    exchanges[number]?.isOpenAtResponder = false
  }
}

extension TimelineExchange.Weight {
  /// Whether it carries something other than that its sender is there or wants to know something.
  var carriesSomething: Bool { self == .records || self == .metadata || self == .decision }
}
