import Primitives
import Scenarios
import Sim

/// What is done to the processes of nodes, and to what they run on.
enum ProcessDeed: Deed {
  case kill(NodeSelector)
  case powerLoss([NodeSelector], unsynced: UnsyncedPolicy)
  case replaceDisk(NodeSelector)
  case restart(NodeSelector)
  case pause(NodeSelector)
  case resume(NodeSelector)
  case slowProcessor(NodeSelector, factor: Int64)
  case shutdown(NodeSelector)

  enum Word: String, CaseIterable {
    case kill, crash
    case powerLoss = "power-loss"
    case replaceDisk = "replace-disk"
    case restart, pause, resume
    case slowProcessor = "slow-cpu"
    case shutdown
  }

  init(_ word: Word, _ argument: Value, beside entry: inout MapReader, _ reader: DeedReader) throws {
    switch word {
    case .kill, .crash: self = .kill(try reader.node(argument))
    case .powerLoss:
      guard case .map = argument.content else {
        self = .powerLoss(try reader.nodes(argument), unsynced: .random)
        return
      }
      self = try reader.fields(argument) {
        .powerLoss(try $0.required("nodes", reader.nodes), unsynced: try $0.optional("unsynced") { try $0.word(UnsyncedPolicy.self) } ?? .random)
      }
    case .replaceDisk: self = .replaceDisk(try reader.node(argument))
    case .restart: self = .restart(try reader.node(argument))
    case .pause: self = .pause(try reader.node(argument))
    case .resume: self = .resume(try reader.node(argument))
    case .shutdown: self = .shutdown(try reader.node(argument))
    case .slowProcessor:
      self = try reader.fields(argument) {
        .slowProcessor(try $0.required("node", reader.node), factor: try $0.required("factor") { try $0.integer(in: 2...10_000) })
      }
    }
  }

  var written: [Value.Entry] {
    switch self {
    case .kill(let node): [Value.Entry(Word.kill.rawValue, .node(node))]
    case .powerLoss(let nodes, .random): [Value.Entry(Word.powerLoss.rawValue, .nodes(nodes))]
    case .powerLoss(let nodes, let unsynced):
      [Value.Entry(Word.powerLoss.rawValue, .map(["nodes": .nodes(nodes), "unsynced": .word(unsynced.rawValue)]))]
    case .replaceDisk(let node): [Value.Entry(Word.replaceDisk.rawValue, .node(node))]
    case .restart(let node): [Value.Entry(Word.restart.rawValue, .node(node))]
    case .pause(let node): [Value.Entry(Word.pause.rawValue, .node(node))]
    case .resume(let node): [Value.Entry(Word.resume.rawValue, .node(node))]
    case .slowProcessor(let node, let factor): [Value.Entry(Word.slowProcessor.rawValue, .map(["node": .node(node), "factor": .count(factor)]))]
    case .shutdown(let node): [Value.Entry(Word.shutdown.rawValue, .node(node))]
    }
  }

  func mapNodes(_ other: (NodeSelector) -> NodeSelector) -> ProcessDeed {
    switch self {
    case .kill(let node): .kill(other(node))
    case .powerLoss(let nodes, let unsynced): .powerLoss(nodes.map(other), unsynced: unsynced)
    case .replaceDisk(let node): .replaceDisk(other(node))
    case .restart(let node): .restart(other(node))
    case .pause(let node): .pause(other(node))
    case .resume(let node): .resume(other(node))
    case .slowProcessor(let node, let factor): .slowProcessor(other(node), factor: factor)
    case .shutdown(let node): .shutdown(other(node))
    }
  }

