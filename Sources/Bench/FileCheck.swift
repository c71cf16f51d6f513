import Foundation
import Primitives
import Scenarios
import Trials

/// An input file, read and checked in full, but not run.
public struct FileCheck: Sendable {
  public let file: String
  /// nil where the file cannot even be read.
  public private(set) var kind: FileKind?
  /// In the order of their places.
  public private(set) var mistakes: [ScenarioError] = []

  /// Reads one file. Its mistakes are in `mistakes`.
  ///
  /// - Parameter checkCluster: reads a cluster file, whose settings this module does not know; without it, such a file is a mistake.
  public init(_ file: String, checkCluster: ((String) throws -> Void)? = nil) {
    self.file = file
    do {
      let value = try Value.parse(ScenarioLibrary.text(at: file), source: file)
      let kind = FileKind(of: value) ?? .scenario
      self.kind = kind
      if kind == .cluster, let checkCluster { try checkCluster(file) } else { try Self.check(value, as: kind, file: file) }
    } catch let error as ScenarioError {
      mistakes = error.all
    } catch {
      mistakes = [ScenarioError(at: Place(source: file), "\(error)", remedy: "Mend the file.")]
    }
  }

  private static func check(_ value: Value, as kind: FileKind, file: String) throws {
    switch kind {
    case .scenario: try ScenarioReader.check(value, file: file)
    case .machine: _ = try MachineReader.read(value, file: file)
    case .deeds: _ = try CommandTable(value, file: file)
    case .gates: _ = try GateFile(value)
    case .cluster, .result: try FileKind.expect(.scenario, value)
    case .workload: try check(OpenMessagingWorkload(value), .standard, file: file)
    case .driver:
      // Its settings are checked when they are used in a scenario.
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

  /// The files below a path: the file itself, or every `.yaml` in a folder, sorted by name.
  public static func files(below path: String) throws -> [String] { try ScenarioLibrary.files(below: path, withForeign: true) }
}
