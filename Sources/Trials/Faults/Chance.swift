import Primitives
import Scenarios
import Sim

/// Faults drawn at random within a window.
struct Chance: Equatable {
  enum Keep: String, CaseIterable {
    /// At any time, one replica of each partition has everything acknowledged, and will come back.
    case oneLegalCopy = "one-legal-copy"
    /// At most one node is faulty at a time: of three replicas of a partition, or three voters, a majority is always untouched.
    case majority
    case nothing
  }

  enum Word: String, CaseIterable {
    case kill, pause, isolate, partition, cut, slow, reset, clog, shutdown
    case powerLoss = "power-loss"
    case slowDisk = "slow-disk"
    case clockJump = "clock-jump"

    /// Whether clients may be targets: they keep nothing on disk.
    var strikesClients: Bool {
      switch self {
      case .powerLoss, .slowDisk: false
      case .kill, .pause, .isolate, .partition, .cut, .slow, .reset, .clog, .shutdown, .clockJump: true
      }
    }
  }

  struct Weighted: Equatable {
    var word: Word
    var weight: Int64
  }

  /// The word of entries that draw faults.
  static let word = "random"

  /// The words that may be drawn, with their weights.
  var words: [Weighted]
  /// The mean time between two faults.
  var meanInterval: Duration
  var keep: Keep
  /// The targets: one of these is drawn first, then one of the nodes that it denotes at that moment. Empty means every broker and controller with equal probability.
  var targets: [NodeSelector]

  private static let profiles: [String: (words: [Weighted], meanInterval: Duration)] = [
    "calm": ([Weighted(word: .reset, weight: 3), Weighted(word: .slow, weight: 3), Weighted(word: .pause, weight: 1)], .seconds(4)),
    "rough": (
      [
        Weighted(word: .kill, weight: 3), Weighted(word: .isolate, weight: 3), Weighted(word: .pause, weight: 2), Weighted(word: .reset, weight: 2),
        Weighted(word: .slow, weight: 2), Weighted(word: .shutdown, weight: 1),
      ], .seconds(3)
    ),
    "harsh": (
      Word.allCases.map { Weighted(word: $0, weight: $0 == .powerLoss ? 2 : 1) }, .milliseconds(1_500)
    ),
  ]

  /// A profile by name, or a list of words with weights.
  init(_ value: Value, _ reader: DeedReader) throws {
    var map = try MapReader(value)
    let (words, interval) = try map.required("profile") { profile -> ([Weighted], Duration) in
      if let name = profile.scalar {
        guard let known = Self.profiles[name] else {
          throw profile.error("there is no profile '\(name.quotable)'", remedy: "Write calm, rough, harsh, or words with weights such as { kill: 2, isolate: 1 }.")
        }
        return known
      }
      let words = try profile.settings().map { setting -> Weighted in
        var name = setting.valueOf
        name.content = .scalar(setting.name)
        return Weighted(word: try name.word(Word.self), weight: try setting.valueOf.integer(in: 0...1_000))
      }
      // What is turned off by a weight of 0 is not there.
      let drawn = words.filter { $0.weight > 0 }
      guard !drawn.isEmpty else { throw profile.error("no word to draw from", remedy: "Write words with weights such as { kill: 2, isolate: 1 }.") }
      return (drawn, .seconds(3))
    }
    self.words = words
    meanInterval =
      try map.optional("every") { value in
        let every = try value.duration()
        guard every >= .milliseconds(1) else { throw value.error("\(value.kind) is too short", remedy: "Write at least 1ms.") }
        return every
      } ?? interval
    keep = try map.optional("keep") { try $0.word(Keep.self) } ?? .oneLegalCopy
    targets = try map.optional("on") { try $0.oneOrMore { try Self.target($0, reader) } } ?? []
    if !targets.isEmpty, targets.allSatisfy(\.isOfClients), !words.contains(where: \.word.strikesClients) {
      let written = map.value, names = words.map(\.word.rawValue).joined(separator: " and ")
      try map.check {
        throw written.error("\(names) cannot strike a client", remedy: "Write words such as { kill: 2, pause: 1 }, or on: all for the brokers.")
      }
    }
    try map.finish()
  }

  /// Reads a selector of nodes that random faults may hit.
  private static func target(_ value: Value, _ reader: DeedReader) throws -> NodeSelector {
    let selector = try reader.node(value)
    switch selector {
    case .any, .anyVoter:
      throw value.error("\(selector) is drawn by chance as well", remedy: "Write all for every broker, or controller-1, controller-2 and so on for the voters.")
    case .client(let name) where !reader.names.mayBeStruck(client: name), .instance(let name, _) where !reader.names.mayBeStruck(client: name):
      throw value.error(
        "'\(name)' has no members of a group", remedy: "Random faults only hit clients that are members of consumer groups or transactional: give the entry a group.")
    default: return selector
    }
  }

  // MARK: Drawing

  func drawWord(_ random: inout RandomStream) -> Word {
    var ticket = random.below(words.reduce(0) { $0 + $1.weight })
    return words.first { choice in
      ticket -= choice.weight
      return ticket < 0
    }!.word
  }

  /// Draws the duration of a fault, for faults that last.
  static func drawLength(_ random: inout RandomStream) -> Duration { random.between(.milliseconds(200), .seconds(12)) }

  /// The deed for a word, and how much of the drawn time it lasts; nil if it is over immediately.
  ///
  /// - Parameters:
  ///   - target: the node that it hits.
  ///   - companion: a node in the same network partition as the target; may be the target itself.
  static func deed(
    _ word: Word, at target: NodeSelector, with companion: NodeSelector, lasting: Duration, _ random: inout RandomStream
  ) -> (deed: any Deed, lasting: Duration?) {
    let outwards = NetworkDeed.Way(from: .nodes([target]), to: .others)
    switch word {
    case .kill: return (ProcessDeed.kill([target]), lasting)
    case .pause: return (ProcessDeed.pause([target]), lasting)
    case .powerLoss: return (ProcessDeed.powerLoss([target], unsynced: .random), lasting)
    // Leave time for a clean shutdown.
    case .shutdown: return (ProcessDeed.shutdown([target]), lasting + .seconds(5))
    case .isolate: return (NetworkDeed.isolate([target]), lasting)
    case .partition: return (NetworkDeed.partition([.nodes(companion == target ? [target] : [target, companion]), .others]), lasting)
    case .cut: return (NetworkDeed.cut(outwards), lasting)
    case .clog: return (NetworkDeed.clog(outwards), lasting)
    case .slow:
      let latency = random.between(.milliseconds(5), .milliseconds(500))
      return (NetworkDeed.slow(outwards, NetworkDeed.Slowness(latency: latency, jitterMean: .milliseconds(5))), lasting)
    case .reset: return (NetworkDeed.reset(outwards), nil)
    case .slowDisk: return (DiskDeed.slow(target, by: random.between(.milliseconds(10), .seconds(1))), lasting)
    case .clockJump: return (ClockDeed(.jump, nodes: [target], by: random.between(.seconds(1), .seconds(600))), nil)
    }
  }
}
