import Primitives
import Sim

/// What is done to the disk of nodes.
struct DiskDeed: Deed {
  enum Word: String, CaseIterable { case disk }

  enum Kind: String, CaseIterable {
    case full, slow, stalled, eio, rot, misdirect
    case eioOnSync = "eio-on-sync"
    case phantomWrite = "phantom-write"
  }

  var kind: Kind
  var node: NodeSelector
  /// A pattern with `*` for any letters.
  var files = "*"
  /// Of `slow`: how much longer every sync takes.
  var slowness = Self.defaultSlowness

  private static let defaultSlowness = Duration.milliseconds(100)

  init(_ kind: Kind, node: NodeSelector, files: String = "*", slowness: Duration = Self.defaultSlowness) {
    self.kind = kind
    self.node = node
    self.files = files
    self.slowness = slowness
  }

  /// `disk: rot` with `node` and `files` beside it, or `disk: { fault: rot, node: 1 }`.
  init(_ word: Word, _ argument: Value, beside entry: inout MapReader, _ reader: DeedReader) throws {
    if argument.scalar != nil {
      let node = try entry.needed("node", reader.node)
      let files = try entry.optional("files") { try $0.string() }
      let kind = try argument.word(Kind.self)
      try entry.settle()
      self.init(kind, node: node!, files: files ?? "*")
    } else {
      self = try reader.fields(argument) {
        Self(
          try $0.required("fault") { try $0.word(Kind.self) }, node: try $0.required("node", reader.node), files: try $0.optional("files") { try $0.string() } ?? "*")
      }
    }
  }

  func carryOut(on stage: Stage) -> Bool {
    let nodes = stage.nodes(node)
    guard !nodes.isEmpty else { return false }
    stage.tellLasting("disk of \(stage.names(nodes)): \(kind.rawValue) in \(files)")
    stage.apply(DiskFault(fault, files: files), on: nodes)
    return true
  }

  private var fault: DiskFault.Kind {
    switch kind {
    case .full: .full
    case .slow: .slow(slowness)
    case .stalled: .stalled
    case .eio: .inputOutputError
    case .eioOnSync: .inputOutputErrorOnSync
    case .rot: .rot(bits: 1)
    case .misdirect: .misdirectedWrite
    case .phantomWrite: .phantomWrite
    }
  }

  func takeBack(on stage: Stage) { stage.liftFaults() }

  func ends(_ earlier: DiskDeed, of entry: FaultDriver.Entry, on stage: Stage) -> Bool { false }

  var isRemedy: Bool { false }
}
