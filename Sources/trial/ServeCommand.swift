import ArgumentParser
import Foundation
import Host
import Live
import Logging
import Primitives
import Results
import Synchronization
import Trials

struct ServeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    ofTrial: "serve", abstract: "Run brokers on real sockets and disks, for any Kafka client.",
    discussion: """
      One process holds all brokers and their controllers. They listen on this machine's loopback alone: broker 1 on the port given, \
      broker 2 on the next, and so on; the controllers take the ports behind the last broker.

        trial serve --brokers 3 --data /tmp/kafka
        kcat -b 127.0.0.1:9092 -L

      The log on standard error tells what a client asked for in vain: an API or a version that is not offered, what is refused, what cannot be \
      read; a line for each client at once, and one a minute at most.

      A line that begins with "ready:" says that clients may come. SIGTERM and SIGINT (Ctrl-C) end the brokers in good order; another \
      one, half a second later or more, ends them at once, as a crash would, and the process with 130.
      """)

  @Option(help: ArgumentHelp("How many brokers.", valueName: "n"), transform: wholeNumber(in: 1...100))
  var brokers = 1

  @Option(help: ArgumentHelp("How many controllers: the voters of the metadata log, one of which is active.", valueName: "n"), transform: wholeNumber(in: 1...7))
  var controllers = 1

  @Option(
    help: ArgumentHelp("The port of the first broker; with 0, each takes a free one.", valueName: "p"), transform: wholeNumber(in: 0...UInt16.max))
  var port: UInt16 = 9092

  @Option(
    help: ArgumentHelp(
      "Where everything is kept from one run to the next, for the same number of brokers and controllers. [default: a temporary directory, removed at the end]", valueName: "dir"))
  var data: String?

  @Option(name: .customLong("config"), help: ArgumentHelp("A setting of all brokers by Kafka's name, or cluster.switches.electMostCompleteLog. Repeatable.", valueName: "name=value"))
  var settings: [GivenSetting] = []

  @Flag(help: "Print the addresses of the brokers as one JSON object on standard output.")
  var json = false

  @Flag(help: "Report only problems.")
  var quiet = false

  func validate() throws {
    guard port == 0 || Int(port) + brokers + controllers - 1 <= 65_535 else {
      let voters = controllers == 1 ? "a controller" : "\(controllers) controllers"
      throw ValidationError("--port \(port) leaves no room for \(brokers) brokers and \(voters) below 65536")
    }
  }

  func run() throws {
    do {
      try serve()
    } catch let error as LiveError {
      standardError("error: \(error)")
      throw ArgumentParser.ExitCode(error.isOurs ? .internalError : .wrongUsage)
    } catch let error as OutputError {
      throw fail(error, .internalError)
    } catch let error as ConfigurationError {
      standardError("error: --config \(error)")
      throw ArgumentParser.ExitCode(.wrongUsage)
    } catch {
      standardError("error: \(error)")
      throw ArgumentParser.ExitCode(.internalError)
    }
  }

  private func serve() throws {
    let plan = try LiveClusterSettings(brokerCount: brokers, controllerCount: controllers, firstPort: Int32(port), values: settings.map { ($0.name, $0.value) })
    let directory = try DataDirectory(data)
    defer { directory.removeIfTemporary() }
    let log = ServeLog(isQuiet: quiet)
    if directory.isTemporary { log.tell("data is kept in \(directory.path) until the end; --data DIR keeps it") }
    let cluster = try LiveCluster(plan, directory: directory.path, watchesClients: true) { log.tell($0, $1) }
    let signals = EndingSignals(
      first: {
        log.tell("shutting down")
        cluster.shutDown()
      },
      again: {
        log.tell("ends at once")
        log.fallSilent()
        cluster.kill()
      },
      atLast: {
        directory.removeIfTemporary()
        _exit(EndingSignals.exitCode)
      })
    try withExtendedLifetime(signals) {
      do {
        try serve(cluster, directory, until: signals)
      } catch where signals.haveComeAgain {}
      if signals.haveComeAgain {
        signals.nodesHaveEnded()
        throw ArgumentParser.ExitCode(EndingSignals.exitCode)
      }
    }
  }

  private func serve(_ cluster: LiveCluster, _ directory: DataDirectory, until signals: EndingSignals) throws {
    do {
      try cluster.waitUntilReady()
      try announce(cluster, directory)
    } catch {
      guard !signals.haveCome else { return try cluster.waitUntilEnded() }
      cluster.kill()
      try cluster.waitUntilEnded()
      throw error
    }
    try cluster.waitUntilEnded()
    if !signals.haveCome { throw LiveError.nodeEnded(name: "every broker", reason: cluster.lastNotes) }
  }

  private func announce(_ cluster: LiveCluster, _ directory: DataDirectory) throws {
    let addresses = cluster.addresses.map(\.description)
    if json {
      let object = JSON.object([
        ("bootstrap", .string(addresses.joined(separator: ","))), ("brokers", .array(addresses.map(JSON.string))),
        ("clusterId", .string(cluster.clusterID)), ("data", .string(directory.path)),
      ])
      try printNow(object.text)
    } else {
      try printNow("ready: \(addresses.joined(separator: ","))\n")
    }
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

/// The directory with all data of a served cluster.
private struct DataDirectory {
  let path: String
  let isTemporary: Bool

  init(_ given: String?) throws {
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
