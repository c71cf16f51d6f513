import Primitives
import Scenarios
import Sim

/// A fault of the network between nodes.
enum NetworkDeed: Deed {
  /// Each node separately.
  case isolate([NodeSelector])
  case partition([NetworkSide])
  case cut(Way)
  case heal
  case slow(Way, Slowness)
  case reset(Way)
  /// The connections end for one side only: the other believes in them until it sends.
  case halfOpen(Way)
  case clog(Way)

  enum Word: String, CaseIterable {
    case isolate, partition, cut, heal, slow, reset
    case halfOpen = "half-open"
    case clog
  }

  struct Way: Equatable {
    var from: NetworkSide
    var to: NetworkSide
  }

  /// The latency added in each direction, and the bandwidth limit in bytes a second.
  struct Slowness: Equatable {
    var latency: Duration
    /// Exponentially distributed, in addition to the latency.
    var jitterMean: Duration
    var bandwidth: Int64?
  }

  init(_ word: Word, _ argument: Value, beside entry: inout MapReader, _ reader: DeedReader) throws {
    switch word {
    case .isolate: self = .isolate(try reader.nodes(argument))
    case .partition: self = .partition(try Self.groups(argument, reader))
    case .cut: self = .cut(try reader.fields(argument) { try Way(argument, &$0, reader) })
    case .reset: self = .reset(try reader.fields(argument) { try Way(argument, &$0, reader) })
    case .halfOpen: self = .halfOpen(try reader.fields(argument) { try Way(argument, &$0, reader) })
    case .clog: self = .clog(try reader.fields(argument) { try Way(argument, &$0, reader) })
    case .slow:
      self = try reader.fields(argument) { map in
        let way = try Way(argument, &map, reader)
        return .slow(way, try Slowness(argument, &map))
      }
    case .heal:
      _ = try reader.nodes(argument)
      self = .heal
    }
  }

  private static func groups(_ argument: Value, _ reader: DeedReader) throws -> [NetworkSide] {
    let groups = try argument.list { try NetworkSide($0, reader) }
    guard groups.count >= 2 else { throw argument.error("a partition needs two groups or more", remedy: "Write [[1, 2], [3]].") }
    for (index, group) in groups.enumerated() {
      if group == .others, groups[..<index].contains(.others) { throw argument.error("two groups are others", remedy: "Write it once: [[1], [2], others].") }
      for node in group.selectors where groups[..<index].contains(where: { $0.selectors.contains { $0.overlaps(node, reader.names) } }) {
        throw argument.error("\(node) is in two groups", remedy: "Write each node in one group, such as [[1, 2], [3]].")
      }
    }
    return groups
  }

  var written: [Value.Entry] {
    switch self {
    case .isolate(let nodes): [Value.Entry(Word.isolate.rawValue, .nodes(nodes))]
    case .partition(let sides): [Value.Entry(Word.partition.rawValue, .list(sides.map(\.writtenAsGroup)))]
    case .cut(let way): [Value.Entry(Word.cut.rawValue, way.written)]
    case .heal: [Value.Entry(Word.heal.rawValue, .node(.all))]
    case .slow(let way, let slowness):
      [
        Value.Entry(
          Word.slow.rawValue,
          .map([
            "from": way.from.written, "to": way.to.written, "latency": slowness.latency == .zero ? nil : .time(slowness.latency),
            "jitter": slowness.jitterMean == .zero ? nil : .time(slowness.jitterMean), "bandwidth": slowness.bandwidth.map { .word("\($0)B/s") },
          ]))
      ]
    case .reset(let way): [Value.Entry(Word.reset.rawValue, way.written)]
    case .halfOpen(let way): [Value.Entry(Word.halfOpen.rawValue, way.written)]
    case .clog(let way): [Value.Entry(Word.clog.rawValue, way.written)]
    }
  }

  func mapNodes(_ other: (NodeSelector) -> NodeSelector) -> NetworkDeed {
    switch self {
    case .isolate(let nodes): .isolate(nodes.map(other))
    case .partition(let sides): .partition(sides.map { $0.mapNodes(other) })
    case .cut(let way): .cut(way.mapNodes(other))
    case .heal: .heal
    case .slow(let way, let slowness): .slow(way.mapNodes(other), slowness)
    case .reset(let way): .reset(way.mapNodes(other))
    case .halfOpen(let way): .halfOpen(way.mapNodes(other))
    case .clog(let way): .clog(way.mapNodes(other))
    }
  }

