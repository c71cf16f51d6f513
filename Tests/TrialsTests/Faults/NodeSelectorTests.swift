import Primitives
import Testing

@testable import Scenarios
@testable import Trials

struct NodeSelectorTests {
  static func reader(controllers: Int) throws -> DeedReader {
    let document = try Value.parse("{ cluster: { brokers: 3, controllers: \(controllers) } }", source: "test")
    return DeedReader(names: DeclaredNames(document), entries: [], createdTopics: [])
  }

  static func selector(_ text: String, controllers: Int) throws -> NodeSelector {
    try NodeSelector(Value.parse(text, source: "test"), reader(controllers: controllers).names)
  }

  @Test func `a controller is named by its number, up to as many as the cluster has`() throws {
    #expect(try Self.selector("controller-1", controllers: 1) == .controller(1))
    #expect(try Self.selector("controller-3", controllers: 3) == .controller(3))
    #expect(throws: ScenarioError.self) { try Self.selector("controller-0", controllers: 3) }
    let tooHigh = #expect(throws: ScenarioError.self) { try Self.selector("controller-4", controllers: 3) }
    #expect(tooHigh?.description.contains("The controllers of this cluster are controller-1 to controller-3.") == true)
    let second = #expect(throws: ScenarioError.self) { try Self.selector("controller-2", controllers: 1) }
    #expect(second?.description.contains("This cluster has controller-1 alone.") == true)
  }

  @Test func `the active controller is controller-1 for certain only where there is no other`() throws {
    let entry = try Value.parse("{ partition: [[controller-1, 1], [active-controller, 2]] }", source: "test")
    func read(controllers: Int) throws {
      var map = try MapReader(entry)
      let groups = try map.required("partition") { $0 }
      _ = try NetworkDeed(.partition, groups, beside: &map, Self.reader(controllers: controllers))
    }
    try read(controllers: 3)
    let overlapping = #expect(throws: ScenarioError.self) { try read(controllers: 1) }
    #expect(overlapping?.description.contains("active-controller stands in two groups") == true)
  }
}
