import Controller
import Host
import Primitives
import Sim

/// Checks that what is committed of the metadata log is in the logs of a majority of the voters, when the first of them says that it is. A controller that does not run may have it.
struct MetadataMajority {
  /// Behind what was committed so far.
  private var end = Offset(0)

  mutating func check(_ commit: Occurrence.MetadataCommit, by node: NodeIndex, in world: World, _ nodes: NodeTable) {
    guard commit.lastOffset >= end else { return }
    end = commit.lastOffset + 1
    // Where the voters change, those of a former set may have committed it.
    guard let controller = world.controller(at: node), controller.kraftVersion == 0 else { return }
    let voters = controller.voters.map(\.id)
    let lacking = voters.filter { id in
      guard let voter = nodes.controllers.first(where: { world.id(of: $0) == id }).flatMap({ world.controller(at: $0) }) else { return false }
      return voter.metadataLogEndOffset <= commit.lastOffset
    }
    var check = InvariantCheck()
    check.require(
      voters.count - lacking.count > voters.count / 2,
      "\(world.name(of: node)) counts offset \(commit.lastOffset) of the metadata log as committed, and nodes \(lacking) of the voters \(voters) do not have it")
    world.addFindings(of: check, at: node)
  }
}
