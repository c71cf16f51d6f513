import Primitives
import Sim
import Testing
import Wire
import Workloads

@testable import Broker
@testable import Coordination
@testable import Trials

/// What is told of transactions that do not end.
@Suite struct TransactionWaitTests {
  /// One with a transaction of a second, which is open when everything is healed.
  private func trial(timeout: String = "2s", replicas: String = "[[2, 1, 3]]") throws -> StuckTrial {
    try StuckTrial(
      cluster: """
        { config: { min.insync.replicas: 2, transaction.state.log.num.partitions: 1, replica.lag.time.max.ms: 5s,
          transaction.abort.timed.out.transaction.cleanup.interval.ms: 1s } }
        """,
      topics: "[{ name: orders, replicas: \(replicas) }]",
      workload: """
        [{ transact: { name: app, topic: orders, transactional-id: x, commit-every: 700ms, rate: 10/s, config: { transaction.timeout.ms: \(timeout), linger.ms: 0 } } },
          { consume: { topic: orders, config: { isolation.level: read_committed } } }]
        """)
  }

  private func ofTransaction(_ told: [String]?) throws -> String { try #require(told?.first { $0.hasPrefix("the transaction of transactional id x ") }, "\(told ?? [])") }

  private func coordinator(_ trial: StuckTrial) -> NodeIndex { trial.nodes.broker(trial.cluster.observer.view.cluster.coordinator(ofTransaction: "x"))! }

  @Test func `A transaction whose markers are held is followed to the request that does not arrive`() throws {
    let trial = try trial()
    trial.at(StuckTrial.healed) { $0.world.apply(MessageRule(.hold, .request, apiKey: ApiKey.writeTxnMarkers.rawValue), name: "held") }
    let violated = trial.run()
    for guarantee in [Guarantee.liveness, .transactionsSettle] {
      let told = try ofTransaction(violated[guarantee])
      #expect(told.contains(#/ is Prepare\w+ at its coordinator, broker \d, since \d\.\d+ s, with orders-0/#), "\(told)")
      #expect(
        told.ends(
          in: #"the marker of orders-0 is not written"#,
          #"broker-\d waits since \d+\.\d s for broker-2 to answer WriteTxnMarkers"#,
          #"it does not arrive \(held since 6\.0 s\)"#), "\(told)")
    }
    let stable = try #require(violated[.liveness]?.first { $0.hasPrefix("the last stable offset of orders-0 is ") })
    #expect(stable.contains(#/: producer \d+ of transactional id x has a transaction open from offset \d+ on: the marker of orders-0 is not written: /#), "\(stable)")
  }

  @Test func `A transaction whose markers a leader refuses is followed to the ISR that is too small`() throws {
    let trial = try trial(replicas: "[[1, 2, 3]]")
    trial.at(StuckTrial.healed) { trial in
      for number in [2, 3] { trial.world.apply(MessageRule(.hold, .request, apiKey: ApiKey.fetch.rawValue, from: [trial.broker(number)], to: [trial.broker(1)]), name: "held") }
    }
    let told = try ofTransaction(trial.liveness())
    #expect(
      told.ends(
        in: "the marker of orders-0 is not written", "broker 1, the leader, does not take it now", #"its ISR is \[1\], and min\.insync\.replicas is 2"#,
        #"Fetch requests from broker-\d to broker-1 do not arrive \(held since 6\.0 s\)"#), "\(told)")
  }

  @Test func `A transaction that its application does not end is followed to the client and to its request`() throws {
    let trial = try trial(timeout: "100s")
    trial.at(StuckTrial.healed) { $0.world.apply(MessageRule(.hold, .request, apiKey: ApiKey.endTxn.rawValue), name: "held") }
    var told: [String] = []
    trial.at(.seconds(10)) { trial in
      told.append(trial.chain.transaction("x") ?? "")
      trial.world.pause(trial.client("app"))
      told.append(trial.chain.transaction("x") ?? "")
    }
    _ = trial.run()
    let words = #"^its application has not ended it, and broker-\d ends it at 105\.\d s at the earliest"#
    #expect(
      told.first?.ends(in: words, #"app waits since 6\.0 s for broker-\d to answer EndTxn"#, #"it does not arrive \(held since 6\.0 s\)"#) == true, "\(told)")
    #expect(told.last?.ends(in: words, "app is paused") == true, "\(told)")
  }

  @Test func `A produce that waits until the last transaction has ended is followed to its marker`() throws {
    let trial = try trial()
    trial.at(.seconds(4)) { $0.world.apply(MessageRule(.hold, .request, apiKey: ApiKey.writeTxnMarkers.rawValue), name: "held") }
    var told: [String] = []
    // It asks again and again, with pauses.
    for milliseconds in stride(from: Int64(5_000), to: 5_500, by: 10) {
      trial.at(.milliseconds(milliseconds)) { trial in trial.chain.client(trial.client("app")).map { told.append($0) } }
    }
    _ = trial.run()
    let words = try #require(told.first { $0.contains("to answer Produce: it waits ") }, "\(told)")
    #expect(
      words.ends(
        in: #"^app waits since \d\.\d s for broker-2 to answer Produce"#,
        #"it waits for the coordinator of transactional id x to take its partitions"#,
        #"the marker of orders-0 is not written"#,
        #"broker-\d waits since \d\.\d s for broker-2 to answer WriteTxnMarkers"#,
        #"it does not arrive \(held since 4\.0 s\)"#), "\(words)")
  }

  @Test func `A coordinator that counts as loading for good is named`() throws {
    let trial = try trial()
    trial.at(StuckTrial.healed) { trial in
      trial.world.broker(at: coordinator(trial))?.broker?.transactions.runtime.partition(0)?.state = .loading
    }
    let told = trial.liveness()
    let application = try #require(told.first { $0.hasPrefix("the last stable offset of orders-0 is ") }, "\(told)")
    #expect(
      application.ends(
        in: #"of transactional id x has a transaction open from offset \d+ on"#,
        #"broker-\d loads __transaction_state-0 since \d\.\d s, and is at offset \d+ of \d+"#), "\(application)")
  }
}
