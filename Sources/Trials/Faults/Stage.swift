import Host
import Primitives
import Sim

/// What a deed may use while it acts: the world, nodes by their roles, the story, and the counts of its entry.
protocol Stage {
  var world: World { get }

  // MARK: Nodes

  /// The nodes that a selector denotes now.
  func nodes(_ selector: NodeSelector) -> [NodeIndex]

  func kill(_ node: NodeIndex)

  func startAll(_ nodes: [NodeIndex])

  /// Must be called before a node loses its unsynced data, or its whole disk.
  func willDestroy(_ node: NodeIndex, isDiskLost: Bool)

  /// Sends a request to the cluster as its operator.
  func operate(_ request: OperatorRequest, onDone: @escaping () -> Void)

  // MARK: Story and counts

  /// Reports an action in the story.
  func tell(_ words: String)

  /// Counts a hit that no fault of the world counts.
  func hit()

  func addStruck(_ nodes: [NodeIndex])

  /// The nodes that the entry hit.
  var struck: [NodeIndex] { get }

  // MARK: Faults of the world

  /// - Parameter end: the text for the story if the fault is lifted while it lasts; also below.
  func apply(_ fault: NetworkFault, end: String)

  func apply(_ rule: MessageRule, end: String)

  func apply(_ fault: DiskFault, on nodes: [NodeIndex], end: String)

  func reset(between ones: [NodeIndex], and others: [NodeIndex])

  func halfOpen(at forgetful: [NodeIndex], towards others: [NodeIndex])

  /// Lifts the lasting faults that the entry applied, and reports that.
  func liftFaults()

  /// Ends the message rules of entries with these names, or of all entries. Returns the number of messages they held.
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