  func carryOut(on stage: any Stage) -> Bool {
    switch self {
    case .isolate(let selectors):
      let nodes = stage.nodes(selectors), names = stage.names(nodes)
      return begin(.isolate(nodes), stage, isPossible: !nodes.isEmpty, "\(names) isolated", end: "\(names) no longer isolated")
    case .partition(let sides):
      let groups = sides.map { ends(of: $0, stage) }
      let told = zip(sides, groups).map { words(of: $0, $1, stage) }.joined(separator: " | ")
      return begin(
        .partition(groups), stage, isPossible: groups.allSatisfy { !$0.isEmpty }, "network partitioned: \(told)", end: "network no longer partitioned: \(told)")
    case .cut(let way): return begin(along: way, stage, "cut") { .cut(from: $0, to: $1) }
    case .clog(let way): return begin(along: way, stage, "clogged") { .clog(from: $0, to: $1) }
    case .slow(let way, let slowness):
      return begin(along: way, stage, "slow", slowness.words) {
        .slow(from: $0, to: $1, latency: slowness.latency, jitterMean: slowness.jitterMean, bandwidth: slowness.bandwidth)
      }
    case .reset(let way):
      let from = ends(of: way.from, stage), to = ends(of: way.to, stage)
      let (one, other) = words(of: way, from, to, stage)
      stage.tell("connections reset between \(one) and \(other)")
      stage.reset(between: from, and: to)
      return !from.isEmpty && !to.isEmpty
    case .halfOpen(let way):
      let from = ends(of: way.from, stage), to = ends(of: way.to, stage)
      let (one, other) = words(of: way, from, to, stage)
      stage.tell("connections forgotten at \(one), half open at \(other)")
      stage.halfOpen(at: from, towards: to)
      return !from.isEmpty && !to.isEmpty
    case .heal:
      stage.tell("the network heals")
      stage.world.healNetwork()
      stage.hit()
      return true
    }
  }

  private func begin(along way: Way, _ stage: any Stage, _ word: String, _ details: String? = nil, _ fault: ([NodeIndex], [NodeIndex]) -> NetworkFault) -> Bool {
    let from = ends(of: way.from, stage), to = ends(of: way.to, stage)
    let ways = words(along: way, from, to, stage)
    return begin(
      fault(from, to), stage, isPossible: !from.isEmpty && !to.isEmpty, "\(word): \(ways)\(details.map { " (\($0))" } ?? "")", end: "no longer \(word): \(ways)")
  }

  private func begin(_ fault: NetworkFault, _ stage: any Stage, isPossible: Bool, _ words: String, end: String) -> Bool {
    guard isPossible else { return false }
    stage.tell(words)
    stage.apply(fault, end: end)
    return true
  }

  // MARK: Sides

  private var sides: [NetworkSide] {
    switch self {
    case .isolate(let nodes): [.nodes(nodes)]
    case .partition(let sides): sides
    case .cut(let way), .clog(let way), .slow(let way, _), .reset(let way), .halfOpen(let way): [way.from, way.to]
    case .heal: []
    }
  }

  private func ends(of side: NetworkSide, _ stage: any Stage) -> [NodeIndex] {
    switch side {
    case .nodes(let selectors): return stage.nodes(selectors)
    case .others:
      let named = stage.nodes(sides.flatMap(\.selectors))
      return stage.world.nodes.filter { !named.contains($0) }
    }
  }

  private func words(of side: NetworkSide, _ nodes: [NodeIndex], _ stage: any Stage) -> String {
    switch side {
    case .nodes: stage.names(nodes)
    case .others: "all others"
    }
  }

  /// The directions, for the story. A node has no link to itself.
  private func words(along way: Way, _ from: [NodeIndex], _ to: [NodeIndex], _ stage: any Stage) -> String {
    guard from.count > 1, to.count > 1, from.contains(where: to.contains) else {
      let (one, other) = words(of: way, from, to, stage)
      return "\(one) -> \(other)"
    }
    if Set(from) == Set(to) { return "each way between \(stage.names(from))" }
    return from.map { node in "\(stage.names([node])) -> \(stage.names(to.filter { $0 != node }))" }.joined(separator: "; ")
  }

  /// Both sides for the story, leaving a node out on the side where it would face only itself.
  private func words(of way: Way, _ from: [NodeIndex], _ to: [NodeIndex], _ stage: any Stage) -> (String, String) {
    func without(_ nodes: [NodeIndex], _ others: [NodeIndex]) -> [NodeIndex] {
      guard others.count == 1, nodes.count > 1 else { return nodes }
      return nodes.filter { $0 != others[0] }
    }
    return (words(of: way.from, without(from, to), stage), words(of: way.to, without(to, from), stage))
  }

