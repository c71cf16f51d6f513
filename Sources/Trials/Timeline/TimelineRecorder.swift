import Host
import Primitives
import Results
import Sim
import Wire

/// Reports the course of a trial as a timeline (`TrialOptions.onTimelineEvent`), from the moment it is made on. Nothing here changes what happens.
///
/// It keeps what is under way, and nothing of what is over.
final class TimelineRecorder {
  private let world: World
  private let view: ClusterViewHolder
  private let origin: Instant
  private let nodes: NodeTable
  private let write: (TimelineEvent) -> Void
  private var exchanges = TimelineExchanges()
  private var quantities: TimelineQuantities
  private var known: Set<NodeIndex> = []
  weak var driver: FaultDriver?
  /// Entries of the schedule whose effect lasts.
  private var lasting: [Int] = []
  /// When something last happened that can end the effect of an entry.
  private var deedsChanged: Instant?

  /// - Parameters:
  ///   - origin: of the story's clock.
  ///   - nodes: with the partitions of the scenario.
  init(_ world: World, _ view: ClusterViewHolder, origin: Instant, nodes: NodeTable, write: @escaping (TimelineEvent) -> Void) {
    self.world = world
    self.view = view
    self.origin = origin
    self.nodes = nodes
    self.write = write
    quantities = TimelineQuantities(of: nodes)
    for node in world.nodes { introduce(node) }
    for change in quantities.all(view.cluster, world) { write(TimelineEvent(.zero, change)) }
    world.onExchange = { [unowned self] in observe($0) }
    world.onLostEnd = { [unowned self] notice in
      for lost in exchanges.lose(notice) { report(.exchangeLost(exchange: lost, isRequester: notice.isRequester)) }
    }
    world.onDiskOperation = { [unowned self] in observe($0) }
    let formerFrame = world.onFrame
    world.onFrame = { [unowned self] notice in
      formerFrame?(notice)
      observe(notice)
    }
  }

  private func report(_ content: TimelineEvent.Content) {
    endDeeds()
    for change in quantities.sample(view.cluster, world) { write(TimelineEvent(now, change)) }
    write(TimelineEvent(now, content))
  }

  private var now: Duration { world.now - origin }

  /// The number of a node in the timeline.
  private func introduce(_ node: NodeIndex) {
    if known.insert(node).inserted { write(TimelineEvent(max(.zero, now), .node(Int(node.value), name: world.name(of: node)))) }
  }

  private func number(_ node: NodeIndex) -> Int {
    introduce(node)
    return Int(node.value)
  }

  // MARK: Messages and disks

  private func observe(_ notice: ExchangeNotice) {
    let time = notice.time - origin
    switch notice.step {
    case .asked(let header, let frame):
      let api = ApiKey(rawValue: header.apiKey)
      let exchange = TimelineExchange(
        number: exchanges.nextNumber, requester: number(notice.requester), responder: number(notice.responder), api: api.name, version: Int(header.apiVersion),
        correlationID: notice.correlationID, weight: api.requestWeight)
      exchanges.begin(notice, api)
      report(.requestSent(exchange, bytes: frame.count, leaving: time))
    case .askedWithoutResponse:
      if let exchange = exchanges.expectNoResponse(notice) { report(.requestNeedsNoResponse(exchange: exchange)) }
    case .takenUp(let arrived):
      if let exchange = exchanges.take(notice) { report(.requestTaken(exchange: exchange, arrived: arrived - origin, begun: time)) }
    case .answered(let frame):
      guard let (exchange, api) = exchanges.answer(notice) else { return }
      let weight = api.responseWeight(carriesRecords: frame.carriesRecords, isOfMetadata: nodes.isController(notice.responder, listener: notice.listener))
      report(.responseSent(exchange: exchange, bytes: frame.count, weight, leaving: time))
    case .answerTaken:
      if let exchange = exchanges.finish(notice) { report(.responseTaken(exchange: exchange)) }
    }
  }

  private func observe(_ notice: FrameNotice) {
    guard let fate = notice.fate.words else { return }
    let api = notice.header.apiKey < 0 ? "unknown" : ApiKey(rawValue: notice.header.apiKey).name
    let message = "\(api) \(notice.kind == .request ? "request" : "response")"
    report(.messageDisturbed(message: message, from: number(notice.from), to: number(notice.to), fate: fate))
  }

  private func observe(_ notice: DiskNotice) {
    let node = number(notice.node), operation = Int(notice.operation.value)
    switch notice.step {
    case .begun(let kind, let path, let bytes):
      report(.diskOperationBegun(node: node, operation: operation, name: kind.words, path: path, bytes: bytes, begun: notice.time - origin))
    case .ended(let error): report(.diskOperationEnded(node: node, operation: operation, error: error.map { "\($0)" }))
    }
  }

  // MARK: What is told

  /// - Parameters:
  ///   - node: nil for what an observer of all nodes found.
  ///   - words: as the story has them; nil where it does not tell of it.
  func add(_ content: Fact.Content, at node: NodeIndex?, words: String?) {
    switch content {
    case .occurrence(let occurrence):
      guard let node, let name = occurrence.timelineName else { return }
      let told = TimelineOccurrence(name: name, words: words ?? content.words, details: occurrence.timelineDetails, isOfRecords: occurrence.isOfRecords)
      report(.occurrence(node: number(node), told))
      for change in quantities.changes(by: occurrence, at: node, view.cluster, world) { report(change) }
    case .incident(let incident):
      deedsChanged = world.now
      guard let node else { return }
      report(.process(node: number(node), words: incident.words, isEnd: incident.factKind == .stopped))
    case .deed(let deed):
      begin(deed)
      deedsChanged = world.now
    case .finding(let words): report(.finding(words))
    }
  }

  private func begin(_ deed: DeedNotice) {
    let lasts = !deed.isRemedy && driver?.entries[deed.entry].plan.deed?.lasts == true
    // An entry that repeats begins again.
    if lasts, lasting.contains(deed.entry) { end(deed.entry, at: now) }
    report(.deed(entry: deed.entry, words: deed.words, nodes: deed.nodes.map(number), lasts: lasts))
    if lasts { lasting.append(deed.entry) }
  }

  private func end(_ entry: Int, at time: Duration) {
    lasting.removeAll { $0 == entry }
    write(TimelineEvent(time, .deedEnded(entry: entry)))
  }

  /// Reports which entries have ended since the last change. The books of the driver say so only when the deed that ended them is done.
  private func endDeeds() {
    guard let changed = deedsChanged, changed < world.now, let driver else { return }
    deedsChanged = nil
    for entry in lasting where driver.entries[entry].begun == nil || driver.entries[entry].ended != nil { end(entry, at: changed - origin) }
  }

  /// Everything heals: no entry of the schedule has an effect any more.
  func heal() {
    endDeeds()
    for entry in lasting { end(entry, at: now) }
  }
}

extension DiskNotice.Kind {
  fileprivate var words: String {
    switch self {
    case .sync: "sync"
    case .syncDirectory: "sync directory"
    case .replacement: "replace file"
    }
  }
}
