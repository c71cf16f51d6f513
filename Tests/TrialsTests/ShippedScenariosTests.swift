import Foundation
import Testing

@testable import Scenarios
@testable import Trials

/// The scenarios that are part of the program.
@Suite struct ShippedScenariosTests {
  private let folder = TrialTests.root.appendingPathComponent("scenarios").path
  private let kip101 = "hazards/kip-101-truncation-loss"

  private func remedy(for name: String) throws -> String {
    let error = try #require(throws: ScenarioError.self) { try ScenarioLibrary.located(name) }
    return error.remedy
  }

  @Test func `Every file of the folder is in the program, unchanged`() throws {
    let files = try ScenarioLibrary.files(below: folder, withForeign: true).map { String($0.dropFirst(folder.count + 1).dropLast(".yaml".count)) }
    #expect(files.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } == ShippedScenarios.names, "run scripts/list-scenarios")
    for name in ShippedScenarios.names {
      #expect(ShippedScenarios.text(of: name) == (try String(contentsOfFile: "\(folder)/\(name).yaml", encoding: .utf8)), "\(name)")
    }
  }

  @Test func `All listed scenarios can be read by their names alone`() throws {
    let entries = try ScenarioLibrary.entries(theme: nil)
    #expect(entries.count > 80)
    #expect(!entries.contains { $0.file.hasPrefix("deeds/") || $0.file.contains("/omb/") })
    #expect(ScenarioLibrary.themes == ["benchmarks", "found", "hazards", "operations", "smoke", "swarm", "verify"])
    #expect(try ScenarioLibrary.entries(theme: "smoke").map(\.name).contains("calm"))
    #expect(try ScenarioLibrary.scenario(at: kip101, variant: "fixed").file == kip101)
  }

  @Test(arguments: ["hazards/kip-101-truncation-loss", "kip-101-truncation-loss", "hazards/kip-101-truncation-loss.yaml"])
  func `A scenario is found by its name, with and without its theme`(name: String) throws {
    #expect(try ScenarioLibrary.located(name) == kip101)
    #expect(try ScenarioLibrary.scenario(at: name).name == "kip-101-truncation-loss")
    #expect(try ScenarioLibrary.files(below: name) == [kip101])
  }

  @Test func `The path of a checkout means the scenario in the program if there is no such path`() {
    #expect(ShippedScenarios.meant(by: "scenarios/hazards/kip-101-truncation-loss.yaml") == [kip101])
    #expect(ShippedScenarios.names(below: "scenarios/smoke/") == ShippedScenarios.names.filter { $0.hasPrefix("smoke/") })
    #expect(ShippedScenarios.names(below: "scenarios") == ShippedScenarios.names)
    // The name of a file that is missing is no word for another one.
    #expect(ShippedScenarios.meant(by: "calm.yaml").isEmpty && ShippedScenarios.meant(by: "mine/calm").isEmpty)
  }

  @Test func `An existing path wins`() throws {
    let path = folder + "/smoke/calm.yaml"
    #expect(try ScenarioLibrary.located(path) == path)
    #expect(try ScenarioLibrary.scenario(at: path).file == path)
  }

  @Test func `A theme stands for its scenarios`() throws {
    #expect(try ScenarioLibrary.files(below: "smoke").contains("smoke/calm"))
    #expect(try ScenarioLibrary.files(below: "benchmarks").allSatisfy { !$0.contains("/omb/") })
  }

  @Test func `A missing scenario is reported with the nearest name`() throws {
    #expect(try remedy(for: "kip-101-truncation-los") == "Did you mean 'kip-101-truncation-loss'?")
    #expect(try remedy(for: "scenarios/smoke/clam.yaml") == "Did you mean 'smoke/calm'?")
    #expect(try remedy(for: "kip-101") == "There is hazards/kip-101-truncation-loss.")
    #expect(try remedy(for: "smoke") == "Name one of them, such as smoke/calm; trial verify and trial check take folders.")
    #expect(try remedy(for: "mine.yaml").contains("trial list"))
  }

  @Test func `An ambiguous name is not guessed`() throws {
    #expect(try remedy(for: "compaction") == "Write operations/compaction or verify/compaction.")
  }

  @Test func `A folder is not a file, and a byte that is not UTF-8 has a place`() throws {
    let error = try #require(throws: ScenarioError.self) { try ScenarioLibrary.text(at: folder) }
    #expect(error.problem.contains("folder") && error.remedy.contains("trial verify"))
    let path = NSTemporaryDirectory() + "\(UUID().uuidString).yaml"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data("name: a\nabout: ü\u{0}".utf8.dropLast() + [0xff]).write(to: URL(fileURLWithPath: path))
    let foreign = try #require(throws: ScenarioError.self) { try ScenarioLibrary.text(at: path) }
    #expect(foreign.place == Place(source: path, line: 2, column: 9))
  }

  @Test func `An override without a value is reported`() throws {
    let error = try #require(throws: ScenarioError.self) { try ScenarioLibrary.scenario(at: "smoke/calm", overrides: ["cluster.brokers="]) }
    #expect(error.problem == "there is no value after the equals sign")
    #expect(error.remedy.contains("--set cluster.brokers=VALUE"))
  }
}
