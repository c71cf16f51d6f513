import ArgumentParser
import Foundation
import Live
import LiveBench
import Primitives
import Scenarios
import Trials

/// One node of a cluster of which every node is a process of its own, as `serve --node` runs it, that ends with its parent: `verify --live` starts them.
struct NodeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(ofTrial: "node", abstract: "Run one node for verify --live.", shouldDisplay: false)

  @Argument(help: "The id of the node.", transform: wholeNumber(in: 0...Int32.max))
  var id: Int32

  @Option(help: "The file that names the nodes of the cluster.")
  var cluster: String

  @Option(help: "The directory of this node.")
  var data: String

  func run() throws {
    WorkerProcess.endWithItsParent()
    do {
      let file = try ClusterFile(cluster)
      let node = try LiveNode(NodeID(id), of: file.settings, clusterID: file.clusterID, directory: data) { name, occurrence in
        switch occurrence {
        case .diskFailed, .warning, .note: if let words = occurrence.words { standardError("\(name): \(words.text)") }
        default: break
        }
      }
      let signals = EndingSignals(first: { node.shutDown() }, again: { node.kill() }, atLast: { _exit(EndingSignals.exitCode) })
      try withExtendedLifetime(signals) { try node.waitUntilEnded() }
      signals.nodesHaveEnded()
      guard signals.haveCome else { throw fail("\(node.plan.name) ended by itself", .internalError) }
    } catch let error as LiveError {
      throw fail(error, .internalError)
    } catch let error as ScenarioError {
      throw fail(error, .badInput)
    }
  }
}
