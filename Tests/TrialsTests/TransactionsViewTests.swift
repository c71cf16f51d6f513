import Host
import Primitives
import Testing

@testable import Trials

@Suite struct TransactionsViewTests {
  /// What broker 1, which coordinates, tells at each second.
  private static func view(_ occurrences: Occurrence...) -> TransactionsView {
    var view = TransactionsView()
    for (second, occurrence) in occurrences.enumerated() { _ = view.observe(occurrence, by: 1, at: time(second)) { _ in 1 } }
    return view
  }

  private static func time(_ second: Int) -> Instant { .zero + .seconds(Int64(second)) }

  private static func standing(_ state: String, _ epoch: Int16) -> Occurrence {
    .transactionChanged(.init(transactionalID: "x", producerID: 7, producerEpoch: epoch, state: state, partitions: []))
  }

  @Test func `A transaction has a begin, a decision about its end, and an end`() {
    let spans = Self.view(
      Self.standing("Empty", 0), Self.standing("Ongoing", 0), Self.standing("PrepareCommit", 1), Self.standing("CompleteCommit", 1), Self.standing("Ongoing", 1),
      Self.standing("PrepareAbort", 2)
    ).history(of: "x").spans
    #expect(spans.map(\.from) == [Self.time(1), Self.time(4)] && spans.map(\.prepared) == [Self.time(2), Self.time(5)])
    #expect(spans.map(\.to) == [Self.time(3), nil] && spans.map(\.isCommit) == [true, false] && spans.map(\.producer.epoch) == [0, 1])
  }

  @Test func `An epoch goes up with an end, with a timeout, or where somebody asks for the id`() {
    func cause(_ view: TransactionsView) -> (TransactionsView.EpochChange.Cause?, Instant?) { (view["x"]?.epochChange?.cause, view["x"]?.epochChange?.time) }
    #expect(cause(Self.view(Self.standing("Empty", 0))) == (nil, nil))
    #expect(cause(Self.view(Self.standing("Empty", 0), Self.standing("Empty", 1))) == (.initialisation, Self.time(1)))
    #expect(cause(Self.view(Self.standing("Ongoing", 0), Self.standing("PrepareCommit", 1), Self.standing("CompleteCommit", 1))) == (.commit, Self.time(1)))
    #expect(cause(Self.view(Self.standing("Ongoing", 0), Self.standing("PrepareAbort", 1))) == (.abort, Self.time(1)))
    var late = Self.view(Self.standing("Ongoing", 0), Self.standing("PrepareAbort", 1))
    _ = late.observe(.transactionTimedOut(transactionalID: "x", producerID: 7, producerEpoch: 0), by: 1, at: Self.time(1)) { _ in 1 }
    #expect(cause(late) == (.timeout, Self.time(1)) && late.history(of: "x").spans.map(\.isTimedOut) == [true])
  }

  @Test func `Requests of one producer that are refused in a row are kept once, and counted each time`() {
    let view = Self.view(
      Self.standing("Empty", 2), .producerFenced(transactionalID: "x", producerID: 7, producerEpoch: 0), .producerFenced(transactionalID: "x", producerID: 7, producerEpoch: 0),
      .producerFenced(transactionalID: "x", producerID: 7, producerEpoch: 1))
    #expect(view.history(of: "x").refusals.map(\.time) == [Self.time(1), Self.time(3)] && view.counts.refusals == 3)
  }

  @Test func `Whoever does not lead the id's partition is not believed`() {
    var view = Self.view(Self.standing("Ongoing", 0))
    _ = view.observe(Self.standing("CompleteAbort", 5), by: 2, at: Self.time(9)) { _ in 1 }
    #expect(view.history(of: "x").spans.map(\.to) == [nil] && view["x"]?.standing.producerEpoch == 0)
  }
}