  // MARK: Outside of the simulation

  var real: RealAction? {
    switch self {
    case .isolate(let nodes):
      // They do not reach each other either.
      return .strike(RealStrike(Word.isolate.rawValue, sites: [RealStrike.Site(nodes: .nodes(nodes), peers: [.others, .nodes(nodes)])], remedy: .back))
    case .partition(let sides):
      let sites = sides.indices.map { index in RealStrike.Site(nodes: sides[index], peers: sides.indices.filter { $0 != index }.map { sides[$0] }) }
      return .strike(RealStrike(Word.partition.rawValue, sites: sites, remedy: .back))
    case .cut(let way): return strike(.cut, along: way, remedy: .back)
    case .clog(let way): return strike(.clog, along: way, remedy: .back)
    case .reset(let way): return strike(.reset, along: way, remedy: nil)
    case .halfOpen(let way): return strike(.halfOpen, along: way, remedy: nil)
    case .slow(let way, let slowness):
      let arguments = [
        RealStrike.Argument("latency", slowness.latency.milliseconds), RealStrike.Argument("jitter", slowness.jitterMean.milliseconds),
        RealStrike.Argument("bandwidth", slowness.bandwidth.map(String.init) ?? "0"),
      ]
      return strike(.slow, along: way, arguments, remedy: .back)
    case .heal: return .heal
    }
  }

  private func strike(_ word: Word, along way: Way, _ arguments: [RealStrike.Argument] = [], remedy: RealStrike.Remedy?) -> RealAction {
    .strike(RealStrike(word.rawValue, sites: [RealStrike.Site(nodes: way.from, peers: [way.to])], arguments, remedy: remedy))
  }

  // MARK: End

  func takeBack(on stage: any Stage) { stage.liftFaults() }

  func ends(_ earlier: NetworkDeed, of entry: String, at struck: [NodeIndex], on stage: any Stage) -> Bool {
    switch (self, earlier) {
    case (.heal, .isolate), (.heal, .partition), (.heal, .cut), (.heal, .slow), (.heal, .clog): true
    case (.heal, .heal), (.heal, .reset), (.heal, .halfOpen): false
    case (.isolate, _), (.partition, _), (.cut, _), (.slow, _), (.reset, _), (.halfOpen, _), (.clog, _): false
    }
  }

  var isRemedy: Bool {
    switch self {
    case .heal: true
    case .isolate, .partition, .cut, .slow, .reset, .halfOpen, .clog: false
    }
  }

  var drawsFromItsKey: Bool { false }

  var lasts: Bool {
    switch self {
    case .isolate, .partition, .cut, .slow, .clog: true
    case .heal, .reset, .halfOpen: false
    }
  }
}

extension NetworkDeed.Way {
  fileprivate init(_ argument: Value, _ map: inout MapReader, _ reader: DeedReader) throws {
    from = try map.required("from") { try NetworkSide($0, reader) }
    to = try map.required("to") { try NetworkSide($0, reader) }
    if from == .others, to == .others { throw argument.error("both sides are others", remedy: "Name the nodes of one side, such as from: 1.") }
  }

  fileprivate var written: Value { .map(["from": from.written, "to": to.written]) }

  fileprivate func mapNodes(_ other: (NodeSelector) -> NodeSelector) -> Self {
    let from = from.mapNodes(other)
    return Self(from: from, to: to.mapNodes(other))
  }
}

extension NetworkDeed.Slowness {
  fileprivate init(_ argument: Value, _ map: inout MapReader) throws {
    let latency = try map.optional("latency") { try $0.duration(upTo: Bounds.slowness) }
    let jitterMean = try map.optional("jitter") { try $0.duration(upTo: Bounds.slowness) }
    bandwidth = try map.optional("bandwidth") { try $0.bandwidth(atLeast: 1_000) }
    try map.settle()
    guard latency != nil || jitterMean != nil || bandwidth != nil else {
      throw argument.error("nothing gets slow", remedy: "Add latency: 50ms or bandwidth: 1MB/s.")
    }
    self.latency = latency ?? .zero
    self.jitterMean = jitterMean ?? .zero
  }

  /// The text for the story.
  fileprivate var words: String {
    [
      latency == .zero ? nil : "latency \(latency.readable)", jitterMean == .zero ? nil : "jitter \(jitterMean.readable)",
      bandwidth.map { "bandwidth \($0.readableBandwidth)" },
    ].compactMap { $0 }.joined(separator: ", ")
  }
}
