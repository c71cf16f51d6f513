import Host
import Primitives
import Sim

/// What a deed may use while it acts: the world, nodes by their roles, the story, and the books of its entry.
protocol Stage {
  var world: World { get }

  // MARK: Nodes

  /// The nodes that a selector means at this moment.
  func nodes(_ selector: NodeSelector) -> [NodeIndex]

  func kill(_ node: NodeIndex)

  func startAll(_ nodes: [NodeIndex])

  /// To be called before a node loses what it did not sync, or its whole disk.
  func willDestroy(_ node: NodeIndex, isDiskLost: Bool)

  /// Asks the cluster for something as its operator.
  func operate(_ request: OperatorRequest, onDone: @escaping () -> Void)

  // MARK: Story and books

  /// Tells what is done.
  func tell(_ words: String)

  /// Counts a hit of what no fault of the world counts.
  func hit()

  func note(struck nodes: [NodeIndex])

  /// The nodes that the entry struck.
  var struck: [NodeIndex] { get }

  // MARK: Faults of the world

  /// - Parameter end: what will be told where it is taken back while it lasts, here and below.
  func apply(_ fault: NetworkFault, end: String)

  func apply(_ rule: MessageRule, end: String)

  func apply(_ fault: DiskFault, on nodes: [NodeIndex], end: String)

  func reset(between ones: [NodeIndex], and others: [NodeIndex])

  func halfOpen(at forgetful: [NodeIndex], towards others: [NodeIndex])

  /// Lifts what the entry applied and lasts, and tells so.
  func liftFaults()

  /// Ends the rules on messages of entries with these names, or of all. Returns how many messages they held.
  func release(_ names: [String]?) -> Int
}

extension Stage {
  /// Each node once.
  func nodes(_ selectors: [NodeSelector]) -> [NodeIndex] {
    var found: [NodeIndex] = []
    for node in selectors.flatMap(nodes) where !found.contains(node) { found.append(node) }
    return found
  }

  func names(_ nodes: [NodeIndex]) -> String { nodes.map { world.name(of: $0) }.joined(separator: ", ") }
}