  func carryOut(on stage: any Stage) -> Bool {
    let world = stage.world
    switch self {
    case .kill(let node): return strike(node, "killed", stage, where: world.isRunning) { stage.kill($0) }
    case .restart(let node): return strike(node, "started", stage) { world.restart($0) }
    case .pause(let node): return strike(node, "paused", stage, where: world.isRunning) { world.pause($0) }
    case .resume(let node): return strike(node, "resumed", stage, where: { world.status(of: $0) == .paused }) { world.resume($0) }
    case .shutdown(let node): return strike(node, "asked to shut down", stage, where: world.isRunning) { world.shutdown($0) }
    case .slowProcessor(let node, let factor):
      return strike(node, "slowed down \(factor) times", stage, where: world.isRunning) { world.slowProcessor($0, percent: 100 * factor) }
    case .replaceDisk(let node):
      return strike(node, "given an empty disk", stage) {
        stage.willDestroy($0, isDiskLost: true)
        world.replaceDisk($0)
      }
    case .powerLoss(let selectors, let unsynced): return losePower(stage.nodes(selectors), unsynced, stage)
    }
  }

  var real: RealAction? {
    switch self {
    case .kill(let node): .strike(RealStrike(Word.kill.rawValue, at: [node], remedy: .restart))
    case .powerLoss(let nodes, let unsynced): .strike(RealStrike(Word.powerLoss.rawValue, at: nodes, [.init("unsynced", unsynced.rawValue)], remedy: .restart))
    case .replaceDisk(let node): .strike(RealStrike(Word.replaceDisk.rawValue, at: [node], remedy: .restart))
    case .restart(let node): .strike(RealStrike(Word.restart.rawValue, at: [node], remedy: nil))
    case .pause(let node): .strike(RealStrike(Word.pause.rawValue, at: [node], remedy: .resume))
    case .resume(let node): .strike(RealStrike(Word.resume.rawValue, at: [node], remedy: nil))
    case .slowProcessor(let node, let factor): .strike(RealStrike(Word.slowProcessor.rawValue, at: [node], [.init("factor", factor)], remedy: .back))
    case .shutdown(let node): .strike(RealStrike(Word.shutdown.rawValue, at: [node], remedy: .restart))
    }
  }

  private func strike(
    _ selector: NodeSelector, _ words: String, _ stage: any Stage, where isPossible: (NodeIndex) -> Bool = { _ in true }, _ action: (NodeIndex) -> Void
  ) -> Bool {
    let nodes = stage.nodes(selector).filter(isPossible)
    guard !nodes.isEmpty else {
      stage.tell("\(selector) is not there to be \(words)")
      return false
    }
    begin(nodes, "\(stage.names(nodes)) \(words)", stage)
    for node in nodes { action(node) }
    return true
  }

  /// All at the same instant.
  private func losePower(_ nodes: [NodeIndex], _ unsynced: UnsyncedPolicy, _ stage: any Stage) -> Bool {
    guard !nodes.isEmpty else { return false }
    begin(nodes, "power lost at \(stage.names(nodes))", stage)
    for node in nodes { stage.willDestroy(node, isDiskLost: false) }
    stage.world.powerLoss(nodes, unsynced: unsynced)
    return true
  }

  private func begin(_ nodes: [NodeIndex], _ words: String, _ stage: any Stage) {
    stage.hit()
    stage.tellLasting(words)
    stage.note(struck: nodes)
  }

  func takeBack(on stage: any Stage) {
    switch self {
    case .kill, .shutdown, .replaceDisk, .powerLoss: stage.startAll(stage.struck)
    case .pause: for node in stage.struck { stage.world.resume(node) }
    case .slowProcessor: for node in stage.struck { stage.world.slowProcessor(node, percent: 100) }
    case .restart, .resume: break
    }
  }

  func ends(_ earlier: ProcessDeed, of entry: String, at struck: [NodeIndex], on stage: any Stage) -> Bool {
    let isRemedyOfIt =
      switch (self, earlier) {
      case (.restart, .kill), (.restart, .shutdown), (.restart, .powerLoss), (.restart, .replaceDisk), (.resume, .pause): true
      case (.restart, _), (.resume, _), (.kill, _), (.powerLoss, _), (.replaceDisk, _), (.pause, _), (.slowProcessor, _), (.shutdown, _): false
      }
    return isRemedyOfIt && struck.contains { stage.struck.contains($0) }
  }

  var drawsFromItsKey: Bool { false }

  var isRemedy: Bool {
    switch self {
    case .restart, .resume: true
    case .kill, .powerLoss, .replaceDisk, .pause, .slowProcessor, .shutdown: false
    }
  }
}
