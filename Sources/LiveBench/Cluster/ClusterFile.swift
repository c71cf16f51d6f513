import Client
import Controller
import Host
import Live
import Primitives
import Results
import Scenarios
import Trials

/// A file that names the nodes of a cluster each of which is a process of its own: `trial serve --node ID --cluster FILE`.
///
/// ```yaml
/// cluster-id: 4L6g3nShT-eMCtK--X86sw
/// nodes:
///   - { id: 1, broker: 10.0.0.1:9092, controller: 10.0.0.1:9093 }
///   - { id: 2, broker: 10.0.0.2:9092, config: { broker.rack: b } }
/// config: { min.insync.replicas: 2 }
/// ```
///
/// With `features: { kraft.version: 1 }` the voters of the metadata log stand in it, and controllers with a `directory-id` are the first ones.
///
/// A node with `broker` is a broker that listens there, one with `controller` a controller, and one with both is both.
public struct ClusterFile: Sendable {
  public let clusterID: String
  public let settings: LiveClusterSettings
  /// Where each address is written.
  private let places: [Address: Place]

  private static let mostNodes = 107
  private static let example = "Write nodes: [{ id: 1, broker: 127.0.0.1:9092, controller: 127.0.0.1:9093 }]."

  /// Throws a `ScenarioError` with everything that is wrong.
  public init(_ path: String) throws { try self.init(Value.parse(ScenarioLibrary.text(at: path), source: path)) }

  package init(_ value: Value) throws {
    try FileKind.expect(.cluster, value)
    var map = try MapReader(value)
    if !map.has("cluster-id") {
      try map.check {
        throw value.error(
          "'cluster-id' is missing",
          remedy: "Add cluster-id: \(ClusterIdentity.new()), which was drawn just now, and keep it: the directory of each node bears the id of its cluster.")
      }
    }
    let id = try map.optional("cluster-id") { try $0.clusterID() }
    let nodes = try map.required("nodes", or: [WrittenNode]()) { (list) throws -> [WrittenNode] in
      let nodes = try list.list { try WrittenNode($0) }
      try Self.check(nodes, list)
      return nodes
    }
    let isFeatured = map.has("features"), levels = try map.optional("features") { try $0.featureLevels() }
    let features = levels ?? []
    // If the features are wrong themselves, nothing can be checked against them.
    try map.check { if !isFeatured || levels != nil { try Self.checkDirectories(of: nodes, features) } }
    let config = try map.optional("config") { try $0.settings() } ?? []
    try map.check { if !nodes.isEmpty { try Self.check(config, nodes, features) } }
    try map.finish()
    // Whatever is missing or wrong was thrown.
    clusterID = id ?? ""
    settings = try Self.settings(config, nodes, features, at: value.place)
    places = Dictionary(nodes.flatMap(\.listeners).map { ($0.address, $0.place) }) { first, _ in first }
  }

  /// The error for an address on which a node cannot listen, at its place in the file; nil for other errors.
  public func misfortune(_ error: LiveError) -> ScenarioError? {
    switch error {
    case .portInUse(let address):
      places[address].map { ScenarioError(at: $0, "port \(address.port) of \(address.host) is in use by another process", remedy: "End that process, or write another port.") }
    case .cannotListen(let address, let reason):
      places[address].map { ScenarioError(at: $0, "this node cannot listen on \(address.hostAndPort): \(reason)", remedy: "Write an address of this machine.") }
    default: nil
    }
  }

  /// The text of a file.
  package static func text(clusterID: String, nodes: [NodePlan], config: [(String, String)]) -> String {
    JSON.object([
      ("cluster-id", .string(clusterID)),
      (
        "nodes",
        .array(
          nodes.map { node in
            .object(
              [("id", .integer(Int64(node.id.value)))] + [("broker", node.broker), ("controller", node.controller)].compactMap { role, address in
                address.map { (role, .string($0.hostAndPort)) }
              })
          })
      ),
      ("config", .object(config.map { ($0, .string($1)) })),
    ]).text
  }

  // MARK: Checks

  private static func check(_ nodes: [WrittenNode], _ list: Value) throws {
    var mistakes = Mistakes()
    func refuse(_ place: Place, _ problem: String, _ remedy: String) throws { try mistakes.add(ScenarioError(at: place, problem, remedy: remedy)) }
    for (index, node) in nodes.enumerated() {
      if nodes[..<index].contains(where: { $0.id == node.id }) {
        try refuse(node.place, "two nodes have the id \(node.id)", "Give each node another id: brokers and controllers share one row of numbers.")
      }
    }
    let listeners = nodes.flatMap(\.listeners)
    for (index, listener) in listeners.enumerated() where listeners[..<index].contains(where: { $0.address == listener.address }) {
      try refuse(listener.place, "two listeners are at \(listener.address.hostAndPort)", "Write another port.")
    }
    if nodes.isEmpty { try refuse(list.place, "a cluster without nodes", example) }
    if nodes.count > mostNodes { try refuse(list.place, "\(nodes.count) nodes", "Write at most \(mostNodes).") }
    let controllers = nodes.count { $0.controller != nil }
    if !nodes.isEmpty, controllers == 0 {
      try refuse(list.place, "no node is a controller", "Give one node, or three, a controller: host:port on which the other nodes reach it.")
    }
    if controllers > LiveClusterSettings.Controllers.most {
      try refuse(list.place, "\(controllers) controllers", "Write at most \(LiveClusterSettings.Controllers.most): each is a voter, and a majority of them must answer.")
    }
    if !nodes.isEmpty, nodes.allSatisfy({ $0.broker == nil }) { try refuse(list.place, "no node is a broker", "Give one node a broker: host:port on which clients reach it.") }
    try mistakes.settle()
  }

