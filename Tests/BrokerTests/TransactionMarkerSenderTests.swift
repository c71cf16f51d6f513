import Host
import Primitives
import Sim
import Testing
import Wire

@testable import Broker

/// Markers are written by whoever leads, however long that takes, and a transaction is complete when all of them are.
@Suite struct TransactionMarkerSenderTests {
  @Test func `Each leader gets one request with all its markers, and a transaction is complete when its own are written`() {
    let markers = MarkerWorld()
    markers.end("a", [0, 1])
    markers.end("b", [1], producerID: 8, epoch: 0, commits: false, version: 0)
    markers.world.run(for: .milliseconds(10))
    #expect(markers.leader(1).asked == [["producer 7 epoch 3 commit t [0] in 5"]])
    #expect(markers.leader(2).asked == [["producer 7 epoch 3 commit t [1] in 5", "producer 8 epoch 0 abort t [1] in 5"]])
    #expect(markers.leader(3).asked.isEmpty)
    // KIP-1228
    #expect(markers.leader(2).requests[0].markers.map(\.transactionVersion) == [2, 0])
    #expect(markers.completions.sorted() == ["a", "b"])
  }

  @Test func `Markers that come while a request is under way are sent together after the response`() {
    let markers = MarkerWorld()
    markers.leader(1).courses = [.hold]
    markers.end("a", [0])
    markers.world.run(for: .milliseconds(10))
    markers.end("b", [0], producerID: 8)
    markers.end("c", [0], producerID: 9)
    markers.world.run(for: .milliseconds(10))
    #expect(markers.leader(1).requests.count == 1 && markers.completions.isEmpty)
    markers.leader(1).release()
    markers.world.run(for: .milliseconds(10))
    #expect(markers.leader(1).requests.map(\.markers.count) == [1, 2])
    #expect(markers.completions == ["a", "b", "c"])
  }

  @Test func `A transaction without partitions is complete immediately`() {
    let markers = MarkerWorld()
    markers.end("a", [])
    markers.world.run(for: .milliseconds(1))
    #expect(markers.completions == ["a"])
  }

  @Test func `A marker that the broker cannot write goes to the new leader, without any others`() {
    let markers = MarkerWorld()
    markers.leader(1).courses = [.answer { _ in .notLeaderOrFollower }]
    markers.end("a", [0, 1])
    markers.world.run(for: .milliseconds(10))
    #expect(markers.completions.isEmpty)
    markers.elect(3, of: 0)
    markers.world.run(for: .milliseconds(100))
    #expect(markers.leader(1).requests.count == 1 && markers.leader(2).requests.count == 1)
    #expect(markers.leader(3).asked == [["producer 7 epoch 3 commit t [0] in 5"]])
    #expect(markers.completions == ["a"])
  }

  @Test func `Only partitions whose marker is not written are requested again`() {
    let markers = MarkerWorld()
    markers.elect(1, of: 1)
    markers.leader(1).courses = [.answer { $0 == 0 ? .none : .notEnoughReplicasAfterAppend }]
    markers.end("a", [0, 1])
    markers.world.run(for: .milliseconds(100))
    #expect(markers.leader(1).asked == [["producer 7 epoch 3 commit t [0, 1] in 5"], ["producer 7 epoch 3 commit t [1] in 5"]])
    #expect(markers.completions == ["a"])
  }

  @Test func `After a broken connection or a lost response the request is repeated`() {
    let markers = MarkerWorld()
    markers.leader(1).courses = [.hangUp]
    // Longer than `request.timeout.ms`.
    markers.leader(2).courses = [.hold]
    markers.end("a", [0])
    markers.end("b", [1], producerID: 8)
    markers.world.run(for: .seconds(1))
    #expect(markers.completions == ["a"] && markers.leader(1).requests.count == 2)
    markers.world.run(for: .seconds(30))
    #expect(markers.completions == ["a", "b"] && markers.leader(2).requests.count == 2)
  }

  @Test func `The markers for a dead leader go to the next one`() {
    let markers = MarkerWorld()
    markers.leader(1).courses = [.hold]
    markers.end("a", [0])
    markers.world.run(for: .milliseconds(10))
    markers.end("b", [0], producerID: 8)
    markers.kill(1)
    markers.elect(2, of: 0)
    markers.world.run(for: .seconds(1))
    #expect(markers.leader(2).requests.flatMap(\.markers).map(\.producerId).sorted() == [7, 8])
    #expect(markers.completions.sorted() == ["a", "b"])
  }

