import Host
import Primitives
import Sim

/// The stage for the deeds of one entry.
struct EntryStage: Stage {
  unowned let driver: FaultDriver
  let entry: Int

  var world: World { driver.world }

  // MARK: Nodes

  func nodes(_ selector: NodeSelector) -> [NodeIndex] { driver.nodes(selector) }

  func kill(_ node: NodeIndex) {
    driver.willKill(node)
    world.kill(node)
  }

  func startAll(_ nodes: [NodeIndex]) { for node in nodes where !world.isRunning(node) { world.start(node) } }

  func willDestroy(_ node: NodeIndex, isDiskLost: Bool) {
    driver.willDestroy(node, isDiskLost)
    if driver.nodes.brokers.contains(node) { driver.tainted.insert(world.id(of: node)) }
  }

  func operate(_ request: OperatorRequest, onDone: @escaping () -> Void) { driver.operate(request, onDone) }

  // MARK: Story and counts

  func tell(_ words: String) { driver.tell(words, of: entry) }

  func hit() { driver.countHit(of: entry) }

  func addStruck(_ nodes: [NodeIndex]) { driver.addStruck(nodes, by: entry) }

  var struck: [NodeIndex] { driver.entries[entry].struck }

  // MARK: Faults of the world

  func apply(_ fault: NetworkFault, end: String) { driver.addFault(world.apply(fault, name: key), of: entry, end: end) }

  func apply(_ rule: MessageRule, end: String) {
    var rule = rule
    rule.onAct = driver.entries[entry].onMessage
    driver.addFault(world.apply(rule, name: key), of: entry, end: end)
  }

  func apply(_ fault: DiskFault, on nodes: [NodeIndex], end: String) { driver.addFault(world.apply(fault, on: nodes, name: key), of: entry, end: end) }

  func reset(between ones: [NodeIndex], and others: [NodeIndex]) { driver.addFault(world.reset(between: ones, and: others, name: key), of: entry) }

  func halfOpen(at forgetful: [NodeIndex], towards others: [NodeIndex]) {
    driver.addFault(world.halfOpen(at: forgetful, towards: others, name: key), of: entry)
  }

  func liftFaults() {
    let applied = driver.entries[entry].applied
    var told: [String] = []
    for (fault, end) in zip(applied.map(\.fault), applied.map(\.end)) where world.faults[fault].lifted == nil {
      let held = world.messagesHeld(by: fault)
      let words = (end ?? "") + (held == 0 ? "" : ", and lets \(held) held message\(held == 1 ? "" : "s") go")
      if !words.isEmpty, !told.contains(words) { tell(words) }
      told.append(words)
      world.lift(fault)
    }
  }

  func release(_ names: [String]?) -> Int { driver.release(names) }

  /// The key of the random streams of what the entry applies.
  private var key: String { driver.key(of: entry) }
}
