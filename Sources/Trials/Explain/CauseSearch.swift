import Host
import Primitives
import Sim
import Wire
import Workloads

/// Walks back from the evidence of a violation to what mattered: along messages, and by the table of dependencies.
///
/// It looks at a trial that is over. Everything that it finds is needed by something that it found before, in the end by the evidence.
final class CauseSearch {
  enum Item: Hashable {
    case evidence
    /// A place in the log of facts.
    case fact(Int)
    /// A position in the history of what clients did and were told.
    case operation(Int)
    /// An event: a message reached a node.
    case message(EventNumber)
  }

  struct Found {
    let item: Item
    let time: Instant
    let event: EventNumber
    /// The finding that needed it; nil for the evidence.
    let neededBy: Int?
    let why: String
    /// How much it matters: the lowest first.
    var rank: Int
    /// Words that say more than the item by itself.
    var words: String?
  }

  let world: World
  let facts: FactLog
  let history: History
  let analysis: Analysis
  let nodes: NodeTable
  let driver: FaultDriver
  /// Zero of the scenario's clock.
  private let origin: Instant
  private(set) var found: [Found] = []
  private var places: [Item: Int] = [:]
  private var next = 0

  var recorder: CausalityRecorder { facts.recorder }

  init(_ facts: FactLog, _ analysis: Analysis, world: World, nodes: NodeTable, driver: FaultDriver, origin: Instant) {
    self.facts = facts
    self.analysis = analysis
    history = analysis.history
    self.world = world
    self.nodes = nodes
    self.driver = driver
    self.origin = origin
  }

  /// The place of the evidence among what was found.
  private static let evidence = 0
  /// More than there are ranks.
  private static let ranks = 8

  /// At most so much is looked at: a cone that goes on has no end that matters.
  private static let most = 400

  /// Follows everything that was added, and what that leads to.
  func run() {
    while next < found.count, found.count < Self.most {
      if case .fact(let place) = found[next].item { follow(place, next) }
      next += 1
    }
  }

  // MARK: Adding

  @discardableResult
  func addEvidence(at time: Instant, _ event: EventNumber) -> Int {
    add(Found(item: .evidence, time: time, event: event, neededBy: nil, why: "", rank: 0))
  }

  @discardableResult
  func add(fact place: Int, for needed: Int, _ why: String, words: String? = nil) -> Int {
    // What stopped a node was done by the schedule, which says so itself.
    let fact = facts[place]
    if [.stopped, .paused, .started].contains(fact.kind), let deed = deed(during: fact.event) { return add(fact: deed, for: needed, why) }
    return add(Found(item: .fact(place), time: fact.time, event: fact.event, neededBy: needed, why: why, rank: fact.kind.rank, words: words))
  }

  @discardableResult
  func add(message event: EventNumber, for needed: Int, _ why: String, words: String) -> Int {
    let place = add(Found(item: .message(event), time: recorder.time(of: event), event: event, neededBy: needed, why: why, rank: 3, words: words))
    for held in recorder.held where held.event == event { addHolder(held.fault, until: recorder.time(of: event), for: place) }
    return place
  }

  @discardableResult
  func add(operation position: Int, for needed: Int, _ why: String, words: String? = nil) -> Int {
    let operation = history.operations[position]
    return add(
      Found(item: .operation(position), time: operation.time, event: event(of: operation), neededBy: needed, why: why, rank: 1, words: words))
  }

  private func add(_ entry: Found) -> Int {
    if let known = places[entry.item] {
      if let words = entry.words, found[known].words == nil { found[known].words = words }
      return known
    }
    places[entry.item] = found.count
    found.append(entry)
    // What happened while the cluster came up is where everything begins.
    if entry.time < origin { found[found.count - 1].rank += Self.ranks }
    return found.count - 1
  }

