import Primitives
import Scenarios
import Sim

/// A fault on the processes of nodes, or on what they run on.
enum ProcessDeed: Deed {
  case kill([NodeSelector])
  case powerLoss([NodeSelector], unsynced: UnsyncedPolicy)
  case replaceDisk([NodeSelector])
  case restart([NodeSelector])
  case pause([NodeSelector])
  case resume([NodeSelector])
  case slowProcessor([NodeSelector], factor: Int64)
  case shutdown([NodeSelector])

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
    case .kill, .crash: self = .kill(try reader.nodes(argument))
    case .powerLoss:
      guard case .map = argument.content else {
        self = .powerLoss(try reader.nodes(argument), unsynced: .random)
        return
      }
      self = try reader.fields(argument) {
        .powerLoss(try $0.required("nodes", reader.nodes), unsynced: try $0.optional("unsynced") { try $0.word(UnsyncedPolicy.self) } ?? .random)
      }
    case .replaceDisk: self = .replaceDisk(try reader.nodes(argument))
    case .restart: self = .restart(try reader.nodes(argument))
    case .pause: self = .pause(try reader.nodes(argument))
    case .resume: self = .resume(try reader.nodes(argument))
    case .shutdown: self = .shutdown(try reader.nodes(argument))
    case .slowProcessor:
      self = try reader.fields(argument) {
        .slowProcessor(try $0.required("node", reader.nodes), factor: try $0.required("factor") { try $0.integer(in: 2...10_000) })
      }
    }
  }

  var written: [Value.Entry] {
    switch self {
    case .kill(let nodes): [Value.Entry(Word.kill.rawValue, .nodes(nodes))]
    case .powerLoss(let nodes, .random): [Value.Entry(Word.powerLoss.rawValue, .nodes(nodes))]
    case .powerLoss(let nodes, let unsynced):
      [Value.Entry(Word.powerLoss.rawValue, .map(["nodes": .nodes(nodes), "unsynced": .word(unsynced.rawValue)]))]
    case .replaceDisk(let nodes): [Value.Entry(Word.replaceDisk.rawValue, .nodes(nodes))]
    case .restart(let nodes): [Value.Entry(Word.restart.rawValue, .nodes(nodes))]
    case .pause(let nodes): [Value.Entry(Word.pause.rawValue, .nodes(nodes))]
    case .resume(let nodes): [Value.Entry(Word.resume.rawValue, .nodes(nodes))]
    case .slowProcessor(let nodes, let factor): [Value.Entry(Word.slowProcessor.rawValue, .map(["node": .nodes(nodes), "factor": .count(factor)]))]
    case .shutdown(let nodes): [Value.Entry(Word.shutdown.rawValue, .nodes(nodes))]
    }
  }

  func mapNodes(_ other: (NodeSelector) -> NodeSelector) -> ProcessDeed {
    switch self {
    case .kill(let nodes): .kill(nodes.map(other))
    case .powerLoss(let nodes, let unsynced): .powerLoss(nodes.map(other), unsynced: unsynced)
    case .replaceDisk(let nodes): .replaceDisk(nodes.map(other))
    case .restart(let nodes): .restart(nodes.map(other))
    case .pause(let nodes): .pause(nodes.map(other))
    case .resume(let nodes): .resume(nodes.map(other))
    case .slowProcessor(let nodes, let factor): .slowProcessor(nodes.map(other), factor: factor)
    case .shutdown(let nodes): .shutdown(nodes.map(other))
    }
  }

  func carryOut(on stage: any Stage) -> Bool {
    let world = stage.world
    switch self {
    case .kill(let nodes): return strike(nodes, "killed", stage, where: world.isRunning) { stage.kill($0) }
    case .restart(let nodes): return strike(nodes, "started", stage) { world.restart($0) }
    case .pause(let nodes): return strike(nodes, "paused", stage, where: world.isRunning) { world.pause($0) }
    case .resume(let nodes): return strike(nodes, "resumed", stage, where: { world.status(of: $0) == .paused }) { world.resume($0) }
    case .shutdown(let nodes): return strike(nodes, "asked to shut down", stage, where: world.isRunning) { world.shutdown($0) }
    case .slowProcessor(let nodes, let factor):
      return strike(nodes, "slowed down \(factor) times", stage, where: world.isRunning) { world.slowProcessor($0, percent: 100 * factor) }
    case .replaceDisk(let nodes):
      return strike(nodes, "given an empty disk", stage) {
        stage.willDestroy($0, isDiskLost: true)
        world.replaceDisk($0)
      }
    case .powerLoss(let selectors, let unsynced): return losePower(stage.nodes(selectors), unsynced, stage)
    }
  }

  var real: RealAction? {
    switch self {
    case .kill(let nodes): .strike(RealStrike(Word.kill.rawValue, at: nodes, remedy: .restart))
    case .powerLoss(let nodes, let unsynced): .strike(RealStrike(Word.powerLoss.rawValue, at: nodes, [.init("unsynced", unsynced.rawValue)], remedy: .restart))
    case .replaceDisk(let nodes): .strike(RealStrike(Word.replaceDisk.rawValue, at: nodes, remedy: .restart))
    case .restart(let nodes): .strike(RealStrike(Word.restart.rawValue, at: nodes, remedy: nil))
    case .pause(let nodes): .strike(RealStrike(Word.pause.rawValue, at: nodes, remedy: .resume))
    case .resume(let nodes): .strike(RealStrike(Word.resume.rawValue, at: nodes, remedy: nil))
    case .slowProcessor(let nodes, let factor): .strike(RealStrike(Word.slowProcessor.rawValue, at: nodes, [.init("factor", factor)], remedy: .back))
    case .shutdown(let nodes): .strike(RealStrike(Word.shutdown.rawValue, at: nodes, remedy: .restart))
    }
  }

  private func strike(
    _ selectors: [NodeSelector], _ words: String, _ stage: any Stage, where isPossible: (NodeIndex) -> Bool = { _ in true }, _ action: (NodeIndex) -> Void
  ) -> Bool {
    for selector in selectors {
      let nodes = stage.nodes(selector)
      if !nodes.contains(where: isPossible) { stage.tell("\(selector) is not there to be \(words)\(reason(selector, nodes, stage))") }
    }
    let nodes = stage.nodes(selectors).filter(isPossible)
    guard !nodes.isEmpty else { return false }
    begin(nodes, "\(stage.names(nodes)) \(words)", stage)
    for node in nodes { action(node) }
    return true
  }

  /// Why the word has no effect: which nodes the selector denotes and, for `resume`, which nodes are paused.
  private func reason(_ selector: NodeSelector, _ nodes: [NodeIndex], _ stage: any Stage) -> String {
    let names = stage.names(nodes), who = names.isEmpty || names == selector.description ? "" : ": it is \(names)"
    guard case .resume = self else { return who }
    let paused = stage.world.nodes.filter { stage.world.status(of: $0) == .paused }
    let rest = paused.isEmpty ? "nothing is paused" : "paused: \(stage.names(paused))"
    return "\(who)\(who.isEmpty ? ":" : ";") \(rest)"
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
    stage.tell(words)
    stage.addStruck(nodes)
  }

  func takeBack(on stage: any Stage) {
    let world = stage.world
    switch self {
    // Their starts are reported as every start is.
    case .kill, .shutdown, .replaceDisk, .powerLoss: stage.startAll(stage.struck)
    case .pause:
      let paused = stage.struck.filter { world.status(of: $0) == .paused }
      if !paused.isEmpty { stage.tell("\(stage.names(paused)) resumed") }
      for node in stage.struck { world.resume(node) }
    case .slowProcessor:
      if !stage.struck.isEmpty { stage.tell("\(stage.names(stage.struck)) no longer slowed down") }
      for node in stage.struck { world.slowProcessor(node, percent: 100) }
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

  var lasts: Bool { !isRemedy }

  var isRemedy: Bool {
    switch self {
    case .restart, .resume: true
    case .kill, .powerLoss, .replaceDisk, .pause, .slowProcessor, .shutdown: false
    }
  }
}