  private typealias Features = [(name: String, level: Int16)]

  /// Directories have ids of the file where these are those of the first voters.
  private static func checkDirectories(of nodes: [WrittenNode], _ features: Features) throws {
    let isDynamic = features.last { $0.name == FeatureName.kraftVersion }?.level == 1
    var mistakes = Mistakes()
    for (index, node) in nodes.enumerated() {
      guard let (id, place) = node.directory else { continue }
      if !isDynamic || node.controller == nil {
        try mistakes.add(
          ScenarioError(
            at: place, "a directory-id is that of one of the first voters of a dynamic quorum",
            remedy: node.controller == nil ? "Leave it out: this node is no controller." : "Leave it out, or write features: { kraft.version: 1 }."))
      } else if nodes[..<index].contains(where: { $0.directory?.id == id }) {
        try mistakes.add(ScenarioError(at: place, "two nodes have the directory \(id)", remedy: "Write \(ClusterIdentity.new()), which was drawn just now."))
      }
    }
    try mistakes.settle()
  }

  /// Checks each setting by itself.
  private static func check(_ config: [WrittenSetting], _ nodes: [WrittenNode], _ features: Features) throws {
    var mistakes = Mistakes()
    for setting in config {
      try mistakes.collect {
        try setting.checked { () throws(ConfigurationError) in
          _ = try LiveClusterSettings(nodes: nodes.map { $0.plan([]) }, values: [(setting.name, setting.plainValue)], features: features)
        }
      }
    }
    for node in nodes {
      for setting in node.settings {
        try mistakes.collect {
          try setting.checked { () throws(ConfigurationError) in _ = try LiveClusterSettings(nodes: nodes.map { $0.plan($0.id == node.id ? [setting] : []) }, features: features) }
        }
      }
    }
    try mistakes.settle()
  }

  private static func settings(_ config: [WrittenSetting], _ nodes: [WrittenNode], _ features: Features, at place: Place) throws -> LiveClusterSettings {
    do throws(ConfigurationError) {
      return try LiveClusterSettings(nodes: nodes.map { $0.plan($0.settings) }, values: config.map { ($0.name, $0.plainValue) }, features: features)
    } catch {
      var blamed = place
      if case .contradiction(let names, _) = error { blamed = (config + nodes.flatMap(\.settings)).last { names.contains($0.name) }?.place ?? place }
      throw ScenarioError(at: blamed, "\(error)", remedy: "Change one of them.")
    }
  }
}

/// One entry of `nodes`.
private struct WrittenNode {
  let place: Place
  let id: NodeID
  let broker: (address: Address, place: Place)?
  let controller: (address: Address, place: Place)?
  let directory: (id: Uuid, place: Place)?
  let settings: [WrittenSetting]

  init(_ value: Value) throws {
    place = value.place
    var map = try MapReader(value)
    id = NodeID(Int32(clamping: try map.required("id", or: 0) { try $0.integer(in: 0...Int64(Int32.max)) }))
    broker = try map.optional("broker") { (address: try $0.address(), place: $0.place) }
    controller = try map.optional("controller") { (address: try $0.address(), place: $0.place) }
    directory = try map.optional("directory-id") { (id: try $0.directoryID(), place: $0.place) }
    settings = try map.optional("config") { try $0.settings() } ?? []
    if !map.has("broker"), !map.has("controller") {
      try map.check {
        throw value.error(
          "this node is neither broker nor controller",
          remedy: "Add broker: host:port, where clients reach it, or controller: host:port, where the other nodes do, or both.")
      }
    }
    try map.finish()
  }

  var listeners: [(address: Address, place: Place)] { [broker, controller].compactMap { $0 } }

  func plan(_ settings: [WrittenSetting]) -> NodePlan {
    NodePlan(id: id, broker: broker?.address, controller: controller?.address, directoryID: directory?.id, values: settings.map { ($0.name, $0.plainValue) })
  }
}

extension Value {
  fileprivate func address() throws -> Address {
    let text = try string()
    guard let address = Address(hostAndPort: text), address.port > 0 else {
      throw error("'\(text.quotable)' is not an address", remedy: "Write host:port, such as 127.0.0.1:9092, with a port that every node can know: from 1 to 65535.")
    }
    return address
  }

  fileprivate func directoryID() throws -> Uuid {
    let text = try string()
    guard let id = Uuid(text), id != .zero else {
      throw error("'\(text.quotable)' is not the id of a directory", remedy: "Write \(ClusterIdentity.new()), which was drawn just now.")
    }
    return id
  }

  /// `{ kraft.version: 1 }`
  fileprivate func featureLevels() throws -> [(name: String, level: Int16)] { try settings().map { ($0.name, try $0.featureLevel()) } }

  fileprivate func clusterID() throws -> String {
    let text = try string()
    guard Uuid(text) != nil else {
      throw error(
        "'\(text.quotable)' is not the id of a cluster",
        remedy: "Write \(ClusterIdentity.new()), which was drawn just now, or the id in the meta.properties of a node that exists.")
    }
    return text
  }
}
