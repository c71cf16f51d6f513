import Primitives

/// The name of a client process, and what it belongs to.
package struct RealClientRole: Sendable {
  package let name: String
  /// Its workload entry.
  package let entry: String
  /// Its consumer group, if it is in one.
  package let group: String?
}

/// The nodes of a real run by their numbers, names and roles.
struct RealNodeTable {
  /// In ascending order: a scenario counts them from 1.
  let brokers: [NodeID]
  let clients: [RealClientRole]
  /// The names by which commands reach nodes, if the metadata do not have them.
  let hosts: [NodeID: String]
  /// Whether controllers can be reached without an address.
  let reachesControllers: Bool

  func broker(_ number: NodeID) -> NodeID? {
    let place = Int(number.value) - 1
    return brokers.indices.contains(place) ? brokers[place] : nil
  }

  /// Brokers, and controllers that can be reached.
  func servers(_ picture: ClusterPicture) -> [NodeID] { brokers + reachableControllers(picture) }

  private func reachableControllers(_ picture: ClusterPicture) -> [NodeID] {
    picture.controllers.filter { !brokers.contains($0) && (reachesControllers || hosts[$0] != nil) }
  }

  func name(of node: RealNode) -> String {
    switch node {
    case .server(let id): brokers.contains(id) ? "broker-\(id)" : "controller-\(id)"
    case .client(let index): clients[index].name
    }
  }

  /// The selector by which a schedule names a node.
  func selector(of node: RealNode) -> NodeSelector {
    switch node {
    case .server(let id): brokers.firstIndex(of: id).map { .broker(NodeID(Int32(clamping: $0 + 1))) } ?? .activeController
    case .client(let index):
      clients[index].group.map { group in
        .member(of: group, clients[...index].count { $0.group == group })
      } ?? .instance(of: clients[index].entry, clients[...index].count { $0.entry == clients[index].entry })
    }
  }

  // MARK: For commands

  func host(of node: RealNode, _ picture: ClusterPicture) -> String? {
    guard case .server(let id) = node else { return nil }
    return hosts[id] ?? picture.addresses[id]?.host
  }

  func values(of id: NodeID, _ picture: ClusterPicture) -> [String: String] {
    var values = ["node": id.description, "name": name(of: .server(id))]
    values["host"] = host(of: .server(id), picture)
    values["port"] = picture.addresses[id]?.port.description
    return values
  }

  // MARK: Roles

  /// The nodes that selectors denote now, each once.
  func resolve(_ selectors: [NodeSelector], _ stage: any RealStage) -> [RealNode] {
    var nodes: [RealNode] = []
    for selector in selectors {
      for node in resolve(selector, stage) where !nodes.contains(node) { nodes.append(node) }
    }
    return nodes
  }

  /// - Parameter named: the nodes that `others` excludes. Client processes are not among the others: commands reach only brokers.
  func resolve(_ side: NetworkSide, besides named: [RealNode], _ stage: any RealStage) -> [RealNode] {
    switch side {
    case .nodes(let selectors): resolve(selectors, stage)
    case .others: servers(stage.picture).map(RealNode.server).filter { !named.contains($0) }
    }
  }

  private func resolve(_ selector: NodeSelector, _ stage: any RealStage) -> [RealNode] {
    let picture = stage.picture
    switch selector {
    case .broker(let number): return broker(number).map { [.server($0)] } ?? []
    case .controller(let number): return Array(picture.controllers.dropFirst(number - 1).prefix(1)).map(RealNode.server)
    case .activeController: return picture.controller.map { [.server($0)] } ?? []
    case .standbyController(let number):
      let standbys = picture.controllers.filter { $0 != picture.controller }.map(RealNode.server)
      return number.map { Array(standbys.dropFirst($0 - 1).prefix(1)) } ?? standbys
    case .leader(let partition): return picture.partitions[partition]?.leader.map { [.server($0)] } ?? []
    case .followers(let partition):
      guard let partition = picture.partitions[partition] else { return [] }
      return partition.replicas.filter { $0 != partition.leader }.map(RealNode.server)
    case .coordinator(let group):
      let groups = group.map { [$0] } ?? picture.groups.keys.sorted()
      return groups.compactMap { picture.groups[$0]?.coordinator }.map(RealNode.server)
    case .coordinatorOfTransaction(let id):
      let ids = id.map { [$0] } ?? picture.transactions.keys.sorted()
      return ids.compactMap { picture.transactions[$0] }.withoutRepetitions.map(RealNode.server)
    case .instance(let entry, let number): return Array(clients.indices.filter { clients[$0].entry == entry }.dropFirst(number - 1).prefix(1)).map(RealNode.client)
    case .client(let entry): return clients.indices.filter { clients[$0].entry == entry }.map(RealNode.client)
    case .member(let group, let number):
      let members = clients.indices.filter { clients[$0].group == group }.map(RealNode.client)
      return number.map { Array(members.dropFirst($0 - 1).prefix(1)) } ?? members
    case .owner(let group, let partition): return stage.owner(of: partition, in: group).map { [.client($0)] } ?? []
    case .any: preconditionFailure("a node is picked before a deed is done")
    case .anyVoter, .observer: return []
    case .all: return brokers.map(RealNode.server)
    }
  }
}
