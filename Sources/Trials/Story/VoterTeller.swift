import Controller
import Host
import Primitives
import Results
import Sim

/// Puts into words how the voters of the metadata log change (KIP-853): whom a controller adds or removes, from when on a node goes by another set, when that set
/// is committed, and when a node takes it back. A set counts at a node from the moment on in which its record is in the log, committed or not, and that is what
/// the famous failures are about.
final class VoterTeller {
  private let world: World
  private let view: ClusterViewHolder
  var nodes: NodeTable?
  /// The sets that each node has in its log, ascending by their offsets.
  private var sets: [NodeIndex: [(offset: Offset, voters: [NodeID])]] = [:]

  init(_ world: World, _ view: ClusterViewHolder) {
    self.world = world
    self.view = view
  }

  /// nil where it is not about the voters. Call it before the view is told.
  func words(of occurrence: Occurrence, at node: NodeIndex) -> (text: String, weight: StoryLine.Weight)? {
    switch occurrence {
    case .votersAppended(let change):
      let former = inForce(at: node), ids = change.voters.map(\.id)
      sets[node, default: []].append((change.offset, ids))
      let place = "epoch \(change.epoch), offset \(change.offset)"
      guard world.controller(at: node)?.leadsMetadataLog == true else {
        let isController = nodes?.controllers.contains(node) == true
        return ("goes by the voters \(names(ids)) from now on (\(place))", isController ? .event : .detail)
      }
      return ("\(difference(from: former, to: ids)): the voters are \(names(ids)) for it from now on, and that is not committed yet (\(place))", .event)
    case .votersCommitted(let change):
      let ids = change.voters.map(\.id), place = "epoch \(change.epoch), offset \(change.offset)"
      return view.cluster.isNews(change)
        ? ("committed that the voters are \(names(ids)) (\(place))", .event) : ("knows that the voters \(names(ids)) are committed (\(place))", .detail)
    case .truncated(let partition, _, let to, _, _) where partition.topic == TopicName.clusterMetadata:
      guard let last = sets[node]?.last, last.offset >= to, let words = occurrence.words else { return nil }
      sets[node]?.removeAll { $0.offset >= to }
      return ("\(words.text); with that it takes back that the voters are \(names(last.voters)), and goes by \(names(inForce(at: node))) again", .event)
    default: return nil
    }
  }

  private func inForce(at node: NodeIndex) -> [NodeID] { sets[node]?.last?.voters ?? view.cluster.voters }

  private func difference(from former: [NodeID], to ids: [NodeID]) -> String {
    let added = ids.filter { !former.contains($0) }, removed = former.filter { !ids.contains($0) }
    let parts = [added.isEmpty ? nil : "adds \(names(added)) to the voters", removed.isEmpty ? nil : "removes \(names(removed)) from the voters"].compactMap { $0 }
    return parts.isEmpty ? "writes down the voters" : parts.joined(separator: " and ")
  }

  private func names(_ ids: [NodeID]) -> String {
    ids.map { nodes?.nameOfController($0, world) ?? "\($0)" }.joined(separator: ", ")
  }
}
