import Primitives
import Testing

@testable import Workloads

/// A group that makes a value of each record of `in` for `out`.
@Suite struct LedgerTests {
  private typealias Script = TransactionScript
  private static let a = Script.a, b = Script.b

  /// Three records in `in`, read by the auditor.
  private static func filled(_ count: Int = 3) -> (script: Script, inputs: [(RecordValue, Offset)]) {
    var script = Script(), inputs: [(RecordValue, Offset)] = []
    for offset in 0..<count { inputs.append((script.send(to: script.input, at: Offset(Int64(offset))), Offset(Int64(offset)))) }
    script.audit(script.input, inputs)
    return (script, inputs)
  }

  /// A transaction that works on records and makes as many values of each as told.
  private static func transform(
    _ inputs: ArraySlice<(RecordValue, Offset)>, _ script: inout Script, by process: ProcessNumber, at offset: Offset, times: Int = 1, offsets: Bool = true,
    ended: ((inout Script, TransactionNumber) -> Void)? = nil
  ) -> [(RecordValue, Offset)] {
    script.poll(script.input, Array(inputs), by: process)
    let transaction = script.begin(by: process)
    script.work(Array(inputs), in: transaction, by: process)
    var made: [(RecordValue, Offset)] = []
    for input in inputs {
      for _ in 0..<times {
        let place = offset + Int64(made.count)
        made.append((script.send(by: process, to: script.output, at: place, in: transaction, from: [(script.input, input.1)]), place))
      }
    }
    if offsets { script.commitOffset(inputs.last!.1 + 1, in: transaction, by: process) }
    if let ended { ended(&script, transaction) } else { script.commit(transaction, by: process) }
    return made
  }

  private static func abort(_ process: ProcessNumber) -> (inout Script, TransactionNumber) -> Void { { $0.abort($1, by: process) } }

  @Test func `Each record has its effect once, even after an abort and a retry`() {
    var (script, inputs) = Self.filled()
    let first = Self.transform(inputs[0..<2], &script, by: Self.a, at: 0)
    _ = Self.transform(inputs[2...], &script, by: Self.a, at: 3, ended: Self.abort(Self.a))
    let last = Self.transform(inputs[2...], &script, by: Self.b, at: 5)
    script.audit(script.output, first + last)
    script.inspect(3)
    for guarantee in [Guarantee.exactlyOnce, .atLeastOnce, .atMostOnce, .committedOffsets] {
      #expect(script.conclusion(guarantee) == .holds, "\(script.verdict(guarantee))")
    }
    #expect(script.verdict(.exactlyOnce).examined == 3)
  }

