import Primitives
import Sim

/// What is done to the network between nodes.
enum NetworkDeed: Deed {
  case isolate(NodeSelector)
  case partition([Side])
  case cut(Way)
  case heal
  case slow(Way, Slowness)
  case reset(Way)
  case clog(Way)

  enum Word: String, CaseIterable { case isolate, partition, cut, heal, slow, reset, clog }

  /// The nodes of one side of a fault.
  enum Side: Equatable {
    case nodes([NodeSelector])
    /// All nodes of the world, clients as well, that stand on no other side.
    case others
  }

  struct Way: Equatable {
    var from: Side
    var to: Side
  }

  /// What is added to each way, and how many bytes a second get through at most.
  struct Slowness: Equatable {
    var latency = Duration.zero
    /// Exponentially distributed, besides the latency.
    var jitterMean = Duration.zero
    var bandwidth: Int64?
  }

  init(_ word: Word, _ argument: Value, beside entry: inout MapReader, _ reader: DeedReader) throws {
    switch word {
    case .isolate: self = .isolate(try reader.node(argument))
    case .partition: self = .partition(try Self.groups(argument, reader))
    case .cut: self = .cut(try reader.fields(argument) { try Self.way(&$0, reader) })
    case .reset: self = .reset(try reader.fields(argument) { try Self.way(&$0, reader) })
    case .clog: self = .clog(try reader.fields(argument) { try Self.way(&$0, reader) })
    case .slow:
      self = try reader.fields(argument) { map in
        let way = try Self.way(&map, reader)
        return .slow(way, try Self.slowness(argument, &map))
      }
    case .heal:
      _ = try reader.nodes(argument)
      self = .heal
    }
  }

  private static func groups(_ argument: Value, _ reader: DeedReader) throws -> [Side] {
    let groups = try argument.list(reader.nodes)
    guard groups.count >= 2 else { throw argument.error("a partition needs two groups or more", remedy: "Write [[1, 2], [3]].") }
    for (index, group) in groups.enumerated() {
      for node in group where groups[..<index].contains(where: { $0.contains { $0.overlaps(node) } }) {
        throw argument.error("\(node) stands in two groups", remedy: "Write each node in one group, such as [[1, 2], [3]].")
      }
    }
    return groups.map(Side.nodes)
  }

  private static func way(_ map: inout MapReader, _ reader: DeedReader) throws -> Way {
    Way(from: .nodes(try map.required("from", reader.nodes)), to: .nodes(try map.required("to", reader.nodes)))
  }

  private static func slowness(_ argument: Value, _ map: inout MapReader) throws -> Slowness {
    let latency = try map.optional("latency") { try $0.duration(upTo: Bounds.slowness) }
    let bandwidth = try map.optional("bandwidth") { try $0.bandwidth(atLeast: 1_000) }
    try map.settle()
    guard latency != nil || bandwidth != nil else { throw argument.error("nothing gets slow", remedy: "Add latency: 50ms or bandwidth: 1MB/s.") }
    return Slowness(latency: latency ?? .zero, bandwidth: bandwidth)
  }

  func carryOut(on stage: Stage) -> Bool {
    switch self {
    case .isolate(let selector):
      let nodes = stage.nodes(selector)
      return begin(.isolate(nodes), stage, isPossible: !nodes.isEmpty, "\(stage.names(nodes)) isolated")
    case .partition(let sides):
      let groups = sides.map { ends(of: $0, stage) }
      let told = zip(sides, groups).map { words(of: $0, $1, stage) }
      return begin(.partition(groups), stage, isPossible: groups.allSatisfy { !$0.isEmpty }, "network partitioned: \(told.joined(separator: " | "))")
    case .cut(let way): return begin(along: way, stage, "cut") { .cut(from: $0, to: $1) }
    case .clog(let way): return begin(along: way, stage, "clogged") { .clog(from: $0, to: $1) }
    case .slow(let way, let slowness):
      return begin(along: way, stage, "slow") {
        .slow(from: $0, to: $1, latency: slowness.latency, jitterMean: slowness.jitterMean, bandwidth: slowness.bandwidth)
      }
    case .reset(let way):
      let from = ends(of: way.from, stage), to = ends(of: way.to, stage)
      stage.tell("connections reset between \(words(of: way.from, from, stage)) and \(words(of: way.to, to, stage))")
      stage.reset(between: from, and: to)
      return !from.isEmpty && !to.isEmpty
    case .heal:
      stage.tell("the network heals")
      stage.world.healNetwork()
      stage.hit()
      return true
    }
  }

  private func begin(along way: Way, _ stage: Stage, _ word: String, _ fault: ([NodeIndex], [NodeIndex]) -> NetworkFault) -> Bool {
    let from = ends(of: way.from, stage), to = ends(of: way.to, stage)
    return begin(
      fault(from, to), stage, isPossible: !from.isEmpty && !to.isEmpty, "\(word): \(words(of: way.from, from, stage)) -> \(words(of: way.to, to, stage))")
  }

  private func begin(_ fault: NetworkFault, _ stage: Stage, isPossible: Bool, _ words: String) -> Bool {
    guard isPossible else { return false }
    stage.tellLasting(words)
    stage.apply(fault)
    return true
  }

  // MARK: Sides

  private var sides: [Side] {
    switch self {
    case .isolate(let node): [.nodes([node])]
    case .partition(let sides): sides
    case .cut(let way), .clog(let way), .slow(let way, _), .reset(let way): [way.from, way.to]
    case .heal: []
    }
  }

  private func ends(of side: Side, _ stage: Stage) -> [NodeIndex] {
    switch side {
    case .nodes(let selectors): return stage.nodes(selectors)
    case .others:
      let named = sides.flatMap { side -> [NodeIndex] in
        if case .nodes(let selectors) = side { stage.nodes(selectors) } else { [] }
      }
      return stage.world.nodes.filter { !named.contains($0) }
    }
  }

  private func words(of side: Side, _ nodes: [NodeIndex], _ stage: Stage) -> String {
    switch side {
    case .nodes: stage.names(nodes)
    case .others: "all others"
    }
  }

  // MARK: Its end

  func takeBack(on stage: Stage) { stage.liftFaults() }

  func ends(_ earlier: NetworkDeed, of entry: FaultDriver.Entry, on stage: Stage) -> Bool {
    switch (self, earlier) {
    case (.heal, .isolate), (.heal, .partition), (.heal, .cut), (.heal, .slow), (.heal, .clog): true
    case (.heal, .heal), (.heal, .reset): false
    case (.isolate, _), (.partition, _), (.cut, _), (.slow, _), (.reset, _), (.clog, _): false
    }
  }

  var isRemedy: Bool {
    switch self {
    case .heal: true
    case .isolate, .partition, .cut, .slow, .reset, .clog: false
    }
  }
}

extension NodeSelector {
  /// Whether both mean a node that is known to be the same, whatever happens.
  fileprivate func overlaps(_ other: NodeSelector) -> Bool {
    switch (self, other) {
    case (.all, .broker), (.broker, .all), (.all, .any), (.any, .all): true
    case (.controller, .activeController), (.activeController, .controller): true
    default: self == other && self != .any
    }
  }
}
