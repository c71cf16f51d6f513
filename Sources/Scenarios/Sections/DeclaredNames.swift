import Client
import Primitives
import Workloads

/// What a scenario file declares, for everything that refers to it: brokers, controllers, topics with their partitions, clients, and the topics that admin actions
/// change. It is collected even if the rest of a declaration is wrong, so that one mistake does not look like several.
package struct DeclaredNames {
  /// nil if the file is wrong about it.
  package private(set) var brokers: Int?
  /// nil if the file is wrong about it.
  package private(set) var controllers: Int?
  /// Whether each controller is the broker of the same number.
  package let areCombined: Bool
  /// Whether the voters of the metadata log can be changed, now or once `kraft.version` is raised.
  package private(set) var hasChangeableVoters = false
  package private(set) var topics: [String] = []
  /// Workload entries.
  package private(set) var clients: [String] = []
  /// Consumer groups that have members in the workload.
  package private(set) var groups: [String] = []
  /// Transactional ids in the workload, one for each transactional process.
  package private(set) var transactions: [String] = []
  /// The number of processes of each workload entry; missing if the file is wrong about it.
  private var processes: [String: Int] = [:]
  /// Workload entries whose processes have transactional ids.
  private var transactionalClients: Set<String> = []
  /// The number of members of each group; missing if the file is wrong about it.
  private var members: [String: Int] = [:]
  /// Workload entries whose processes are members of groups.
  private var groupClients: Set<String> = []
  private var topicNames: Set<String> = []
  /// The topics declared below `topics`.
  package private(set) var initialTopics: Set<String> = []
  /// The most partitions that a topic ever has; missing if the file is wrong about it.
  private var partitions: [String: Int] = [:]
  /// The number of partitions that topics start with.
  package private(set) var initialPartitions: [String: Int] = [:]
  /// Topics that an admin action deletes.
  package private(set) var deletedTopics: Set<String> = []
  /// The switches of consumers (`cluster.switches`); the defaults if the file is wrong about them.
  package private(set) var consumerSwitches = ConsumerSwitches()
  /// The same for producers.
  package private(set) var producerSwitches = ProducerSwitches()
  /// The same for applications.
  package private(set) var applicationSwitches = ApplicationSwitches()

  /// The limit for brokers and for controllers, if the file is wrong about their number.
  private static let mostNodes = 100

  /// - Parameter clientWords: the words that begin entries of the workload.
  package init(_ document: Value, clientWords: [String]) {
    brokers = Self.nodes(document["cluster"]?["brokers"], otherwise: ClusterPlan.defaultBrokers)
    let writtenControllers = document["cluster"]?["controllers"]
    areCombined = writtenControllers?.scalar == ClusterPlan.combined
    controllers = areCombined ? brokers : Self.nodes(writtenControllers, otherwise: ClusterPlan.defaultControllers)
    if let features = try? document["cluster"]?["features"]?.settings() { hasChangeableVoters = ClusterPlan.hasChangeableVoters(features) }
    if let written = try? document["cluster"]?["switches"]?.settings(), let switches = try? SwitchCatalogue(written) {
      consumerSwitches = switches.consumer
      producerSwitches = switches.producer
      applicationSwitches = switches.application
    }
    for topic in document["topics"]?.elements ?? [] {
      guard let name = topic["name"]?.scalar else { continue }
      declare(name)
      initialTopics.insert(name)
      initialPartitions[name] = Self.partitions(of: topic)
    }
    partitions = initialPartitions
    for entry in document["faults"]?.elements ?? [] {
      guard let admin = entry["admin"] else { continue }
      if let created = admin["create-topic"], let name = created["topic"]?.scalar {
        declare(name)
        raisePartitionCount(to: Self.partitions(of: created), of: name)
      }
      if let changed = admin["create-partitions"], let name = changed["topic"]?.scalar { raisePartitionCount(to: changed["total"].flatMap(Self.count), of: name) }
      if let deleted = admin["delete-topic"]?["topic"]?.scalar { deletedTopics.insert(deleted) }
    }
    for entry in document["workload"]?.elements ?? [] {
      guard let word = clientWords.first(where: { entry[$0] != nil }) else { continue }
      guard let body = entry[word] else { continue }
      let client = Self.clientName(body["name"]?.scalar, word: word, taken: clients)
      clients.append(client)
      let count = Self.processCount(of: body)
      processes[client] = count
      if let id = body["transactional-id"]?.scalar { declare(transactionalID: id, of: client, count) }
      guard let group = body["group"]?.scalar else { continue }
      declare(group: group, members: count)
      groupClients.insert(client)
    }
  }

  /// The name of a workload entry: the given one, or its word, with a number if the word is taken.
  package static func clientName(_ given: String?, word: String, taken: [String]) -> String {
    given ?? (taken.contains(word) ? "\(word)-\(taken.count + 1)" : word)
  }

  /// nil if no cluster can have this number.
  private static func nodes(_ written: Value?, otherwise count: Int) -> Int? {
    guard let written else { return count }
    return (try? written.integer(in: 1...Int64(mostNodes))).map { Int($0) }
  }

  private static func partitions(of topic: Value) -> Int? {
    if let written = topic["partitions"] { return count(written) }
    return topic["replicas"]?.elements?.count ?? 1
  }

  /// nil if no topic can have this number.
  private static func count(_ value: Value) -> Int? { (try? value.integer(in: 1...Int64(Bounds.partitions))).map { Int($0) } }

  /// The words for the number of processes of an entry, which has at most one of them.
  private static let countWords = ["clients", "members", "instances", "producers"]

  private static func processCount(of entry: Value) -> Int? {
    func count(_ written: Value?) -> Int? { written.map { (try? $0.integer(in: 1...Int64(Bounds.processes))).map { Int($0) } } ?? 1 }
    guard let processes = count(countWords.lazy.compactMap { entry[$0] }.first), let groups = count(entry["groups"]) else { return nil }
    return processes * groups
  }

  private mutating func declare(transactionalID id: String, of client: String, _ count: Int?) {
    transactionalClients.insert(client)
    for number in 0..<(count ?? 1) {
      let own = Self.transactionalID(id, of: number, among: count ?? 1)
      if !transactions.contains(own) { transactions.append(own) }
    }
  }

  /// The transactional id of a process of an entry, counted from 0: the id of the entry, with the process's number if it has several.
  package static func transactionalID(_ id: String, of process: Int, among count: Int) -> String { count == 1 ? id : "\(id)-\(process + 1)" }

  private mutating func declare(group: String, members count: Int?) {
    if !groups.contains(group) {
      groups.append(group)
      members[group] = count
    } else if let known = members[group] {
      members[group] = count.map { known + $0 }
    }
  }

  private mutating func declare(_ topic: String) {
    if topicNames.insert(topic).inserted { topics.append(topic) }
  }

  private mutating func raisePartitionCount(to count: Int?, of topic: String) {
    guard let count, let known = partitions[topic] ?? (topicNames.contains(topic) ? 0 : nil) else { return }
    partitions[topic] = max(known, count)
  }

  // MARK: References

  /// A broker by its number or its name.
  package func broker(_ text: String, at value: Value) throws -> NodeID {
    guard let number = Int32(text.suffix(after: "broker-") ?? text) else {
      throw value.error("'\(text.quotable)' is not a broker", remedy: "Write a broker's number.")
    }
    let last = brokers ?? Self.mostNodes
    guard number >= 1, number <= last else {
      throw value.error("there is no broker \(number)", remedy: "The brokers of this cluster are 1 to \(last).")
    }
    return NodeID(number)
  }

  /// A controller by its number.
  package func controller(_ number: Int, at value: Value) throws -> Int {
    let last = controllers ?? Self.mostNodes
    guard number >= 1, number <= last else {
      throw value.error(
        "there is no controller \(number)",
        remedy: last == 1 ? "This cluster has controller-1 alone." : "The controllers of this cluster are controller-1 to controller-\(last).")
    }
    return number
  }

  /// The number of a controller by its name, `controller-4`.
  package func controller(_ text: String, at value: Value) throws -> Int {
    guard let number = text.suffix(after: "controller-").flatMap({ Int($0) }) else {
      throw value.error("'\(text.quotable)' is no controller", remedy: "Write controller-1, controller-2 and so on.")
    }
    return try controller(number, at: value)
  }

  package func topic(_ text: String, at value: Value) throws -> String {
    guard !topicNames.contains(text) else { return text }
    throw value.error("there is no topic '\(text.quotable)'", remedy: suggestion(for: text, among: topics, or: topicsInWords))
  }

  private var topicsInWords: String {
    let shown = topics.prefix(10).map(\.quotable).joined(separator: ", ")
    return topics.isEmpty ? "Add a topic below topics." : "The topics are \(shown)\(topics.count > 10 ? " and \(topics.count - 10) more" : "")."
  }

  /// A consumer group that has members in the workload.
  package func group(_ text: String, at value: Value) throws -> String {
    guard !groups.contains(text) else { return text }
    throw value.error(
      "there is no group '\(text.quotable)'",
      remedy: suggestion(
        for: text, among: groups,
        or: groups.isEmpty ? "Give a consume entry a group." : "The groups are \(groups.prefix(10).map(\.quotable).joined(separator: ", "))."))
  }

  /// Whether the processes of a workload entry are members of a group, or have transactional ids: random faults may hit them.
  package func mayBeStruck(client: String) -> Bool { groupClients.contains(client) || transactionalClients.contains(client) }

  /// The transactional id of a process in the workload.
  package func transaction(_ text: String, at value: Value) throws -> String {
    guard !transactions.contains(text) else { return text }
    throw value.error(
      "there is no transactional id '\(text.quotable)'",
      remedy: suggestion(
        for: text, among: transactions,
        or: transactions.isEmpty ? "Give an entry a transactional-id." : "The ids are \(transactions.prefix(10).map(\.quotable).joined(separator: ", "))."))
  }

  /// A workload entry.
  package func client(_ text: String, at value: Value) throws -> String {
    guard !clients.contains(text) else { return text }
    throw value.error("there is no workload entry '\(text.quotable)'", remedy: suggestion(for: text, among: clients, or: "Write the name of one."))
  }

  /// A process by its number within a workload entry, from 1.
  package func process(_ number: Int, of client: String, at value: Value) throws -> Int {
    guard number >= 1, number <= processes[client] ?? .max else {
      let count = processes[client] ?? 0
      throw value.error("'\(client)' has no \(number) processes", remedy: count == 1 ? "It has one." : "It has processes 1 to \(count).")
    }
    return number
  }

  /// A member by its number within the whole group, from 1.
  package func member(_ number: Int, of group: String, at value: Value) throws -> Int {
    guard number >= 1, number <= members[group] ?? .max else {
      let count = members[group] ?? 0
      throw value.error("group '\(group)' has no \(number) members", remedy: count == 1 ? "It has one." : "It has members 1 to \(count).")
    }
    return number
  }

  /// `topic-0`: the partition number follows the last dash.
  package func partition(_ text: String, at value: Value) throws -> TopicPartition {
    let name = try TopicPartition(text, at: value)
    _ = try topic(name.topic, at: value)
    if let count = partitions[name.topic], Int(name.partition) >= count {
      throw value.error(
        "there is no partition \(name)", remedy: count == 1 ? "\(name.topic) has partition 0 alone." : "\(name.topic) has partitions 0 to \(count - 1).")
    }
    return name
  }
}

extension TopicPartition {
  /// `topic-0`: the partition number follows the last dash.
  fileprivate init(_ text: String, at value: Value) throws {
    guard let dash = text.lastIndex(of: "-"), let partition = Int32(text[text.index(after: dash)...]), partition >= 0, dash > text.startIndex else {
      throw value.error("'\(text.quotable)' is not a partition", remedy: "Write topic and number with a dash between, such as t-0.")
    }
    self.init(String(text[..<dash]), partition)
  }
}
