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

  /// Tells what is done and lasts: that it is over will be told in the same words.
  func tellLasting(_ words: String)

  /// Counts a hit of what no fault of the world counts.
  func hit()

  func note(struck nodes: [NodeIndex])

  /// The nodes that the entry struck.
  var struck: [NodeIndex] { get }

  // MARK: Faults of the world

  func apply(_ fault: NetworkFault)

  func apply(_ rule: MessageRule)

  func apply(_ fault: DiskFault, on nodes: [NodeIndex])

  func reset(between ones: [NodeIndex], and others: [NodeIndex])

  func halfOpen(at forgetful: [NodeIndex], towards others: [NodeIndex])

  /// Lifts what the entry applied.
  func liftFaults()

  /// Ends the rules on messages of entries with these names, or of all. Returns how many messages they held.
  func release(_ names: [String]?) -> Int
}

extension Stage {
  func nodes(_ selectors: [NodeSelector]) -> [NodeIndex] { selectors.flatMap(nodes) }

  func names(_ nodes: [NodeIndex]) -> String { nodes.map { world.name(of: $0) }.joined(separator: ", ") }
}
