import Primitives

/// `precommitted-read`: a `read_committed` reader received a value before a commit of its transaction was requested, or within that transaction itself.
///
/// A value whose transaction was never asked to commit is `G1a`, whenever it is read.
func checkEarlyReads(_ analysis: Analysis) -> Verdict {
  var findings = Findings()
  var own: [RecordValue: Int32] = [:]
  for read in analysis.ownReads where own[read.value] == nil { own[read.value] = read.position }
  for (number, facts) in analysis.values.enumerated() where facts.transaction != .none && facts.firstCommittedRead >= 0 {
    findings.examined += 1
    let value = RecordValue(UInt32(number)), transaction = analysis.facts(of: facts.transaction)
    if let position = own[value] {
      findings.add(
        "\(analysis.words(facts.partition)): value \(number) was polled at \(analysis.time(position)) in the \(analysis.words(facts.transaction)) that sent it",
        about: analysis.subject(value))
    } else if transaction.asked >= 0, facts.firstCommittedRead < transaction.asked {
      let reader = analysis.history.operations[Int(facts.firstCommittedRead)]
      findings.add(
        "\(analysis.words(facts.partition)): value \(number) was given to \(analysis.words(reader.process)) at \(analysis.told(reader.time)), before the "
          + "\(analysis.words(facts.transaction)) was asked to be committed at \(analysis.time(transaction.asked))", about: analysis.subject(value))
    }
  }
  return findings.verdict(on: .precommittedRead)
}
