import Client
import Glibc
import Host
import Live
import Primitives
import Scenarios
import Trials
import Wire

/// The topics of a run in the cluster: created before it, and deleted after it if the run created them.
final class TopicSet {
  private var session: AdminSession
  private let topics: [NewTopic]
  private let partitions: [TopicPartition]
  private var made: [String] = []
  /// If a partition had records before, the first offset that belongs to the run.
  private(set) var firstOffsets: [TopicPartition: Offset] = [:]

  /// - Parameter topics: the topics of the run, adapted to the cluster.
  init(_ topics: [NewTopic], of run: RealRun, session: AdminSession) {
    self.session = session
    self.topics = topics
    partitions = run.partitions
  }

  /// Creates missing topics, and waits until every partition has a leader and all its replicas in sync.
  ///
  /// - Parameter reusing: whether topics with records may be used; they keep these, and are not deleted.
  func prepare(reusing: Bool) throws {
    let names = topics.map(\.name)
    let known = try session.answer { admin, answer in admin.describeTopics(names) { answer($0.map { ($0.key, try? $0.result.get()) }) } }
    for (topic, description) in zip(topics, known.map(\.1)) {
      guard let description else { continue }
      let wanted = partitions.filter { $0.topic == topic.name }.count
      guard description.partitions.count == wanted else {
        throw ScenarioError(
          at: Place(source: "topic \(topic.name)"), "the cluster has it with \(description.partitions.count) partitions, the scenario with \(wanted)",
          remedy: "Delete the topic, or give the scenario's topic another name.")
      }
    }
    let missing = zip(topics, known.map(\.1)).filter { $0.1 == nil }.map(\.0)
    try make(missing)
    try waitUntilInSync()
    try readFirstOffsets(reusing: reusing)
  }

  private func make(_ topics: [NewTopic]) throws {
    guard !topics.isEmpty else { return }
    let results = try session.answer { admin, answer in admin.createTopics(topics) { answer($0.map { ($0.key, $0.result.failure) }) } }
    for (name, error) in results {
      if let error {
        throw ScenarioError(
          at: Place(source: "topic \(name)"), "the cluster does not create it: \(error)", remedy: "Ask for what the cluster can provide, or create the topic by hand.")
      }
      made.append(name)
    }
  }

  private func waitUntilInSync() throws {
    let names = topics.map(\.name)
    for _ in 0..<600 {
      let described = try session.answer { admin, answer in admin.describeTopics(names) { answer($0.compactMap { try? $0.result.get() }) } }
      let isReady = described.count == names.count && described.allSatisfy { topic in
        topic.partitions.allSatisfy { $0.leader != nil && $0.isr.count == $0.replicas.count }
      }
      if isReady, described.reduce(0, { $0 + $1.partitions.count }) == partitions.count { return }
      usleep(100_000)
    }
    throw ScenarioError(
      at: Place(source: "topics \(names.joined(separator: ", "))"), "not every partition has a leader and all its replicas in sync after a minute",
      remedy: "Look after the cluster, or ask for fewer replicas.")
  }

  private func readFirstOffsets(reusing: Bool) throws {
    let earliest = try offsets(.earliest), latest = try offsets(.latest)
    for (partition, end) in latest where end > earliest[partition] ?? 0 {
      guard reusing else {
        throw ScenarioError(
          at: Place(source: "topic \(partition.topic)"), "the cluster has it already, and it holds records",
          remedy: "Give --reuse-topics to write into it nevertheless, or the scenario's topic another name.")
      }
      firstOffsets[partition] = end
    }
  }

  /// The ends of all partitions: high watermarks.
  func ends() throws -> [TopicPartition: Offset] { try offsets(.latest) }

  private func offsets(_ query: OffsetQuery) throws -> [TopicPartition: Offset] {
    let partitions = partitions
    let answers = try session.answer { admin, answer in
      admin.listOffsets(partitions.map { ($0, query) }) { answer($0.map { ($0.key, $0.result.map { $0?.offset ?? 0 }) }) }
    }
    var offsets: [TopicPartition: Offset] = [:]
    for (partition, result) in answers {
      do {
        offsets[partition] = try result.get()
      } catch {
        throw ScenarioError(at: Place(source: "partition \(partition)"), "its offsets cannot be read: \(error)", remedy: "Look after the cluster.")
      }
    }
    return offsets
  }

  /// From now on, interruptions are ignored, so that the rest of the work is done.
  func endInterruptions() { session.interruption = nil }

  /// Deletes the topics that `prepare` created.
  func remove() throws {
    let names = made
    guard !names.isEmpty else { return }
    _ = try session.answer { admin, answer in admin.deleteTopics(names) { answer($0.count) } }
    made = []
  }
}

extension Result {
  fileprivate var failure: Failure? {
    if case .failure(let error) = self { error } else { nil }
  }
}
