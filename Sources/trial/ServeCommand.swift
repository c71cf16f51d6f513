import ArgumentParser
import Foundation
import Host
import Live
import LiveBench
import Logging
import Primitives
import Results
import Scenarios
import Synchronization
import Trials

struct ServeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    ofTrial: "serve", abstract: "Run brokers on real sockets and disks, for any Kafka client.",
    discussion: """
      One process holds all brokers and their controllers. They listen on this machine's loopback alone: broker 1 on the port given, \
      broker 2 on the next, and so on; the controllers take the ports behind the last broker. With --controllers combined, every broker is a controller too.

        trial serve --brokers 3 --data /tmp/kafka
        kcat -b 127.0.0.1:9092 -L

      With --node, a process is one node of a cluster: a file names all of them, and each process finds the others.

        trial serve --node 1 --cluster cluster.yaml --data /var/lib/kafka-1

        # cluster.yaml
        cluster-id: 4L6g3nShT-eMCtK--X86sw
        nodes:
          - { id: 1, broker: 127.0.0.1:9092, controller: 127.0.0.1:9093 }
          - { id: 2, broker: 127.0.0.1:9094, controller: 127.0.0.1:9095 }
          - { id: 3, broker: 127.0.0.1:9096, controller: 127.0.0.1:9097 }
        config: { min.insync.replicas: 2 }

      The log on standard error tells what a client asked for in vain: an API or a version that is not offered, what is refused, what cannot be \
      read; a line for each client at once, and one a minute at most.

      A line that begins with "ready:" says that clients may come. SIGTERM and SIGINT (Ctrl-C) end the brokers in good order; another \
      one, half a second later or more, ends them at once, as a crash would, and the process with 130.
      """)

  @Option(help: ArgumentHelp("How many brokers. [default: 1]", valueName: "n"), transform: wholeNumber(in: 1...100))
  var brokers: Int?

  @Option(
    help: ArgumentHelp(
      "How many controllers: the voters of the metadata log, one of which is active; or combined, for brokers that are controllers too, seven at most. [default: 1]",
      valueName: "n"),
    transform: readControllers)
  var controllers: LiveClusterSettings.Controllers?

  @Option(
    help: ArgumentHelp("The port of the first broker; with 0, each takes a free one. [default: 9092]", valueName: "p"), transform: wholeNumber(in: 0...UInt16.max))
  var port: UInt16?

  @Option(help: ArgumentHelp("The id of the one node that this process is; needs --cluster and --data.", valueName: "id"), transform: wholeNumber(in: 0...Int32.max))
  var node: Int32?

  @Option(help: ArgumentHelp("The file that names the nodes of the cluster, the same for each; trial check reads it.", valueName: "file"), completion: .file(extensions: ["yaml"]))
  var cluster: String?

  @Option(
    help: ArgumentHelp(
      "Where everything is kept from one run to the next, for the same number of brokers and controllers; with --node, the log directory of that node alone, which "
        + "Apache Kafka may have written. [default: a temporary directory, removed at the end]", valueName: "dir"))
  var data: String?

  @Option(name: .customLong("config"), help: ArgumentHelp("A setting of all brokers by Kafka's name, or cluster.switches.electMostCompleteLog. Repeatable.", valueName: "name=value"))
  var settings: [GivenSetting] = []

  @Option(
    name: .customLong("feature"),
    help: ArgumentHelp("A feature level with which a new cluster begins, such as kraft.version=1 for voters that can be changed. Repeatable.", valueName: "name=level"))
  var features: [GivenFeature] = []

  @Flag(help: "Print the addresses of the brokers, or of the node, as one JSON object on standard output.")
  var json = false

  @Flag(help: "Report only problems.")
  var quiet = false

  func validate() throws {
    guard node == nil, cluster == nil else { return try validateNode() }
    let brokers = brokers ?? 1, port = port ?? Self.defaultPort, most = LiveClusterSettings.Controllers.most
    let voters = switch controllers ?? .separate(1) {
    case .separate(let count): count
    case .combined: brokers
    }
    do throws(ConfigurationError) { try LiveClusterSettings.check(features: levels) } catch { throw ValidationError("--feature \(error)") }
    guard voters <= most else { throw ValidationError("--brokers \(brokers) cannot all be controllers: there are \(most) at most; write --controllers \(most), or fewer brokers") }
    guard port == 0 || Int(port) + brokers + voters - 1 <= 65_535 else {
      throw ValidationError("--port \(port) leaves no room for \(brokers) brokers and \(voters == 1 ? "a controller" : "\(voters) controllers") below 65536")
    }
  }

  private var levels: [(name: String, level: Int16)] { features.map { ($0.name, $0.level) } }

  private func validateNode() throws {
    guard node != nil else { throw ValidationError("--cluster names the nodes of a cluster, and --node ID says which one this process is: add it") }
    guard cluster != nil else { throw ValidationError("--node is one of the nodes that a file names: add --cluster FILE") }
    guard data != nil else { throw ValidationError("--node keeps its log in a directory of its own: add --data DIR") }
    let given = [
      ("--brokers", brokers != nil), ("--controllers", controllers != nil), ("--port", port != nil), ("--config", !settings.isEmpty), ("--feature", !features.isEmpty),
    ].first { $0.1 }
    if let given { throw ValidationError("\(given.0) has no place beside --node: the file of --cluster says it for all nodes") }
  }

  private static let defaultPort: UInt16 = 9092

  func run() throws {
    do {
      try serve()
    } catch let error as LiveError {
      standardError("error: \(error)")
      throw ArgumentParser.ExitCode(error.isOurs ? .internalError : .wrongUsage)
    } catch let error as OutputError {
      throw fail(error, .internalError)
    } catch let error as ScenarioError {
      throw fail(error, .badInput)
    } catch let error as ConfigurationError {
      standardError("error: --config \(error)")
      throw ArgumentParser.ExitCode(.wrongUsage)
    } catch {
      standardError("error: \(error)")
      throw ArgumentParser.ExitCode(.internalError)
    }
  }

  private func serve() throws {
    let log = ServeLog(isQuiet: quiet)
    if let node, let cluster, let data { return try serve(Served(try ClusterFile(cluster), NodeID(node), cluster: cluster, data: data, log), DataDirectory(data), log) }
    let plan = try LiveClusterSettings(
      brokerCount: brokers ?? 1, controllers: controllers ?? .separate(1), firstPort: Int32(port ?? Self.defaultPort), values: settings.map { ($0.name, $0.value) },
      features: levels)
    let directory = DataDirectory(data)
    defer { directory.removeIfTemporary() }
    if directory.isTemporary { log.tell("data is kept in \(directory.path) until the end; --data DIR keeps it") }
    try serve(Served(try LiveCluster(plan, directory: directory.path, watchesClients: true) { log.tell($0, $1) }, data: directory.path), directory, log)
  }

  private func serve(_ served: Served, _ directory: DataDirectory, _ log: ServeLog) throws {
    let signals = EndingSignals(
      first: {
        log.tell("shutting down")
        served.shutDown()
      },
      again: {
        log.tell("ends at once")
        log.fallSilent()
        served.kill()
      },
      atLast: {
        directory.removeIfTemporary()
        _exit(EndingSignals.exitCode)
      })
    try withExtendedLifetime(signals) {
      do {
        try serve(served, until: signals)
      } catch where signals.haveComeAgain {}
      if signals.haveComeAgain {
        signals.nodesHaveEnded()
        throw ArgumentParser.ExitCode(EndingSignals.exitCode)
      }
    }
  }

  private func serve(_ served: Served, until signals: EndingSignals) throws {
    do {
      try served.waitUntilReady()
      try printNow(json ? served.announcement.text : "ready: \(served.addresses)\n")
    } catch {
      guard !signals.haveCome else { return try served.waitUntilEnded() }
      served.kill()
      try served.waitUntilEnded()
      throw error
    }
    try served.waitUntilEnded()
    if !signals.haveCome { throw served.unexpectedEnd() }
  }
}

