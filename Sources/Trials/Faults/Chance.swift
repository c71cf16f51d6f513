import Primitives
import Scenarios
import Sim

/// Faults and requests of the operator that are drawn at random within a window.
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

  /// What may be drawn.
  enum Choice: Equatable {
    case fault(Word)
    /// A message on its way is held, and one of its two ends may be struck meanwhile.
    case hold
    case request(DrawnRequest.Word)

    static let all = Word.allCases.map(Choice.fault) + [.hold] + DrawnRequest.Word.allCases.map(Choice.request)

    var word: String {
      switch self {
      case .fault(let word): word.rawValue
      case .hold: MessageDeed.Word.hold.rawValue
      case .request(let word): word.rawValue
      }
    }

    /// Whether clients may be targets.
    var strikesClients: Bool {
      switch self {
      case .fault(let word): word.strikesClients
      case .hold: true
      case .request: false
      }
    }

    var isRequest: Bool { if case .request = self { true } else { false } }

    var strikesNodes: Bool { if case .fault = self { true } else { false } }
  }

  struct Weighted: Equatable {
    var choice: Choice
    var weight: Int64

    init(_ word: Word, _ weight: Int64) { self.init(.fault(word), weight) }
    init(_ word: DrawnRequest.Word, _ weight: Int64) { self.init(.request(word), weight) }

    init(_ choice: Choice, _ weight: Int64) {
      self.choice = choice
      self.weight = weight
    }
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
    "calm": ([Weighted(.reset, 3), Weighted(.slow, 3), Weighted(.pause, 1)], .seconds(4)),
    "rough": ([Weighted(.kill, 3), Weighted(.isolate, 3), Weighted(.pause, 2), Weighted(.reset, 2), Weighted(.slow, 2), Weighted(.shutdown, 1)], .seconds(3)),
    "harsh": (Word.allCases.map { Weighted($0, $0 == .powerLoss ? 2 : 1) }, .milliseconds(1_500)),
    "operator": (
      [Weighted(.reassign, 3), Weighted(.electLeader, 3), Weighted(.deleteRecords, 2), Weighted(.createPartitions, 1), Weighted(.alterConfig, 1)], .seconds(3)
    ),
  ]

  /// A profile by name, or a list of words with weights.
  init(_ value: Value, _ reader: DeedReader) throws {
    var map = try MapReader(value)
    let (words, interval) = try map.required("profile") { profile -> ([Weighted], Duration) in
      if let name = profile.scalar {
        guard let known = Self.profiles[name] else {
          throw profile.error("there is no profile '\(name.quotable)'", remedy: "Write calm, rough, harsh, operator, or words with weights such as { kill: 2, isolate: 1 }.")
        }
        return known
      }
      let words = try profile.settings().map { setting -> Weighted in
        guard let choice = Choice.all.first(where: { $0.word == setting.name }) else {
          let words = Choice.all.map(\.word)
          throw setting.valueOf.error(
            "unknown word '\(setting.name.quotable)'", remedy: suggestion(for: setting.name, among: words, or: "One of \(words.joined(separator: ", "))."))
        }
        return Weighted(choice, try setting.valueOf.integer(in: 0...1_000))
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
    let idle = words.allSatisfy(\.choice.isRequest) ? ["keep", "on"] : words.contains(where: \.choice.strikesNodes) ? [] : ["keep"]
    if !idle.isEmpty {
      for key in idle where map.has(key) {
        let written = map.value
        try map.check {
          throw written.error("'\(key)' is about faults of nodes, and this draws none", remedy: "Leave it out: what is drawn here strikes no node, and destroys nothing.")
        }
      }
    } else if !targets.isEmpty, targets.allSatisfy(\.isOfClients), !words.contains(where: \.choice.strikesClients) {
      let written = map.value, names = words.map(\.choice.word).joined(separator: " and ")
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

  func draw(_ random: inout RandomStream) -> Choice { Self.draw(words, &random) }

  /// Draws a fault of a node; nil if there is none to draw from.
  func drawWord(_ random: inout RandomStream) -> Word? {
    let faults = words.filter(\.choice.strikesNodes)
    guard !faults.isEmpty, case .fault(let word) = Self.draw(faults, &random) else { return nil }
    return word
  }

  private static func draw(_ words: [Weighted], _ random: inout RandomStream) -> Choice {
    var ticket = random.below(words.reduce(0) { $0 + $1.weight })
    return words.first { choice in
      ticket -= choice.weight
      return ticket < 0
    }!.choice
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
