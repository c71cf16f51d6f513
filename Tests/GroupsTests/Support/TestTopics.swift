import Groups
import Primitives

/// Topics as a test wants them. The id of a topic follows from its name, so that it is the same everywhere.
struct TestTopics: ClusterOfGroups {
  private var topics: [GroupTopic] = []
  var version: Int64 = 1
  /// What a group sets for itself.
  private let ofGroup: (_ id: String, _ settings: inout ConsumerGroupSettings) -> Void

  init(_ topics: KeyValuePairs<String, Int32> = [:], ofGroup: @escaping (_ id: String, _ settings: inout ConsumerGroupSettings) -> Void = { _, _ in }) {
    self.ofGroup = ofGroup
    for (name, partitions) in topics { add(name, partitions) }
  }

  /// Makes a topic, or lets it grow.
  mutating func add(_ name: String, _ partitions: Int32) {
    version += 1
    topics.removeAll { $0.name == name }
    topics.append(GroupTopic(name: name, id: Self.id(name), partitionCount: partitions))
  }

  mutating func remove(_ name: String) {
    version += 1
    topics.removeAll { $0.name == name }
  }

  func topic(named name: String) -> GroupTopic? { topics.first { $0.name == name } }
  func topic(of id: Uuid) -> GroupTopic? { topics.first { $0.id == id } }
  var names: [String] { topics.map(\.name).sorted() }

  func settings(ofGroup id: String, over settings: ConsumerGroupSettings) -> ConsumerGroupSettings {
    var own = settings
    ofGroup(id, &own)
    return own
  }

  static func id(_ name: String) -> Uuid {
    Uuid(high: 7, low: name.utf8.reduce(17) { $0 &* 31 &+ UInt64($1) })
  }
}
