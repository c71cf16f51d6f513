import Primitives
import Scenarios
import Sim

/// A change to the wall clock of nodes. It lasts until the clock is set again.
struct ClockDeed: Deed {
  enum Word: String, CaseIterable { case clock }
  enum Kind: String, CaseIterable { case jump, drift, skew }

  var kind: Kind
  var nodes: [NodeSelector]
  /// The jump or skew, or the gain of the clock per second.
  var by: Duration

  init(_ kind: Kind, nodes: [NodeSelector], by: Duration) {
    self.kind = kind
    self.nodes = nodes
    self.by = by
  }

  init(_ word: Word, _ argument: Value, beside entry: inout MapReader, _ reader: DeedReader) throws {
    self = try reader.fields(argument) { map in
      let kind = try map.required("fault") { try $0.word(Kind.self) }
      return Self(
        kind, nodes: try map.required("node", reader.nodes),
        by: try map.required("by") { value in
          let by = try value.signedDuration(upTo: Bounds.clockJump)
          // A clock that loses a second per second stands still.
          guard kind != .drift || (-1_000_000_000...1_000_000_000).contains(by.nanoseconds) else {
            throw value.error("a clock cannot drift by \(value.kind) a second", remedy: "Write what it gains in each second, from -1s to 1s, such as 50us.")
          }
          return by
        })
    }
  }

  var written: [Value.Entry] { [Value.Entry(Word.clock.rawValue, .map(["fault": .word(kind.rawValue), "node": .nodes(nodes), "by": .time(by)]))] }

  func mapNodes(_ other: (NodeSelector) -> NodeSelector) -> ClockDeed { ClockDeed(kind, nodes: nodes.map(other), by: by) }

  func carryOut(on stage: any Stage) -> Bool {
    let nodes = stage.nodes(nodes)
    if !nodes.isEmpty { stage.hit() }
    stage.tell("clock of \(stage.names(nodes)) \(words)")
    for node in nodes {
      switch kind {
      case .jump: stage.world.jumpClock(node, by: by)
      case .skew: stage.world.setClockSkew(node, by)
      case .drift: stage.world.setClockDrift(node, partsPerMillion: by.nanoseconds / 1_000)
      }
    }
    return !nodes.isEmpty
  }

  private var words: String {
    let isBack = by < .zero, length = (isBack ? .zero - by : by).readable
    return switch kind {
    case .jump: "jumps \(isBack ? "back" : "ahead") by \(length)"
    case .skew: by == .zero ? "shows true time" : "is \(length) \(isBack ? "behind" : "ahead of") true time"
    case .drift: by == .zero ? "no longer drifts" : "\(isBack ? "loses" : "gains") \(length) in each second"
    }
  }

  var real: RealAction? {
    .strike(RealStrike(Word.clock.rawValue, at: nodes, [.init("fault", kind.rawValue), .init("by", by.milliseconds)], remedy: nil))
  }

  func takeBack(on stage: any Stage) {}

  func ends(_ earlier: ClockDeed, of entry: String, at struck: [NodeIndex], on stage: any Stage) -> Bool { false }

  var isRemedy: Bool { false }

  var drawsFromItsKey: Bool { false }

  /// Only setting the clock again undoes it.
  var lasts: Bool { false }
}

extension Value {
  /// Reads a duration that may be negative: `-2h`.
  fileprivate func signedDuration(upTo limit: Duration) throws -> Duration {
    guard let scalar, scalar.hasPrefix("-") else { return try duration(upTo: limit) }
    var positive = self
    positive.content = .scalar(String(scalar.dropFirst()))
    return .zero - (try positive.duration(upTo: limit))
  }
}