  @Test func `A partition without a leader is waited for, and one of a deleted topic is not`() {
    let markers = MarkerWorld()
    markers.end("a", [3])
    markers.end("b", [0], producerID: 8)
    markers.world.run(for: .seconds(2))
    #expect(markers.completions == ["b"])
    markers.deleteTopic()
    markers.world.run(for: .milliseconds(100))
    #expect(markers.completions == ["b", "a"])
  }

  @Test func `A partition gets its marker from the leader it later gets`() {
    let markers = MarkerWorld()
    markers.end("a", [3])
    markers.world.run(for: .milliseconds(200))
    markers.elect(2, of: 3)
    markers.world.run(for: .milliseconds(100))
    #expect(markers.leader(2).asked == [["producer 7 epoch 3 commit t [3] in 5"]] && markers.completions == ["a"])
  }

  @Test func `A sender that is told of a later coordinator gives up`() {
    let markers = MarkerWorld()
    markers.leader(1).courses = [.answer { _ in .transactionCoordinatorFenced }]
    markers.end("a", [0, 1])
    markers.end("b", [1], producerID: 8)
    markers.world.run(for: .seconds(1))
    #expect(markers.leader(1).requests.count == 1)
    #expect(markers.completions == ["b"])
    #expect(markers.notes.contains { $0.contains("'a'") && $0.contains("TRANSACTION_COORDINATOR_FENCED") } && markers.warnings.isEmpty)
  }

  @Test func `An impossible response is a warning, and the request is not repeated`() {
    let markers = MarkerWorld()
    markers.leader(1).courses = [.answer { _ in .corruptMessage }]
    markers.end("a", [0])
    markers.world.run(for: .seconds(1))
    #expect(markers.leader(1).requests.count == 1 && markers.completions.isEmpty && markers.warnings.count == 1)
  }

  @Test func `Requests of a leadership that is over are dropped`() {
    let markers = MarkerWorld()
    markers.leader(1).courses = [.answer { _ in .notLeaderOrFollower }]
    markers.leader(2).courses = [.hold]
    markers.end("a", [0])
    markers.end("b", [1], producerID: 8)
    markers.world.run(for: .milliseconds(10))
    markers.epoch = nil
    markers.leader(2).release()
    markers.world.run(for: .seconds(1))
    #expect(markers.leader(1).requests.count == 1 && markers.completions.isEmpty)
    // The same broker coordinates again, and finds the transactions prepared.
    markers.epoch = 6
    markers.end("a", [0])
    markers.world.run(for: .milliseconds(10))
    #expect(markers.leader(1).asked.last == ["producer 7 epoch 3 commit t [0] in 6"] && markers.completions == ["a"])
  }

  @Test func `The completion of a transaction is recorded again until the log accepts it, and not more often`() {
    let markers = MarkerWorld()
    markers.refusals = [.coordinatorNotAvailable, .coordinatorNotAvailable]
    markers.end("a", [0])
    markers.world.run(for: .seconds(1))
    #expect(markers.completions == ["a", "a", "a"])
    markers.refusals = [.notCoordinator]
    markers.end("b", [0])
    markers.world.run(for: .seconds(1))
    #expect(markers.completions == ["a", "a", "a", "b"])
  }

  @Test(arguments: [
    (ErrorCode.none, MarkerOutcome.written), (.unsupportedForMessageFormat, .written), (nil, .again), (.unknownTopicOrPartition, .again),
    (.notLeaderOrFollower, .again), (.notEnoughReplicas, .again), (.requestTimedOut, .again), (.kafkaStorageError, .again),
    (.invalidProducerEpoch, .never(.invalidProducerEpoch, isExpected: true)), (.messageTooLarge, .never(.messageTooLarge, isExpected: false)),
  ] as [(ErrorCode?, MarkerOutcome)])
  func `Responses are interpreted correctly`(_ error: ErrorCode?, _ outcome: MarkerOutcome) {
    #expect(MarkerOutcome(error) == outcome)
  }
}