  /// The entry of the schedule that kept a message from arriving, and the one that let it go.
  private func addHolder(_ fault: FaultID, until time: Instant, for needed: Int) {
    guard let entry = driver.entries.firstIndex(where: { $0.applied.contains { $0.fault == fault } }) else { return }
    let end = facts.end(of: time)
    if let begun = facts.last(.fault, before: end, where: { $0.deed?.entry == entry }) { add(fact: begun, for: needed, "it held the message up") }
    if let lifted = world.faults[fault].lifted, lifted <= time,
      let remedy = facts.last(.remedy, before: end, where: { $0.time == lifted })
    { add(fact: remedy, for: needed, "it let the message go") }
  }

  /// When an entry of the schedule that strikes several times mattered: when it was nearest to what a node did that it struck. Its first time where that says nothing.
  func occasion(of deed: Int) -> Int {
    guard let entry = facts[deed].deed?.entry else { return deed }
    let ends = facts.all(.remedy).lazy.map { self.facts[$0] }.filter { $0.deed?.entry == entry }.map(\.time)
    var nearest: (deed: Int, distance: Duration)?
    for place in facts.all(.fault) where facts[place].deed?.entry == entry {
      let begin = facts[place].time, end = ends.first { $0 > begin } ?? begin
      for other in found.dropFirst() where other.event != .none {
        guard let node = recorder.node(of: other.event), facts[place].deed?.nodes.contains(node) == true else { continue }
        let distance = max(begin - other.time, other.time - end, .zero)
        if nearest.map({ distance < $0.distance }) ?? true { nearest = (place, distance) }
      }
    }
    return nearest?.deed ?? deed
  }

  /// What the schedule did during an event; nil where that is nothing.
  private func deed(during event: EventNumber) -> Int? { facts.facts(during: event).first { facts[$0].deed != nil } }

  /// The event during which a client did something or was told something: an operation has the instant and the node of its event.
  func event(of operation: History.Operation) -> EventNumber {
    guard let name = history.name(of: operation.process), let node = world.node(named: name) else { return .none }
    return recorder.events(at: operation.time).last { recorder.node(of: $0) == node } ?? .none
  }

  // MARK: Following

  private func follow(_ place: Int, _ index: Int) {
    let fact = facts[place]
    for dependency in Dependency.table where dependency.effect == fact.kind {
      if let cause = cause(of: place, by: dependency) { add(fact: cause, for: index, dependency.why) }
    }
    trace(from: fact.event, about: fact, for: index)
  }

  /// Walks from an event to the one during which it was made, and so on, up to the message that brought the news, to what was decided where it came from, or to the schedule.
  private func trace(from first: EventNumber, about fact: Fact, for index: Int) {
    var event = first
    let carriers = fact.kind.carriers
    for _ in 0..<Self.longestWay {
      guard event != .none else { return }
      switch recorder.kind(of: event) {
      case .call:
        if let deed = deed(during: event) { add(fact: deed, for: index, "it did so") }
        return
      case .start:
        if let start = facts.facts(during: event).first(where: { facts[$0].kind == .started }) { add(fact: start, for: index, "it had just started") }
        return
      // A node that acts because time has passed: what it waited for is what the table knows.
      case .timer where !goesOnAtOnce(event), .shutdown: return
      case .request, .response, .accepted, .connected, .writable, .disconnected, .disk, .timer: break
      }
      if let words = carrierWords(event, carriers, of: fact) {
        let message = add(message: event, for: index, "it brought this about", words: words)
        addRequest(ofClient: recorder.parent(of: event), api(of: event), for: message)
        return
      }
      event = recorder.parent(of: event)
      if let origin = facts.facts(during: event).first(where: { facts[$0].isAnchor(of: fact) }) {
        add(fact: origin, for: index, "it was decided here")
        return
      }
    }
  }

  /// More events than that lie between a cause and its effect only where something goes round in a circle.
  private static let longestWay = 40

  /// Whether a timer only lets a node finish what it was at before it goes on.
  private func goesOnAtOnce(_ event: EventNumber) -> Bool {
    let parent = recorder.parent(of: event)
    return parent != .none && recorder.time(of: event) - recorder.time(of: parent) < .milliseconds(1)
  }

