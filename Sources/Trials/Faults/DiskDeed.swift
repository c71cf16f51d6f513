import Primitives
import Scenarios
import Sim

/// A fault on the disks of nodes.
struct DiskDeed: Deed {
  enum Word: String, CaseIterable { case disk }

  enum Kind: String, CaseIterable {
    case full, slow, stalled, eio, rot, misdirect
    case eioOnSync = "eio-on-sync"
    case phantomWrite = "phantom-write"
  }

  var kind: Kind
  var nodes: [NodeSelector]
  /// A pattern with `*` for any characters.
  var files = "*"
  /// For `slow`: how much longer every sync takes.
  var slowness = Duration.milliseconds(100)
  /// For `rot`: the number of bits to flip.
  var bits = 1
  /// The number of calls it affects; nil means all. Rot is over immediately.
  var times: Int?

  init(_ kind: Kind, nodes: [NodeSelector]) {
    self.kind = kind
    self.nodes = nodes
  }

  static func slow(_ node: NodeSelector, by slowness: Duration) -> DiskDeed {
    var deed = DiskDeed(.slow, nodes: [node])
    deed.slowness = slowness
    return deed
  }

  /// `disk: rot` with `node` and the other keys beside it, or `disk: { fault: rot, node: 1 }`.
  init(_ word: Word, _ argument: Value, beside entry: inout MapReader, _ reader: DeedReader) throws {
    if argument.scalar != nil {
      let nodes = try entry.needed("node", reader.nodes)
      let amounts = try Amounts(&entry)
      let kind = try argument.word(Kind.self)
      try entry.settle()
      self.init(kind, nodes: nodes!)
      try take(amounts)
    } else {
      self = try reader.fields(argument) {
        var deed = Self(try $0.required("fault") { try $0.word(Kind.self) }, nodes: try $0.required("node", reader.nodes))
        var amounts = try Amounts(&$0)
        // Beside the word of an entry, `times` says how often the entry repeats.
        amounts.calls = try $0.optional("times") { ($0, Int(try $0.integer(in: 1...1_000_000))) }
        try $0.settle()
        try deed.take(amounts)
        return deed
      }
    }
  }

  /// The optional keys of a fault, with their places.
  private struct Amounts {
    var files: String?
    var slowness: (Value, Duration)?
    var bits: (Value, Int)?
    var calls: (Value, Int)?

    init(_ map: inout MapReader) throws {
      files = try map.optional("files") { try $0.string() }
      slowness = try map.optional("by") { value in
        let slowness = try value.duration(upTo: Bounds.slowness)
        guard slowness > .zero else { throw value.error("nothing gets slow", remedy: "Write by: 350ms.") }
        return (value, slowness)
      }
      bits = try map.optional("bits") { ($0, Int(try $0.integer(in: 1...Bounds.rottenBits))) }
    }
  }

  private mutating func take(_ amounts: Amounts) throws {
    if let files = amounts.files { self.files = files }
    if let (value, slowness) = amounts.slowness {
      guard kind == .slow else { throw value.error("'by' belongs to slow", remedy: "Leave it out, or write slow instead of \(kind.rawValue).") }
      self.slowness = slowness
    }
    if let (value, bits) = amounts.bits {
      guard kind == .rot else { throw value.error("'bits' belongs to rot", remedy: "Leave it out, or write rot instead of \(kind.rawValue).") }
      self.bits = bits
    }
    if let (value, times) = amounts.calls {
      guard kind != .rot else { throw value.error("rot happens once", remedy: "Leave times out, or write bits: \(value.scalar ?? "8") for more of it.") }
      self.times = times
    }
  }

  var written: [Value.Entry] {
    let files = files == "*" ? nil : Value.word(files)
    let by = kind == .slow ? Value.time(slowness) : nil, bits = bits == 1 ? nil : Value.count(bits)
    guard let times else {
      return [Value.Entry(Word.disk.rawValue, .word(kind.rawValue)), Value.Entry("node", .nodes(nodes))]
        + [("files", files), ("by", by), ("bits", bits)].compactMap { key, value in value.map { Value.Entry(key, $0) } }
    }
    return [
      Value.Entry(
        Word.disk.rawValue,
        .map(["fault": .word(kind.rawValue), "node": .nodes(nodes), "files": files, "by": by, "bits": bits, "times": .count(times)]))
    ]
  }

  func mapNodes(_ other: (NodeSelector) -> NodeSelector) -> DiskDeed {
    var deed = self
    deed.nodes = nodes.map(other)
    return deed
  }

  func carryOut(on stage: any Stage) -> Bool {
    let nodes = stage.nodes(nodes)
    guard !nodes.isEmpty else { return false }
    let disk = "disk of \(stage.names(nodes))", details = kind == .slow ? ", syncs take \(slowness.readable) longer" : ""
    stage.tell("\(disk): \(kind.rawValue) in \(files)\(details)")
    stage.apply(DiskFault(fault, files: files, times: times), on: nodes, end: "\(disk): \(wordsOfEnd) in \(files)")
    return true
  }

  var real: RealAction? {
    let arguments = [
      RealStrike.Argument("fault", kind.rawValue), RealStrike.Argument("files", files), RealStrike.Argument("by", slowness.milliseconds), RealStrike.Argument("bits", bits),
      RealStrike.Argument("times", times ?? 0),
    ]
    return .strike(RealStrike(Word.disk.rawValue, at: nodes, arguments, remedy: drawsFromItsKey ? nil : .back))
  }

  private var fault: DiskFault.Kind {
    switch kind {
    case .full: .full
    case .slow: .slow(slowness)
    case .stalled: .stalled
    case .eio: .inputOutputError
    case .eioOnSync: .inputOutputErrorOnSync
    case .rot: .rot(bits: bits)
    case .misdirect: .misdirectedWrite
    case .phantomWrite: .phantomWrite
    }
  }

  private var wordsOfEnd: String {
    switch kind {
    case .full, .slow, .stalled: "no longer \(kind.rawValue)"
    case .eio, .eioOnSync, .rot, .misdirect, .phantomWrite: "no more \(kind.rawValue)"
    }
  }

  func takeBack(on stage: any Stage) { stage.liftFaults() }

  func ends(_ earlier: DiskDeed, of entry: String, at struck: [NodeIndex], on stage: any Stage) -> Bool { false }

  var isRemedy: Bool { false }

  var drawsFromItsKey: Bool {
    switch kind {
    // Which file, and where in it, is random.
    case .rot, .misdirect: true
    case .full, .slow, .stalled, .eio, .eioOnSync, .phantomWrite: false
    }
  }

  var lasts: Bool { kind != .rot }
}