/// `combined`, or a number.
@Sendable private func readControllers(_ text: String) throws -> LiveClusterSettings.Controllers {
  if text == "combined" { return .combined }
  guard let number = Int(text), (1...LiveClusterSettings.Controllers.most).contains(number) else {
    throw ValidationError("write a whole number from 1 to \(LiveClusterSettings.Controllers.most), or combined")
  }
  return .separate(number)
}

/// What a process serves: a whole cluster, or one node of a cluster.
private struct Served {
  let shutDown: @Sendable () -> Void
  let kill: @Sendable () -> Void
  let waitUntilReady: () throws -> Void
  let waitUntilEnded: () throws -> Void
  /// Why it ended although nobody asked it to.
  let unexpectedEnd: () -> LiveError
  /// Where clients come, or the other nodes where this one is no broker.
  let addresses: String
  let announcement: JSON

  init(_ cluster: LiveCluster, data: String) {
    shutDown = { cluster.shutDown() }
    kill = { cluster.kill() }
    waitUntilReady = { try cluster.waitUntilReady() }
    waitUntilEnded = { try cluster.waitUntilEnded() }
    unexpectedEnd = { .nodeEnded(name: "every broker", reason: cluster.lastNotes) }
    let brokers = cluster.addresses.map(\.description)
    addresses = brokers.joined(separator: ",")
    announcement = .object([
      ("bootstrap", .string(addresses)), ("brokers", .array(brokers.map(JSON.string))), ("clusterId", .string(cluster.clusterID)), ("data", .string(data)),
    ])
  }

