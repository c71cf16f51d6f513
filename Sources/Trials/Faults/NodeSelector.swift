import Primitives
import Scenarios

/// One or more nodes as a scenario names them: by number, by name, or by their current role.
enum NodeSelector: Equatable, CustomStringConvertible {
  case broker(NodeID)
  case controller(Int)
  /// The leader of the partition in the controller's metadata.
  case leader(TopicPartition)
  /// The other replicas of the partition, in the order of the assignment.
  case followers(TopicPartition)
  case activeController
  /// A voter that is not the active controller, by its place among these from 1; nil stands for all of them.
  case standbyController(Int?)
  /// A controller that is no voter of the metadata log, by its place among these from 1; nil stands for all of them.
  case observer(Int?)
  /// All processes of a workload entry.
  case client(String)
  /// The coordinator of a consumer group by the controller's metadata; nil stands for all groups.
  case coordinator(of: String?)
  /// The coordinator of a transactional id by the controller's metadata; nil stands for all ids.
  case coordinatorOfTransaction(String?)
  /// A process of a workload entry by its number, from 1.
  case instance(of: String, Int)
  /// A process of a consumer group by its number, from 1; nil stands for all.
  case member(of: String, Int?)
  /// The member of a group that owns a partition. If several believe that they own it, the one of the latest generation.
  case owner(of: String, TopicPartition)
  /// One broker, drawn at random.
  case any
  /// One voter of the metadata log, drawn by chance.
  case anyVoter
  /// All brokers.
  case all

  init(_ value: Value, _ names: DeclaredNames) throws {
    guard let text = value.scalar else {
      throw value.error("expected one node, found \(value.kind)", remedy: "Write an entry for each node, or all, or follower(topic-0) for several at a time.")
    }
    if Int32(text) != nil || text.suffix(after: "broker-").flatMap({ Int32($0) }) != nil {
      self = .broker(try names.broker(text, at: value))
    } else if let number = text.suffix(after: "controller-").flatMap({ Int($0) }) {
      self = .controller(try names.controller(number, at: value))
    } else if let inside = text.inside("leader") {
      self = .leader(try names.partition(inside, at: value))
    } else if let inside = text.inside("follower") {
      self = .followers(try names.partition(inside, at: value))
    } else if let inside = text.inside("coordinator"), let group = inside.suffix(after: "group ")?.trimmed {
      self = .coordinator(of: group == "*" && !names.groups.isEmpty ? nil : try names.group(group, at: value))
    } else if let inside = text.inside("coordinator"), let id = inside.suffix(after: "transaction ")?.trimmed {
      self = .coordinatorOfTransaction(id == "*" && !names.transactions.isEmpty ? nil : try names.transaction(id, at: value))
    } else if let inside = text.inside("member") {
      self = try Self.member(inside, at: value, names)
    } else if let inside = text.inside("instance"), let comma = inside.lastIndex(of: ","), let number = Int(String(inside[inside.index(after: comma)...]).trimmed) {
      let client = try names.client(String(inside[..<comma]).trimmed, at: value)
      self = .instance(of: client, try names.process(number, of: client, at: value))
    } else if let inside = text.inside("owner"), let comma = inside.lastIndex(of: ",") {
      let group = try names.group(String(inside[..<comma]).trimmed, at: value)
      self = .owner(of: group, try names.partition(String(inside[inside.index(after: comma)...]).trimmed, at: value))
    } else if text == "standby-controller" {
      self = .standbyController(nil)
    } else if let inside = text.inside("standby-controller"), let number = Int(inside) {
      _ = try names.controller(number < 1 ? number : number.saturatingAdding(1), at: value)
      self = .standbyController(number)
    } else if text == "observer" {
      self = .observer(nil)
    } else if let inside = text.inside("observer"), let number = Int(inside) {
      _ = try names.controller(number, at: value)
      self = .observer(number)
    } else if text == "active-controller" || text == "controller" {
      self = .activeController
    } else if text == "voter any" {
      self = .anyVoter
    } else if text == "any" {
      self = .any
    } else if text == "all" {
      self = .all
    } else if names.clients.contains(text) {
      self = .client(text)
    } else if text.contains("("), !text.contains(")") {
      throw value.error("'\(text.quotable)' breaks off", remedy: "A comma ends a value between braces: quote it, as in pause: \"member(g, 2)\".")
    } else {
      let words = names.clients + ["any", "all", "active-controller", "controller-1", "broker-1"]
      throw value.error(
        "there is no node '\(text.quotable)'",
        remedy: suggestion(
          for: text, among: words,
          or: """
            Write a number, broker-1, controller-1, leader(topic-0), follower(topic-0), coordinator(group g), coordinator(transaction x), member(g, 1), owner(g, topic-0), \
            instance(entry, 1), active-controller, standby-controller(1), observer(1), voter any, any, all, or the name of a workload entry.
            """))
    }
  }

