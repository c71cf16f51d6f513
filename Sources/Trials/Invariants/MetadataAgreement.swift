import Broker
import Controller
import Host
import Primitives
import Sim

/// Compares what nodes make of the metadata log, while a trial runs: at one offset all have the same, whether they read the log from its first record or went on from a
/// snapshot. That they are given the same batches does not say so (`QuorumInvariants`).
///
/// Of the offsets that any node reaches first, some are kept; every other node is compared that comes to the same offset.
final class MetadataAgreement {
  // The world notifies this at the end of an event.
  private unowned let world: World
  /// In the order of their offsets.
  private var kept: [(image: MetadataImage, node: NodeIndex)] = []
  /// The offset at which each node was last looked at.
  private var seen: [NodeIndex: Offset] = [:]
  /// Nodes of which it was told that they differ: from there on they differ at every offset.
  private var parted: Set<NodeIndex> = []

  /// How many images are kept, and how many offsets lie between two of them at least.
  private static let keptCount = 32, stride: Int64 = 3

  init(_ world: World) { self.world = world }

  /// Called at the end of a node's event.
  func look(after node: NodeIndex) {
    guard !parted.contains(node), let image = world.metadataImage(of: node), image.lastOffset != .unknown, seen[node] != image.lastOffset else { return }
    seen[node] = image.lastOffset
    if let twin = kept.last(where: { $0.image.lastOffset <= image.lastOffset }), twin.image.lastOffset == image.lastOffset {
      var check = InvariantCheck()
      check.require(
        twin.image == image,
        "\(world.name(of: twin.node)) and \(world.name(of: node)) made different metadata of the log up to offset \(image.lastOffset)")
      if !check.broken.isEmpty { parted.insert(node) }
      return world.addFindings(of: check, at: node)
    }
    guard image.lastOffset.value >= (kept.last?.image.lastOffset.value ?? .min / 2) + Self.stride else { return }
    kept.append((image, node))
    if kept.count > Self.keptCount { kept.removeFirst() }
  }
}

extension World {
  /// The metadata that a controller or broker has applied; nil for any other node, and for one that does not run.
  func metadataImage(of node: NodeIndex) -> MetadataImage? {
    switch object(of: node) {
    case let controller as ControllerNode: controller.image
    case let broker as BrokerNode: broker.metadataImage
    default: nil
    }
  }
}
