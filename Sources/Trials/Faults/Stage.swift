import Host
import Primitives
import Sim

/// What a deed may use while it acts: the world, nodes by their roles, the story, and the books of its entry.
struct Stage {
  unowned let driver: FaultDriver
  let entry: Int

  var world: World { driver.world }

  // MARK: Nodes

  /// The nodes that a selector means at this moment.
  func nodes(_ selector: NodeSelector) -> [NodeIndex] { driver.nodes(selector) }

  func nodes(_ selectors: [NodeSelector]) -> [NodeIndex] { selectors.flatMap(driver.nodes) }

  func names(_ nodes: [NodeIndex]) -> String { nodes.map { world.name(of: $0) }.joined(separator: ", ") }

  func kill(_ node: NodeIndex) {
    driver.willKill(node)
    world.kill(node)
  }

  func startAll(_ nodes: [NodeIndex]) { for node in nodes where !world.isRunning(node) { world.start(node) } }

  /// To be called before a node loses what it did not sync, or its whole disk.
  func willDestroy(_ node: NodeIndex, isDiskLost: Bool) {
    driver.willDestroy(node, isDiskLost)
    if driver.nodes.brokers.contains(node) { driver.tainted.insert(world.id(of: node)) }
  }

  /// Asks the cluster for something as its operator.
  func operate(_ deed: OperatorDeed, onDone: @escaping () -> Void) { driver.operate(deed, onDone) }

  // MARK: Story and books

  /// Tells what is done.
  func tell(_ words: String) { driver.tell(words) }

  /// Tells what is done and lasts: that it is over will be told in the same words.
  func tellLasting(_ words: String) {
    driver.tell(words)
    driver.note(words, of: entry)
  }

  /// Counts a hit of what no fault of the world counts.
  func hit() { driver.countHit(of: entry) }

  func note(struck nodes: [NodeIndex]) { driver.note(nodes, struckBy: entry) }

  /// The nodes that the entry struck.
  var struck: [NodeIndex] { driver.entries[entry].struck }

  // MARK: Faults of the world

  func apply(_ fault: NetworkFault) { driver.note(world.apply(fault, name: key), of: entry) }

  func apply(_ rule: MessageRule) { driver.note(world.apply(rule, name: key), of: entry) }

  func apply(_ fault: DiskFault, on nodes: [NodeIndex]) { driver.note(world.apply(fault, on: nodes, name: key), of: entry) }

  func reset(between ones: [NodeIndex], and others: [NodeIndex]) { driver.note(world.reset(between: ones, and: others, name: key), of: entry) }

  func halfOpen(at forgetful: [NodeIndex], towards others: [NodeIndex]) {
    driver.note(world.halfOpen(at: forgetful, towards: others, name: key), of: entry)
  }

  /// Lifts what the entry applied.
  func liftFaults() { for fault in driver.entries[entry].applied { world.lift(fault) } }

  /// Ends the rules on messages of entries with these names, or of all. Returns how many messages they held.
  func release(_ names: [String]?) -> Int { driver.release(names) }

  /// Names the random streams of what the entry applies.
  private var key: String { driver.key(of: entry) }
}
