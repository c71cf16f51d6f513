import Foundation
import Glibc
import Host
import Live
import Primitives
import Scenarios
import Trials

/// The nodes of a run, each a process of this program with its own directory, on the loopback interface. They end with this process, however it ends.
final class OwnServers {
  private struct Server {
    let plan: NodePlan
    var process: SpawnedProcess?
    /// Whether it should run.
    var isWanted = true
  }

  let addresses: [Address]
  let controllers: [NodeID]
  private let folder: String
  /// The file that names all nodes.
  private var clusterFile: String { "\(folder)/cluster.yaml" }
  private var servers: [Server]

  /// - Parameter folder: the folder for all their files; the caller removes it.
  init(_ run: RealRun, folder: String) throws {
    self.folder = folder
    let settings = try run.settingsOfNodes(firstPort: FreePorts.first(of: run.brokerCount + run.controllerCount))
    addresses = settings.brokers.compactMap(\.broker)
    controllers = settings.controllers.map(\.id)
    servers = settings.nodes.map { Server(plan: $0) }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try ClusterFile.text(clusterID: ClusterIdentity.new(), nodes: settings.nodes, config: run.clusterSettings).write(toFile: clusterFile, atomically: true, encoding: .utf8)
    for index in servers.indices { try start(index) }
  }

  deinit { end() }

  private func log(of node: NodePlan) -> String { "\(folder)/\(node.name).log" }

  private func start(_ index: Int) throws {
    let node = servers[index].plan
    let words = [WorkerProcess.executable, "node", node.id.description, "--cluster", clusterFile, "--data", "\(folder)/\(node.name)"]
    servers[index].process = try SpawnedProcess(words, output: log(of: node), isTied: true)
    servers[index].isWanted = true
  }

  /// Applies a fault to one of them, immediately.
  func strike(_ word: String, _ id: NodeID) -> any RunningTask {
    guard let index = servers.firstIndex(where: { $0.plan.id == id }), let process = servers[index].process else { return FinishedTask(isDone: false, "there is no such process") }
    switch word {
    case "kill":
      servers[index].isWanted = false
      process.signal(SIGKILL)
      process.wait()
    case "restart":
      process.signal(SIGKILL)
      process.wait()
      do {
        try start(index)
      } catch {
        return FinishedTask(isDone: false, "\(error)")
      }
    case "pause": process.signal(SIGSTOP)
    case "resume": process.signal(SIGCONT)
    case "shutdown":
      servers[index].isWanted = false
      process.signal(SIGTERM)
    default: return FinishedTask(isDone: false, "that is not possible here")
    }
    return FinishedTask()
  }

  /// Those that ended by themselves, with the last thing they said.
  var problems: [String] {
    servers.compactMap { server in
      guard server.isWanted, let ending = server.process?.poll() else { return nil }
      let said = contents(ofFileAt: log(of: server.plan), upTo: 1 << 20).map { String(decoding: $0, as: UTF8.self) } ?? ""
      let last = said.split(whereSeparator: \.isNewline).last.map { String($0).quotable } ?? "it said nothing"
      switch ending {
      case .exited(let code): return "\(server.plan.name) ended by itself with exit code \(code): \(last)"
      case .signalled(let number): return "\(server.plan.name) was ended by signal \(number): \(last)"
      }
    }
  }

  /// Ends all of them immediately.
  func end() {
    for server in servers { server.process?.signal(SIGKILL) }
    for server in servers { server.process?.wait() }
    servers = []
  }
}

/// Ports of the loopback interface that no process listens on.
enum FreePorts {
  private static let range: Range<Int32> = 20_000..<32_000

  /// The first of `count` consecutive ports, below those that the system gives to clients.
  static func first(of count: Int) throws -> Int32 {
    let span = Int32(clamping: count)
    let start = range.lowerBound + getpid() % (Int32(range.count) - span)
    for step in 0..<Int32(range.count) / (span + 1) {
      let first = range.lowerBound + (start - range.lowerBound + step * (span + 1)) % (Int32(range.count) - span)
      if (first..<first + span).allSatisfy(isFree) { return first }
    }
    throw LiveError.unusable(reason: "\(count) free ports in a row are not to be found from \(range.lowerBound) to \(range.upperBound) on the loopback interface")
  }

  private static func isFree(_ port: Int32) -> Bool {
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard socket >= 0 else { return false }
    defer { close(socket) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(clamping: port).bigEndian
    address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 }
    }
  }
}
