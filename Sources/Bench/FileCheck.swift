import Foundation
import Primitives
import Scenarios
import Trials

/// A file that a user brings, read with everything that stands in it, and never run.
public struct FileCheck: Sendable {
  public enum Kind: String, Sendable {
    case scenario
    case machine
    /// Of the OpenMessaging Benchmark.
    case workload
    case driver
    /// Commands that carry faults out on a real cluster.
    case deeds
  }

  public let file: String
  /// nil where the file cannot even be read.
  public private(set) var kind: Kind?
  /// In the order of their places.
  public private(set) var mistakes: [ScenarioError] = []

  /// Reads one file. What is wrong with it is in `mistakes`.
  public init(_ file: String) {
    self.file = file
    do {
      let value = try Value.parse(ScenarioLibrary.text(at: file), source: file)
      let kind = Self.kind(of: value)
      self.kind = kind
      try Self.check(value, as: kind, file: file)
    } catch let error as ScenarioError {
      mistakes = error.all
    } catch {
      mistakes = [ScenarioError(at: Place(source: file), "\(error)", remedy: "Mend the file.")]
    }
  }

  /// Files are known by their keys. What is like none of the others is taken for a scenario.
  private static func kind(of value: Value) -> Kind {
    if OpenMessagingWorkload.describes(value) { return .workload }
    if value["driverClass"] != nil { return .driver }
    let isScenario = ["workload", "topics", "duration", "cluster"].contains { value[$0] != nil }
    if !isScenario, CommandTable.describes(value) { return .deeds }
    return !isScenario && ["processor", "network", "disk"].contains { value[$0] != nil } ? .machine : .scenario
  }

  private static func check(_ value: Value, as kind: Kind, file: String) throws {
    switch kind {
    case .scenario: try ScenarioReader.check(value, file: file)
    case .machine: _ = try MachineReader.read(value, file: file)
    case .deeds: _ = try CommandTable(value, file: file)
    case .workload: try check(OpenMessagingWorkload(value), .standard, file: file)
    case .driver:
      // Its settings are judged where something is made of them.
      try check(OpenMessagingWorkload(Value.parse(smallestWorkload, source: file)), OpenMessagingDriver(value), file: file)
    }
  }

  private static func check(_ workload: OpenMessagingWorkload, _ driver: OpenMessagingDriver, file: String) throws {
    var document = try ScenarioDocument(workload.scenario(driver, duration: nil), file: file)
    document.isConverted = true
    _ = try document.scenario()
  }

  private static let smallestWorkload =
    "{ name: w, topics: 1, partitionsPerTopic: 1, messageSize: 100, subscriptionsPerTopic: 1, producersPerTopic: 1, consumerPerSubscription: 1,"
    + " producerRate: 100, testDurationMinutes: 1 }"

  /// The files below a path: the file itself, or every `.yaml` in a folder, in the order of their names.
  public static func files(below path: String) throws -> [String] { try ScenarioLibrary.files(below: path, withForeign: true) }
}