  /// The words for a message if it can have brought a fact about; nil for any other event.
  private func carrierWords(_ event: EventNumber, _ carriers: [ApiKey], of fact: Fact) -> String? {
    guard let api = api(of: event) else { return nil }
    let kind = recorder.kind(of: event), sender = sender(of: event)
    switch api {
    // A log that has to be cut is told so in the answer of its leader.
    case .fetch where fact.kind == .truncated && kind == .response && event == fact.event && isFromBroker(event):
      return "learns from the Fetch response of \(sender) where the logs diverge"
    case .fetch where fact.kind == .votersAppended && kind == .response && recorder.carriesRecords(event): return "fetches that from \(sender)"
    case .vote where carriers.contains(api): return kind == .response ? "is given the vote of \(sender)" : nil
    case .offsetForLeaderEpoch where carriers.contains(api): return kind == .response ? "is told by \(sender) where an epoch ends" : nil
    default: return carriers.contains(api) && kind == .request ? "takes the \(api.name) request of \(sender)" : nil
    }
  }

  private func isFromBroker(_ event: EventNumber) -> Bool {
    let parent = recorder.parent(of: event)
    return parent != .none && recorder.node(of: parent).map(nodes.brokers.contains) == true
  }

  /// What a client had asked for last when it sent a request: in that event, or in one shortly before, as it may have had to wait.
  private func addRequest(ofClient event: EventNumber, _ api: ApiKey?, for index: Int) {
    guard event != .none, let node = recorder.node(of: event), !nodes.isServer(node) else { return }
    let time = recorder.time(of: event), name = world.name(of: node)
    for position in history.operations.indices[..<history.operations.partitioningIndex { $0.time > time }].reversed() {
      let operation = history.operations[position]
      guard time - operation.time <= Self.longestPatience else { return }
      if operation.kind == .invoke, history.name(of: operation.process) == name, let words = words(ofRequest: operation, api) {
        add(operation: position, for: index, "what the client asked for", words: words)
        return
      }
    }
  }

  private static let longestPatience = Duration.seconds(1)

  private func words(ofRequest operation: History.Operation, _ api: ApiKey?) -> String? {
    var first: History.Entry?
    history.forEachEntry(of: operation) { first = first ?? $0 }
    switch (operation.function, api) {
    case (.commitTransaction, .endTxn): return first.map { "asks to commit transaction \($0.transaction.number)" }
    case (.abortTransaction, .endTxn): return first.map { "asks to abort transaction \($0.transaction.number)" }
    case (.commit, .offsetCommit), (.commit, .txnOffsetCommit):
      guard let first, first.partition != .unknown else { return nil }
      return "asks to commit offset \(first.offset) of \(history.partitions[Int(first.partition.number)])"
    default: return nil
    }
  }

  // MARK: The way of a record

  /// How a record came into the log of a leader, was copied and counted as committed, from the event that told of it back to the client.
  ///
  /// - Parameter sentAgain: since when its producer sent the record again. What waited for a copy may go back to an earlier request, which wrote another copy.
  func traceWrite(to event: EventNumber, of partition: TopicPartition?, at offset: Offset, sentAgain: Instant = .zero, for index: Int) {
    var event = event, index = index
    for _ in 0..<Self.longestWay {
      guard event != .none else { return }
      let moved = facts.facts(during: event).first { place in
        guard case .highWatermarkMoved(partition, let from, let to)? = facts[place].occurrence, offset != .unknown else { return false }
        return from <= offset && offset < to && recorder.kind(of: event) != .call
      }
      if let moved { index = add(fact: moved, for: index, "the record counted as committed from then on") }
      switch (recorder.kind(of: event), api(of: event)) {
      case (.response, .fetch?) where recorder.carriesRecords(event):
        index = add(message: event, for: index, "a copy that the commit waited for", words: "fetches the record\(words(partition, offset)) from \(sender(of: event))")
      case (.request, .produce?):
        guard let append = recorder.time(of: event) < sentAgain ? secondAppend(like: event, from: sentAgain) : event else { return }
        add(message: append, for: index, "the record was written", words: "appends the record\(words(partition, offset)), sent by \(sender(of: append))")
        addCopies(of: append, partition, offset)
        return
      case (.call, _), (.start, _): return
      case (.timer, _) where !goesOnAtOnce(event): return
      default: break
      }
      event = recorder.parent(of: event)
    }
  }