  /// `g`, or `g, 2`. A group's name may contain commas.
  private static func member(_ text: String, at value: Value, _ names: DeclaredNames) throws -> NodeSelector {
    guard !names.groups.contains(text), let comma = text.lastIndex(of: ","), let number = Int(String(text[text.index(after: comma)...]).trimmed) else {
      return .member(of: try names.group(text, at: value), nil)
    }
    let group = try names.group(String(text[..<comma]).trimmed, at: value)
    return .member(of: group, try names.member(number, of: group, at: value))
  }

  /// Names that denote something other than a workload entry, and names of nodes that every trial has.
  static func isReserved(_ name: String) -> Bool {
    ["any", "all", "others", "leader", "follower", "controller", "active-controller", "standby-controller", "observer", "operator", "audit", "fate", "trial"].contains(name)
      || Int(name) != nil || ["broker-", "controller-"].contains { name.suffix(after: $0).flatMap { Int($0) } != nil }
  }

  /// Whether it denotes only clients that random faults may hit.
  var isOfClients: Bool {
    switch self {
    case .client, .member, .owner, .instance: true
    case .broker, .controller, .leader, .followers, .activeController, .standbyController, .observer, .coordinator, .coordinatorOfTransaction, .any, .anyVoter, .all: false
    }
  }

  var description: String {
    switch self {
    case .broker(let id): "broker-\(id)"
    case .controller(let number): "controller-\(number)"
    case .leader(let partition): "leader(\(partition))"
    case .followers(let partition): "follower(\(partition))"
    case .activeController: "active-controller"
    case .standbyController(let number): number.map { "standby-controller(\($0))" } ?? "standby-controller"
    case .observer(let number): number.map { "observer(\($0))" } ?? "observer"
    case .client(let name): name
    case .coordinator(let group): "coordinator(group \(group ?? "*"))"
    case .coordinatorOfTransaction(let id): "coordinator(transaction \(id ?? "*"))"
    case .instance(let client, let number): "instance(\(client), \(number))"
    case .member(let group, let number): number.map { "member(\(group), \($0))" } ?? "member(\(group))"
    case .owner(let group, let partition): "owner(\(group), \(partition))"
    case .any: "any"
    case .anyVoter: "voter any"
    case .all: "all"
    }
  }
}

extension String {
  /// The text in the brackets of `name(...)`.
  func inside(_ name: String) -> String? {
    guard hasPrefix(name + "("), hasSuffix(")") else { return nil }
    return String(dropFirst(name.count + 1).dropLast()).trimmed
  }
}

extension Value {
  /// Nodes in the form of an argument: one, or a list of several.
  static func nodes(_ nodes: [NodeSelector]) -> Value { nodes.count == 1 ? .node(nodes[0]) : .list(nodes.map(Value.node)) }

  static func node(_ node: NodeSelector) -> Value { .word(node.description) }
}
