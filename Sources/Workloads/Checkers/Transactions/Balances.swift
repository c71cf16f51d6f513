import OrderedCollections
import Primitives

/// `balances`: at the end, the postings to accounts add up to what their transactions committed. A transfer leaves the total unchanged.
///
/// It compares the values that `read_committed` readers received, once each, with the postings of each transaction that must have been committed. Postings
/// outside of transactions count individually. If no reader passed the position of a posting, no verdict is possible.
func checkBalances(_ visibility: Visibility) -> Verdict {
  struct Account {
    var seen: Int64 = 0
    var owed: Int64 = 0
    var examined = 0
    var isUncertain = false
  }
  let analysis = visibility.analysis
  var accounts: OrderedDictionary<Int32, Account> = [:]
  for posting in analysis.history.postings where analysis.values.indices.contains(Int(posting.value.number)) {
    let facts = analysis.values[Int(posting.value.number)]
    var account = accounts[posting.account] ?? Account()
    let sight = visibility.sight(of: posting.value)
    let isOwed = facts.transaction == .none ? facts.outcome == .ok || sight == .seen : analysis.facts(of: facts.transaction).mustHaveCommitted
    if sight == .seen { account.seen = account.seen.addingReportingOverflow(posting.amount).partialValue }
    if isOwed { account.owed = account.owed.addingReportingOverflow(posting.amount).partialValue }
    if sight == .seen || sight == .missing { account.examined += 1 }
    // A value that no reader passed may or may not be there, unless it was certainly not committed.
    if sight == .unknown, isOwed, facts.outcome != .failed { account.isUncertain = true }
    accounts[posting.account] = account
  }
  var findings = Findings()
  var seen: Int64 = 0, owed: Int64 = 0
  for account in accounts.values {
    seen = seen.addingReportingOverflow(account.seen).partialValue
    owed = owed.addingReportingOverflow(account.owed).partialValue
  }
  guard !accounts.values.contains(where: \.isUncertain) else { return findings.verdict(on: .balances) }
  findings.examined = accounts.values.reduce(0) { $0 + $1.examined }
  for number in accounts.keys.sorted() {
    guard let account = accounts[number], account.seen != account.owed else { continue }
    findings.add("account \(number): postings that can be seen add up to \(account.seen), those that were committed to \(account.owed); all accounts together to \(seen) and \(owed)")
  }
  return findings.verdict(on: .balances)
}