  /// The next Produce request of the same producer to the same broker.
  private func secondAppend(like first: EventNumber, from time: Instant) -> EventNumber? {
    func producer(of event: EventNumber) -> NodeIndex? { recorder.parent(of: event) == .none ? nil : recorder.node(of: recorder.parent(of: event)) }
    let node = recorder.node(of: first), client = producer(of: first)
    return recorder.all[Int(first.value)...].prefix(Self.soon).first { event in
      recorder.time(of: event) >= time && recorder.kind(of: event) == .request && recorder.node(of: event) == node && api(of: event) == .produce && producer(of: event) == client
    }
  }

  /// Who else fetched a record as soon as it was appended, perhaps after it was acknowledged.
  private func addCopies(of append: EventNumber, _ partition: TopicPartition?, _ offset: Offset) {
    for event in recorder.all[Int(append.value)...].prefix(Self.soon) where recorder.parent(of: event) == append && recorder.kind(of: event) == .response {
      guard api(of: event) == .fetch, recorder.carriesRecords(event), let node = recorder.node(of: event), nodes.isServer(node) else { continue }
      add(message: event, for: Self.evidence, "a copy of the record", words: "fetches the record\(words(partition, offset)) from \(sender(of: event))")
    }
  }

  private static let soon = 20_000

  private func words(_ partition: TopicPartition?, _ offset: Offset) -> String {
    (partition.map { " of \($0)" } ?? "") + (offset == .unknown ? "" : " at offset \(offset)")
  }

  /// The API of a message; nil for any other event.
  func api(of event: EventNumber) -> ApiKey? { recorder.apiKey(of: event).map(ApiKey.init(rawValue:)) }

  /// Who sent a message.
  func sender(of event: EventNumber) -> String {
    let parent = recorder.parent(of: event)
    // A request of the operator is sent by the schedule itself.
    return (parent == .none ? nil : recorder.node(of: parent)).map(world.name(of:)) ?? "the operator"
  }
}

extension Fact.Kind {
  /// How much a line of this kind matters, the lowest first.
  fileprivate var rank: Int {
    switch self {
    case .fault, .finding: 0
    case .leads, .truncated, .recovered, .deleted, .diskFailed, .controllerElected, .votersAppended, .offsetCommitted: 2
    case .elected, .marker, .transactionChanged, .remedy, .memberRemoved, .stopped, .paused, .transactionTimedOut: 3
    case .fenced, .isr, .follows, .coordinatorLoaded, .producerFenced, .memberFenced, .controllerResigned, .metadataCommitted, .offsetReset, .highWatermark: 4
    default: 5
    }
  }
}

extension Fact {
  /// Whether it is where another fact, which a message brought about, was decided.
  fileprivate func isAnchor(of effect: Fact) -> Bool {
    switch (kind, effect.kind) {
    case (.elected, .leads), (.elected, .follows): partition == effect.partition && epoch == effect.epoch
    case (.isr, .highWatermark): partition == effect.partition
    case (.isrProposed, .isr): partition == effect.partition
    case (.memberRemoved, .memberFenced): group == effect.group
    default: false
    }
  }

  /// Whether it is what the coordinator decided and a marker carries out.
  func isDecision(of marker: Fact) -> Bool {
    guard case .transactionChanged(let standing)? = occurrence, case .markerWritten(_, let producer, _, let isCommit, _)? = marker.occurrence else { return false }
    return standing.producerID == producer && standing.state == (isCommit ? "PrepareCommit" : "PrepareAbort")
  }
}
