import Primitives
import Testing

@testable import Workloads

@Suite struct CountsTests {
  private typealias Script = TransactionScript
  private static let a = Script.a, b = Script.b

  /// A transaction that says that a record is the n-th of its key.
  @discardableResult
  private func count(_ number: Int64, of key: KeyNumber = 7, by process: ProcessNumber = a, at offset: Offset, commits: Bool = true, _ script: inout Script) -> RecordValue {
    let transaction = script.begin(by: process)
    let value = script.send(by: process, to: script.output, at: offset, in: transaction)
    script.history.add(History.Count(value, of: key, in: script.input, number))
    if commits { script.commit(transaction, by: process) } else { script.abort(transaction, by: process) }
    return value
  }

  @Test func `Consecutive counts hold, for each key separately`() {
    var script = Script()
    let first = count(1, at: 0, &script), other = count(1, of: 8, at: 2, &script), second = count(2, by: Self.b, at: 4, &script)
    script.audit(script.output, [(first, 0), (other, 2), (second, 4)])
    #expect(script.conclusion(.counts) == .holds)
    #expect(script.verdict(.counts).examined == 3)
  }

  @Test func `An application that forgot a record counts one number twice`() {
    var script = Script()
    let first = count(1, at: 0, &script), again = count(1, by: Self.b, at: 2, &script)
    script.audit(script.output, [(first, 0), (again, 2)])
    #expect(script.verdict(.counts).cases == ["in-0, key 7: value 0 and value 1 both say that theirs is record 1"])
  }

  @Test func `An application that remembered an aborted record leaves a number out, and one that forgot it does not`() {
    for remembers in [true, false] {
      var script = Script()
      let first = count(1, at: 0, &script)
      count(2, at: 2, commits: false, &script)
      let next = count(remembers ? 3 : 2, by: Self.b, at: 4, &script)
      script.audit(script.output, [(first, 0)])
      script.audit(script.output, [(next, 4)])
      let verdict = script.verdict(.counts)
      #expect(verdict.conclusion == (remembers ? .violated : .holds))
      if remembers { #expect(verdict.cases == ["in-0, key 7: no value says that it is record 2, and one says that it is record 3"]) }
    }
  }

  @Test func `A number whose value may be present is not missing, and without transactions nothing is judged`() {
    var script = Script()
    let first = count(1, at: 0, &script)
    let open = script.begin(by: Self.a)
    let unknown = script.send(by: Self.a, to: script.output, nil, in: open)
    script.history.add(History.Count(unknown, of: 7, in: script.input, 2))
    script.end(open, by: Self.a, commits: true, .invoke, .info)
    let third = count(3, by: Self.b, at: 4, &script)
    let plain = script.send(by: Self.a, to: script.output, at: 6)
    script.history.add(History.Count(plain, of: 7, in: script.input, 3))
    script.audit(script.output, [(first, 0)])
    script.audit(script.output, [(third, 4), (plain, 6)])
    #expect(script.conclusion(.counts) == .holds, "\(script.verdict(.counts))")
  }
}
