import Client
import Primitives
import Testing
import Wire

/// A transactional producer with the id `x`, a scripted coordinator, and brokers with logs of a topic `t` that take everything.
final class TransactionFixture {
  let records: ProducerFixture
  let coordinator: ScriptedTransactions
  var producer: Producer { records.producer }
  var world: TestWorld { records.world }

  /// - Parameter version: the finalized `transaction.version`.
  init(version: Int16 = 2, _ configure: (inout ProducerConfiguration) -> Void = { _ in }) {
    records = ProducerFixture {
      $0.isIdempotent = true
      $0.transactionalID = "x"
      $0.linger = .zero
      configure(&$0)
    }
    coordinator = ScriptedTransactions(at: records.brokers[0], servedBy: records.brokers, version: version)
  }

  /// Makes a call and waits for its end.
  @discardableResult
  func end(_ call: (@escaping (TransactionFailure?) -> Void) -> Void) -> TransactionFailure? {
    var result: TransactionFailure??
    call { result = .some($0) }
    #expect(world.run(upTo: .seconds(200)) { result != nil })
    return result ?? nil
  }

  func initialize() { #expect(end { producer.initTransactions($0) } == nil) }

  func commit() -> TransactionFailure? { end { producer.commitTransaction($0) } }

  func abort() -> TransactionFailure? { end { producer.abortTransaction($0) } }

  func sendOffset(_ offset: Offset) -> TransactionFailure? {
    end {
      producer.sendOffsets(
        [(TopicPartition("t", 0), offset, nil, "")], of: ConsumerGroupMetadata(groupID: "g", generationID: 3, memberID: "m"), $0)
    }
  }

  /// Sends a record and waits until it is acknowledged.
  func send(_ value: Bytes) {
    let before = records.acknowledgedTokens.count
    producer.send(topic: "t", partition: 0, value: value)
    #expect(world.run { records.acknowledgedTokens.count > before })
  }
}