  init(_ file: ClusterFile, _ id: NodeID, cluster path: String, data: String, _ log: ServeLog) throws {
    guard file.settings.node(id) != nil else {
      let ids = file.settings.nodes.map(\.id).sorted().map(\.description)
      throw LiveError.unusable(reason: "\(path) names no node \(id): the nodes are \(ids.joined(separator: ", ")); write one of them for --node")
    }
    let node: LiveNode
    do {
      node = try LiveNode(id, of: file.settings, clusterID: file.clusterID, directory: data, watchesClients: true) { log.tell($0, $1) }
    } catch let error as LiveError {
      throw file.misfortune(error) ?? error
    }
    shutDown = { node.shutDown() }
    kill = { node.kill() }
    waitUntilReady = { try node.waitUntilReady() }
    waitUntilEnded = { try node.waitUntilEnded() }
    unexpectedEnd = { node.unexpectedEnd }
    addresses = (node.plan.broker ?? node.plan.controller).map(\.description) ?? ""
    let listeners = [("broker", node.plan.broker), ("controller", node.plan.controller)].compactMap { role, address in address.map { (role, JSON.string($0.description)) } }
    announcement = .object([("node", .integer(Int64(id.value)))] + listeners + [("clusterId", .string(file.clusterID)), ("data", .string(data))])
  }
}

/// `name=value`
struct GivenSetting: ExpressibleByArgument {
  let name: String
  let value: String

  init?(argument: String) {
    guard let separator = argument.firstIndex(of: "="), separator > argument.startIndex else { return nil }
    name = String(argument[..<separator])
    value = String(argument[argument.index(after: separator)...])
  }
}

/// `kraft.version=1`
struct GivenFeature: ExpressibleByArgument {
  let name: String
  let level: Int16

  init?(argument: String) {
    guard let setting = GivenSetting(argument: argument), let level = Int(setting.value).flatMap(Int16.init(exactly:)) else { return nil }
    (name, self.level) = (setting.name, level)
  }
}

/// The directory with all data of a served cluster.
private struct DataDirectory {
  let path: String
  let isTemporary: Bool

  init(_ given: String?) {
    isTemporary = given == nil
    path = given ?? FileManager.default.temporaryDirectory.appendingPathComponent("trial-\(UUID().uuidString)").path
  }

  func removeIfTemporary() {
    if isTemporary { try? FileManager.default.removeItem(atPath: path) }
  }
}

/// Prints what the nodes report, one line each on standard error.
private final class ServeLog: Sendable {
  private let isQuiet: Bool
  private let isSilent = Mutex(false)

  init(isQuiet: Bool) { self.isQuiet = isQuiet }

  func tell(_ text: String) { logger(of: "serve").info("\(text)") }

  /// Stops printing: nodes that were stopped in the middle of something report nothing that matters.
  func fallSilent() { isSilent.withLock { $0 = true } }

  func tell(_ node: String, _ occurrence: Occurrence) {
    guard let words = occurrence.words, !isSilent.withLock({ $0 }) else { return }
    switch occurrence {
    case .diskFailed: logger(of: node).error("\(words.text)")
    case .warning: logger(of: node).warning("\(words.text)")
    case .note: logger(of: node).notice("\(words.text)")
    default: logger(of: node).info("\(words.text)")
    }
  }

  private func logger(of node: String) -> Logger {
    var logger = Logger(label: node) { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = isQuiet ? .error : .info
    return logger
  }
}

extension LiveError {
  /// Whether no other option of the command would have helped.
  fileprivate var isOurs: Bool {
    switch self {
    case .portInUse, .cannotListen, .locked, .notWritable, .damaged, .noDescriptors, .unusable: false
    case .metadataLost, .nodeEnded, .notReady: true
    }
  }
}
