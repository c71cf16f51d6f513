import Foundation
import Results
import Testing

@testable import Scenarios
@testable import Trials

/// Every example of docs/scenarios.md is read and run as it stands there, with what it leaves out.
@Suite struct DocumentedExampleTests {
  static let examples = try! String(contentsOf: TrialTests.root.appendingPathComponent("docs/scenarios.md"), encoding: .utf8)
    .components(separatedBy: "```yaml\n").dropFirst().compactMap { $0.components(separatedBy: "\n```").first }

  static let whole = examples.filter { $0.hasPrefix("name: my-server") == false }

  /// What the examples refer to.
  static let rest = """
    name: documented
    about: An example.
    topics:
      - { name: t, replicas: [[1, 2, 3]] }
      - { name: u, partitions: 4 }
      - { name: in }
      - { name: out }
      - { name: a }
      - { name: b }
    workload:
      - produce: { topic: t }
      - consume: { topic: t }
    duration: 40s
    expect: { holds: [lost-write] }
    """

  /// An example with what it leaves out. It changes what it says itself.
  static func text(_ example: String) throws -> String {
    var document = try Value.parse(rest, source: "rest")
    guard case .map(let entries) = try Value.parse(example, source: "example").content else { return example }
    for entry in entries { document.put(entry.key, entry.value) }
    return document.yaml
  }

  @Test func `The examples are found`() { #expect(Self.examples.count > 10) }

  @Test(arguments: whole) func `An example runs, and each of its faults takes effect`(example: String) throws {
    let scenario = try ScenarioReader.read(text: Self.text(example), file: "example.yaml")
    let result = Trial(try scenario.drawn(seed: 1), options: Trial.Options(seed: 1)).run()
    #expect(result.faults.filter { $0.hit == 0 }.map(\.name) == [])
    #expect(result.verdicts.filter { $0.conclusion == .violated }.isEmpty)
    for variant in scenario.document["variants"].flatMap({ try? MapReader($0).keys }) ?? [] {
      #expect(throws: Never.self) { try ScenarioReader.read(text: Self.text(example), file: "example.yaml", variant: variant) }
    }
  }

  @Test func `The example of a machine profile is read`() throws {
    let example = try #require(Self.examples.first { $0.hasPrefix("name: my-server") })
    #expect(throws: Never.self) { try MachineReader.read(text: example, file: "my-server.yaml") }
  }
}
