import ArgumentParser
import Foundation
import Host
import Live
import Primitives
import Results
import Trials

/// One broker or controller of a cluster of which every node is a process of its own: `verify --live` starts one for each.
struct NodeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(ofTrial: "node", abstract: "Run one node for verify --live.", shouldDisplay: false)

  @Argument(help: "broker-1, broker-2, ..., controller-1, ...")
  var name: LiveNode.Role

  @Option(help: "How many brokers the cluster has.")
  var brokers: Int

  @Option(help: "How many controllers the cluster has.")
  var controllers = 1

  @Option(help: "The port of the first broker.")
  var port: UInt16

  @Option(help: "The directory with the data of all nodes.")
  var data: String

  @Option(name: .customLong("config"), help: "A setting of all nodes by Kafka's name.")
  var settings: [GivenSetting] = []

  func validate() throws {
    guard (1...100).contains(brokers), (1...7).contains(controllers), port > 0 else {
      throw ValidationError("a node needs 1 to 100 brokers and 1 to 7 controllers beside it, and a port")
    }
  }

  func run() throws {
    WorkerProcess.endWithItsParent()
    do {
      let plan = try LiveClusterSettings(brokerCount: brokers, controllerCount: controllers, firstPort: Int32(port), values: settings.map { ($0.name, $0.value) })
      let node = try LiveNode(name, of: plan, directory: data) { name, occurrence in
        switch occurrence {
        case .diskFailed, .warning, .note: if let words = occurrence.words { standardError("\(name): \(words.text)") }
        default: break
        }
      }
      let signals = EndingSignals(first: { node.shutDown() }, again: { node.kill() }, atLast: { _exit(EndingSignals.exitCode) })
      try withExtendedLifetime(signals) { try node.waitUntilEnded() }
      signals.nodesHaveEnded()
      guard signals.haveCome else { throw fail("\(name) ended by itself", .internalError) }
    } catch let error as LiveError {
      throw fail(error, .internalError)
    } catch let error as ConfigurationError {
      throw fail(error, .wrongUsage)
    }
  }
}

extension LiveNode.Role: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}
