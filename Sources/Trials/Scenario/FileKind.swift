import Scenarios

/// What a file of a user's is, as far as its keys tell.
public enum FileKind: String, Sendable {
  case scenario
  case machine
  /// Of the OpenMessaging Benchmark.
  case workload
  case driver
  /// The nodes of a cluster that are processes of their own.
  case cluster
  /// Commands that carry faults out on a real cluster.
  case deeds
  /// What a comparison must meet.
  case gates
  /// What `replay`, `verify` or `bench` kept.
  case result

  /// nil where the keys are like those of nothing.
  package init?(of value: Value) {
    func has(_ keys: String...) -> Bool { keys.contains { value[$0] != nil } }
    func hasAll(_ keys: String...) -> Bool { keys.allSatisfy { value[$0] != nil } }
    let ofWorkloads = ["topics", "partitionsPerTopic", "messageSize", "messageSizeDistribution", "producerRate", "subscriptionsPerTopic", "testDurationMinutes"]
    if ofWorkloads.count(where: { value[$0] != nil }) >= 3 && !has("workload") || has("topicGroups") {
      self = .workload
    } else if has("driverClass") || hasAll("replicationFactor", "producerConfig") {
      self = .driver
    } else if hasAll("format", "build") && has("rows", "verdicts", "guarantees") {
      self = .result
    } else if has("cluster-id", "nodes") && !has("workload", "topics") {
      self = .cluster
    } else if has("workload", "topics", "duration", "cluster") {
      self = .scenario
    } else if has("gates") {
      self = .gates
    } else if CommandTable.describes(value) {
      self = .deeds
    } else if has("processor", "network", "disk") {
      self = .machine
    } else {
      return nil
    }
  }

  /// Throws a `ScenarioError` where a file is of another kind than is wanted: none of its keys would be right.
  package static func expect(_ wanted: FileKind, _ value: Value) throws {
    guard let kind = FileKind(of: value), kind != wanted else { return }
    throw ScenarioError(at: value.place, "this is \(kind.words), and \(wanted.words) is wanted", remedy: kind.remedy)
  }

  private var words: String {
    switch self {
    case .scenario: "a scenario"
    case .machine: "a machine profile"
    case .workload: "a workload file of the OpenMessaging Benchmark"
    case .driver: "a driver file of the OpenMessaging Benchmark"
    case .cluster: "a cluster file"
    case .deeds: "a deeds file"
    case .gates: "a file of gates"
    case .result: "a result"
    }
  }

  /// What takes such a file.
  private var remedy: String {
    switch self {
    case .scenario: "Scenarios are what trial replay, verify and bench take, the last without --driver."
    case .machine: "Name it in a scenario, cluster: { machine: FILE }, or with --set cluster.machine=FILE."
    case .workload: "Run it with trial bench FILE, and --driver DRIVER where there is one."
    case .driver: "Run it with a workload file: trial bench WORKLOAD --driver FILE."
    case .cluster: "Run its nodes, each with trial serve --node ID --cluster FILE --data DIR."
    case .deeds: "Give it with a scenario: trial verify SCENARIO --bootstrap HOST:PORT --deeds FILE."
    case .gates: "Give it with two results: trial compare BASELINE CANDIDATE --gates FILE."
    case .result: "Read it with trial report or trial compare; the command that it was made with stands in it, behind \"replay\"."
    }
  }
}
