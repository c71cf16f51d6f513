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

  @Test func `A controller is named by its number, up to as many as the cluster has`() throws {
    #expect(try Self.selector("controller-1", controllers: 1) == .controller(1))
    #expect(try Self.selector("controller-3", controllers: 3) == .controller(3))
    #expect(throws: ScenarioError.self) { try Self.selector("controller-0", controllers: 3) }
    let tooHigh = #expect(throws: ScenarioError.self) { try Self.selector("controller-4", controllers: 3) }
    #expect(tooHigh?.description.contains("The controllers of this cluster are controller-1 to controller-3.") == true)
    let second = #expect(throws: ScenarioError.self) { try Self.selector("controller-2", controllers: 1) }
    #expect(second?.description.contains("This cluster has controller-1 alone.") == true)
  }

  @Test func `Controllers are named by their roles, and there are fewer standbys than controllers`() throws {
    #expect(try Self.selector("active-controller", controllers: 3) == .activeController)
    #expect(try Self.selector("standby-controller", controllers: 3) == .standbyController(nil))
    #expect(try Self.selector("standby-controller(2)", controllers: 3) == .standbyController(2))
    #expect(try Self.selector("voter any", controllers: 3) == .anyVoter)
    for wrong in ["standby-controller(3)", "standby-controller(0)", "standby-controller(-1)", "standby-controller(9223372036854775807)", "voter one"] {
      #expect(throws: ScenarioError.self) { try Self.selector(wrong, controllers: 3) }
    }
    for selector in [NodeSelector.activeController, .standbyController(nil), .standbyController(2), .anyVoter, .controller(3)] {
      #expect(try Self.selector(selector.description, controllers: 3) == selector)
    }
  }

  @Test func `Elections of controllers are instants to wait for`() throws {
    func instant(_ text: String) throws -> NamedInstant {
      try NamedInstant(text, at: Value.parse("'\(text)'", source: "test"), entries: [], later: [], Self.reader(controllers: 3).names)
    }
    #expect(try instant("active(controller)") == .active(times: 1))
    #expect(try instant("active(controller, 3)") == .active(times: 3))
    #expect(try instant("active(controller-2)") == .activeController(2, times: 1))
    #expect(try instant("active(controller-2, 2)") == .activeController(2, times: 2))
    #expect(try instant("quorum-epoch(5)") == .quorumEpoch(5))
    #expect(try instant("snapshot(3)") == .snapshot(times: 3))
    for wrong in ["active(controller-4)", "active(1)", "active(controller, 0)", "quorum-epoch(0)", "quorum-epoch(x)", "snapshot(0)", "snapshot(t-0, 2)"] {
      #expect(throws: ScenarioError.self) { try instant(wrong) }
    }
    for known in [NamedInstant.active(times: 1), .active(times: 2), .activeController(3, times: 1), .activeController(1, times: 4), .quorumEpoch(9)] {
      #expect(try instant(known.description) == known)
    }
  }

  @Test func `The active controller is controller-1 for certain only where there is no other`() throws {
    let entry = try Value.parse("{ partition: [[controller-1, 1], [active-controller, 2]] }", source: "test")
    func read(controllers: Int) throws {
      var map = try MapReader(entry)
      let groups = try map.required("partition") { $0 }
      _ = try NetworkDeed(.partition, groups, beside: &map, Self.reader(controllers: controllers))
    }
    try read(controllers: 3)
    let overlapping = #expect(throws: ScenarioError.self) { try read(controllers: 1) }
    #expect(overlapping?.description.contains("active-controller is in two groups") == true)
  }
}
