import Testing

@testable import Scenarios
@testable import Trials

/// What a scenario sets of transactions: the level, switches of their coordinators, settings of brokers.
@Suite struct TransactionSettingReadingTests {
  private func read(_ overrides: [String]) throws -> Scenario {
    // The example has a switch of its own.
    try ScenarioReader.read(
      text: ScenarioReaderTests.text, file: "example.yaml", variant: nil, overrides: ["cluster.switches.truncation=fetchDivergence"] + overrides)
  }

  @Test(arguments: [
    "returnConcurrentBeforeAdd=false", "singleCompletion=false", "persistOngoing=false", "bumpOnRetriedInit=true", "keepPreviousProducerID=false",
    "fenceCommitOfAborted=false", "checkPendingFirst=false", "rotateOnFence=false", "fenceWithOneBump=false", "bumpOnInit=false", "awaitPrepared=false",
    "awaitCommit=false", "resumePrepared=false", "replicateMarkers=false",
  ])
  func `A switch of transaction coordinators is read by its name, and is historic`(_ setting: String) throws {
    #expect(try !read([]).settings.followsHistoricRules)
    #expect(try read(["cluster.switches.\(setting)"]).settings.followsHistoricRules)
  }

  @Test(arguments: [
    "cluster.features.transaction.version=0", "cluster.features.transaction.version=1", "cluster.features.transaction.version=2",
    "cluster.config.transaction.max.timeout.ms=1m", "cluster.config.transactional.id.expiration.ms=1h", "cluster.config.transaction.state.log.min.isr=1",
    "cluster.config.transaction.abort.timed.out.transaction.cleanup.interval.ms=1s", "cluster.config.transaction.two.phase.commit.enable=true",
  ])
  func `Levels and settings of brokers are accepted`(_ override: String) throws { #expect(try !read([override]).settings.followsHistoricRules) }

  @Test(arguments: [
    ("cluster.features.transaction.version=3", "2"), ("cluster.switches.awaitPrepare=false", "awaitPrepared"),
    ("cluster.config.transaction.max.timeout.ms=0", "transaction.max.timeout.ms"),
    ("cluster.config.transaction.state.log.num.partition=1", "transaction.state.log.num.partitions"),
  ])
  func `Unknown and invalid settings are refused`(override: String, words: String) {
    let error = #expect(throws: ScenarioError.self) { try read([override]) }
    #expect(error?.description.contains(words) == true, "\(String(describing: error))")
  }
}
