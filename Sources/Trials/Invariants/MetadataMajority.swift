import Controller
import Host
import Primitives
import Sim

/// Checks that what is committed of the metadata log is in the logs of a majority of the voters, and on their platters, when the first of them says that it is. A controller that does
/// not run may have it.
struct MetadataMajority {
  /// Behind what was committed so far.
  private var end = Offset(0)

  /// - Parameter hasSoundDisk: whether what the disk of a controller has said is true: no fault acts on it that does more than take time.
  mutating func check(_ commit: Occurrence.MetadataCommit, by node: NodeIndex, in world: World, _ nodes: NodeTable, hasSoundDisk: (NodeIndex) -> Bool) {
    guard commit.lastOffset >= end else { return }
    end = commit.lastOffset + 1
    // Where the voters change, those of a former set may have committed it.
    guard let controller = world.controller(at: node), controller.kraftVersion == 0 else { return }
    let voters = controller.voters.map(\.id)
    let lacking = voters.filter { id in
      guard let place = nodes.controllers.first(where: { world.id(of: $0) == id }), let voter = world.controller(at: place) else { return false }
      guard voter.metadataLogEndOffset > commit.lastOffset else { return true }
      guard hasSoundDisk(place), let (path, bytes) = voter.metadataExtent(below: end) else { return false }
      return world.bytesOnPlatter(of: path, at: place).map { $0 < bytes } ?? true
    }
    var check = InvariantCheck()
    check.require(
      voters.count - lacking.count > voters.count / 2,
      "\(world.name(of: node)) counts offset \(commit.lastOffset) of the metadata log as committed, and nodes \(lacking) of the voters \(voters) do not have it on their platters")
    world.addFindings(of: check, at: node)
  }
}
