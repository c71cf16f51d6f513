import Testing

@testable import Scenarios
@testable import Trials

/// Switches that groups and consumers obey, as a scenario sets them.
@Suite struct GroupSwitchReadingTests {
  private func read(_ overrides: [String]) throws -> Scenario {
    try ScenarioReader.read(text: ScenarioReaderTests.text, file: "example.yaml", variant: nil, overrides: overrides)
  }

  @Test func `A switch of consumers reaches every entry that consumes`() throws {
    #expect(try read([]).workload.compactMap(\.application.consumer).map(\.switches.validatePosition) == [true])
    let switched = try read(["cluster.switches.client.validatePosition=false", "cluster.switches.fenceCommits=false", "cluster.switches.commitFence=equality"])
    #expect(switched.workload.compactMap(\.application.consumer).map(\.switches.validatePosition) == [false])
    #expect(switched.workload.compactMap(\.application.consumer).map(\.switches.retryOnLoadInProgress) == [true])
  }

  @Test func `Switches of rebalancing and of closer replicas are read by their names, and modern by default`() throws {
    let modern = try read([]).workload.compactMap(\.application.consumer).map(\.switches)
    #expect(modern.allSatisfy { $0.askLeaderWhenOutOfRange && $0.keepFormerClaims && $0.sendGenerationInSubscription && !$0.resetOnSyncError })
    let switched = try read([
      "cluster.switches.client.askLeaderWhenOutOfRange=false", "cluster.switches.keepFormerClaims=false", "cluster.switches.resetOnSyncError=true",
    ]).workload.compactMap(\.application.consumer).map(\.switches)
    #expect(switched.count == 1 && switched.allSatisfy { !$0.askLeaderWhenOutOfRange && !$0.keepFormerClaims && $0.resetOnSyncError })
  }

  @Test(arguments: [
    ("cluster.switches.fenceCommit=false", "fenceCommits"), ("cluster.switches.commitFence=never", "range, equality"),
    ("cluster.switches.client.validatePosition=perhaps", "true"),
  ])
  func `An unknown or invalid switch is refused`(override: String, words: String) {
    let error = #expect(throws: ScenarioError.self) { try read([override]) }
    #expect(error?.description.contains(words) == true, "\(String(describing: error))")
  }
}