  @Test func `A record whose values come from two transactions, both present, has its effect twice`() {
    var (script, inputs) = Self.filled(1)
    let first = Self.transform(inputs[...], &script, by: Self.a, at: 0)
    let second = Self.transform(inputs[...], &script, by: Self.b, at: 2)
    script.audit(script.output, first + second)
    let verdict = script.verdict(.exactlyOnce)
    #expect(
      verdict.cases == [
        "group g, in-0: offset 0 (value 0) has its effect more than once: 2 values are there, and 1 were to be made; transaction 0 of a (committed) made value 1 in out-0 at offset 0; "
          + "transaction 1 of b (committed) made value 2 in out-0 at offset 2"
      ], "\(verdict.cases)")
    #expect(script.conclusion(.atMostOnce) == .violated)
    #expect(script.conclusion(.atLeastOnce) == .holds)
  }

  @Test func `A value of an aborted transaction that is present anyway is an effect`() {
    var (script, inputs) = Self.filled(1)
    let aborted = Self.transform(inputs[...], &script, by: Self.a, at: 0, ended: Self.abort(Self.a))
    let made = Self.transform(inputs[...], &script, by: Self.b, at: 2)
    script.audit(script.output, aborted + made)
    #expect(script.conclusion(.exactlyOnce) == .violated)
    #expect(script.conclusion(.failedRead) == .violated)
  }

  @Test func `A record below the committed offset without any value has lost its effect`() {
    var (script, inputs) = Self.filled(2)
    let first = Self.transform(inputs[0..<1], &script, by: Self.a, at: 0)
    _ = Self.transform(inputs[1...], &script, by: Self.a, at: 2)
    script.audit(script.output, first)
    script.inspect(2)
    let verdict = script.verdict(.exactlyOnce)
    #expect(
      verdict.cases == [
        "group g, in-0: offset 1 (value 1) has no effect, although offset 2 is committed (in transaction 1 of a (committed)); transaction 1 of a (committed) made value 3 in out-0 at "
          + "offset 2, which is not there"
      ], "\(verdict.cases)")
    #expect(script.conclusion(.atLeastOnce) == .violated)
    #expect(script.conclusion(.atMostOnce) == .holds)
  }

  @Test func `A record below the committed offset that no process tried has lost its effect, too`() {
    var (script, inputs) = Self.filled(2)
    let made = Self.transform(inputs[1...], &script, by: Self.a, at: 0)
    script.audit(script.output, made)
    let verdict = script.verdict(.exactlyOnce)
    #expect(verdict.caseCount == 1 && verdict.cases[0].hasSuffix("; no process tried to make anything from it"), "\(verdict.cases)")
  }

  @Test func `A record that is not due needs no effect`() {
    var (script, inputs) = Self.filled(2)
    script.audit(script.output, Self.transform(inputs[0..<1], &script, by: Self.a, at: 0))
    _ = Self.transform(inputs[1...], &script, by: Self.a, at: 2) { _, _ in }
    #expect(script.conclusion(.exactlyOnce) == .holds)
    #expect(script.verdict(.exactlyOnce).examined == 1)
  }

  @Test func `A record that its transaction processed without making anything was left out deliberately`() {
    var (script, inputs) = Self.filled(2)
    script.audit(script.output, Self.transform(inputs[...], &script, by: Self.a, at: 0, times: 0))
    #expect(script.conclusion(.exactlyOnce) == .holds)
    // Whoever wrote the transform knows better.
    script.end.outputs = { _ in 1 }
    #expect(script.verdict(.exactlyOnce).caseCount == 2)
  }

  @Test func `If several values are made from a record, all count`() {
    for there in 0...3 {
      var (script, inputs) = Self.filled(1)
      let made = Self.transform(inputs[...], &script, by: Self.a, at: 0, times: 3)
      script.audit(script.output, Array(made.prefix(there)))
      #expect((script.conclusion(.exactlyOnce) == .violated) == (there < 3), "\(there)")
      if there == 2 { #expect(script.verdict(.exactlyOnce).cases[0].contains("has a part of its effect: 2 of 3 values are there")) }
      #expect((script.conclusion(.tornTransaction) == .violated) == (there == 1 || there == 2))
    }
  }

  @Test func `An effect without its offset is made again by the next process`() {
    var (script, inputs) = Self.filled(1)
    script.audit(script.output, Self.transform(inputs[...], &script, by: Self.a, at: 0, offsets: false))
    let verdict = script.verdict(.exactlyOnce)
    #expect(verdict.caseCount == 1 && verdict.cases[0].contains("has its effect, and no offset is committed: the next process makes it again"), "\(verdict.cases)")
  }

  @Test func `The offset of a transaction that the cluster does not report at the end is missing`() {
    for committed in [Offset(0), 1] {
      var (script, inputs) = Self.filled(1)
      script.audit(script.output, Self.transform(inputs[...], &script, by: Self.a, at: 0))
      script.end.committed = [TopicPartition("in", 0): committed]
      #expect((script.conclusion(.exactlyOnce) == .violated) == (committed == 0))
    }
  }

  @Test func `A transaction of unknown outcome has its values and its offset, or neither`() {
    for (isThere, committed) in [(false, Offset(0)), (false, 1), (true, 0), (true, 1)] {
      var (script, inputs) = Self.filled(1)
      let made = Self.transform(inputs[...], &script, by: Self.a, at: 0) { $0.end($1, by: Self.a, commits: true, .invoke, .info) }
      script.audit(script.output, isThere ? made : [])
      script.end.committed = [TopicPartition("in", 0): committed]
      #expect((script.conclusion(.exactlyOnce) == .violated) == (isThere != (committed == 1)), "\(isThere) \(committed)")
    }
  }

  @Test func `A transaction of unknown outcome that no reader passed is not reported`() {
    var (script, inputs) = Self.filled(1)
    _ = Self.transform(inputs[...], &script, by: Self.a, at: 0) { $0.end($1, by: Self.a, commits: true, .invoke, .info) }
    script.end.committed = [TopicPartition("in", 0): 1]
    #expect(script.conclusion(.exactlyOnce, isAudited: false) == .unknown)
  }

  @Test func `Aborted records, and those of unknown outcome, need no effect`() {
    for commits in [true, false] {
      var script = Script()
      let transaction = script.begin(by: Script.producer)
      script.send(to: script.input, at: 0, in: transaction)
      script.end(transaction, by: Script.producer, commits: commits, .invoke, commits ? .info : .ok)
      let next = script.send(to: script.input, at: 2)
      script.audit(script.input, [(next, 2)])
      script.audit(script.output, Self.transform([(next, 2)], &script, by: Self.a, at: 0))
      #expect(script.conclusion(.exactlyOnce) == .holds, "\(script.verdict(.exactlyOnce))")
      #expect(script.verdict(.exactlyOnce).examined == 1)
    }
  }

  @Test func `Deleted records need no effect`() {
    var (script, inputs) = Self.filled(2)
    script.audit(script.output, Self.transform(inputs[1...], &script, by: Self.a, at: 0))
    script.deletions.add(below: 1, of: script.input, by: .log(.deleteRecords), at: .zero)
    #expect(script.conclusion(.exactlyOnce) == .holds)
  }

  @Test func `A record that an operator sent the group back to may have its effect again`() {
    var (script, inputs) = Self.filled(1)
    let first = Self.transform(inputs[...], &script, by: Self.a, at: 0)
    script.reset(to: 0)
    let again = Self.transform(inputs[...], &script, by: Self.a, at: 2)
    script.audit(script.output, first + again)
    #expect(script.conclusion(.exactlyOnce) == .holds, "\(script.verdict(.exactlyOnce))")
    let third = Self.transform(inputs[...], &script, by: Self.a, at: 4)
    script.audit(script.output, third)
    #expect(script.conclusion(.exactlyOnce) == .violated)
  }

  @Test func `Sources that another transaction processed do not count as effects of those records`() {
    var (script, inputs) = Self.filled(2)
    let kept = Self.transform(inputs[0..<1], &script, by: Self.a, at: 0, times: 0)
    script.poll(script.input, Array(inputs[1...]), by: Self.a)
    let transaction = script.begin(by: Self.a)
    script.work(Array(inputs[1...]), in: transaction, by: Self.a)
    let joined = script.send(by: Self.a, to: script.output, at: 0, in: transaction, from: [(script.input, 1), (script.input, 0)])
    script.commitOffset(2, in: transaction, by: Self.a)
    script.commit(transaction, by: Self.a)
    script.audit(script.output, kept + [(joined, 0)])
    #expect(script.conclusion(.exactlyOnce) == .holds, "\(script.verdict(.exactlyOnce))")
    #expect(script.verdict(.exactlyOnce).examined == 2)
  }

  @Test func `A value made from a whole batch is the effect of each of its records`() {
    var (script, inputs) = Self.filled(3)
    script.poll(script.input, inputs, by: Self.a)
    let transaction = script.begin(by: Self.a)
    script.work(inputs, in: transaction, by: Self.a)
    let sum = script.send(by: Self.a, to: script.output, at: 0, in: transaction, from: inputs.map { (script.input, $0.1) })
    script.commitOffset(3, in: transaction, by: Self.a)
    script.commit(transaction, by: Self.a)
    #expect(script.conclusion(.exactlyOnce, isAudited: false) == .holds)
    script.audit(script.output, [])
    #expect(script.verdict(.exactlyOnce).caseCount == 3)
    script.audit(script.output, [(sum, 0)])
    #expect(script.conclusion(.exactlyOnce) == .holds)
  }

  @Test func `A value that is in the log twice is two effects`() {
    var (script, inputs) = Self.filled(1)
    let made = Self.transform(inputs[...], &script, by: Self.a, at: 0)
    script.audit(script.output, made + [(made[0].0, 1)])
    #expect(script.conclusion(.exactlyOnce) == .violated)
  }

  // MARK: Outside of transactions

  /// Works on a record as a group without transactions does.
  private static func plainly(_ input: (RecordValue, Offset), _ script: inout Script, by process: ProcessNumber, at offset: Offset, commits: Bool = true) -> (RecordValue, Offset) {
    script.poll(script.input, [input], by: process)
    let value = script.send(by: process, to: script.output, at: offset, from: [(script.input, input.1)])
    script.work([input], by: process)
    if commits { script.commitOffset(input.1 + 1, by: process) }
    return (value, offset)
  }

  @Test func `Without transactions a record that is delivered again has its effect twice, which only at-least-once permits`() {
    var (script, inputs) = Self.filled(1)
    let first = Self.plainly(inputs[0], &script, by: Self.a, at: 0, commits: false)
    let second = Self.plainly(inputs[0], &script, by: Self.b, at: 1)
    script.audit(script.output, [first, second])
    #expect(script.conclusion(.atLeastOnce) == .holds)
    #expect(script.conclusion(.atMostOnce) == .violated)
    #expect(script.conclusion(.exactlyOnce) == .violated)
  }

  @Test func `A redelivery to the same process is another try, and several values of one delivery are one`() {
    for isAgain in [true, false] {
      var (script, inputs) = Self.filled(1)
      script.poll(script.input, inputs, by: Self.a)
      let first = script.send(by: Self.a, to: script.output, at: 0, from: [(script.input, 0)])
      if isAgain { script.poll(script.input, inputs, by: Self.a) }
      let second = script.send(by: Self.a, to: script.output, at: 1, from: [(script.input, 0)])
      script.commitOffset(1, by: Self.a)
      script.audit(script.output, [(first, 0), (second, 1)])
      #expect(script.conclusion(.atMostOnce) == (isAgain ? .violated : .holds))
    }
  }

  @Test func `A value that failed or is gone leaves its record without an effect, which only at-most-once permits`() {
    var (script, inputs) = Self.filled(1)
    script.poll(script.input, inputs, by: Self.a)
    script.commitOffset(1, by: Self.a)
    script.send(by: Self.a, to: script.output, .fail, from: [(script.input, 0)])
    #expect(script.conclusion(.atMostOnce) == .holds)
    #expect(script.conclusion(.atLeastOnce) == .violated)
    #expect(script.conclusion(.exactlyOnce) == .violated)
  }

  // MARK: Offsets within transactions

  @Test func `The cluster may report an offset some time after its transaction was committed, but never go back from it`() {
    var (script, inputs) = Self.filled(2)
    _ = Self.transform(inputs[0..<1], &script, by: Self.a, at: 0)
    script.inspect(0)
    script.inspect(1)
    #expect(script.conclusion(.committedOffsets) == .holds, "\(script.verdict(.committedOffsets))")
    script.inspect(0)
    #expect(script.conclusion(.committedOffsets) == .violated)
  }

  @Test(arguments: [true, false]) func `A new owner of a partition starts after what was committed in a transaction, and not after what was aborted`(_ commits: Bool) {
    var (script, inputs) = Self.filled(1)
    script.change(.gain, by: Self.a)
    _ = Self.transform(inputs[...], &script, by: Self.a, at: 0) { $0.end($1, by: Self.a, commits: commits, .invoke, .ok) }
    script.change(.giveUp, by: Self.a)
    script.change(.gain, by: Self.b)
    script.poll(script.input, inputs, by: Self.b)
    #expect((script.conclusion(.committedOffsets) == .violated) == commits, "\(script.verdict(.committedOffsets))")
  }
}
