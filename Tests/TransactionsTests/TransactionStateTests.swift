import Testing

@testable import Transactions

@Suite struct TransactionStateTests {
  @Test func `States have Kafka's names and numbers`() {
    let names = ["Empty", "Ongoing", "PrepareCommit", "PrepareAbort", "CompleteCommit", "CompleteAbort", "Dead", "PrepareEpochFence"]
    #expect(TransactionState.allCases.map(\.name) == names)
    #expect(TransactionState.allCases.map(\.rawValue) == [0, 1, 2, 3, 4, 5, 6, 7])
    for state in TransactionState.allCases { #expect(TransactionState(name: state.name) == state) }
    #expect(TransactionState(name: "empty") == nil)
  }

  @Test func `Each state comes after those that Kafka allows`() {
    let rest: [TransactionState] = [.empty, .completeCommit, .completeAbort]
    let allowed: [(TransactionState, [TransactionState])] = [
      (.empty, rest), (.ongoing, [.ongoing] + rest), (.prepareCommit, [.ongoing]), (.prepareAbort, [.ongoing, .prepareEpochFence] + rest),
      (.completeCommit, [.prepareCommit]), (.completeAbort, [.prepareAbort]), (.dead, rest), (.prepareEpochFence, [.ongoing]),
    ]
    for (state, former) in allowed {
      #expect(TransactionState.allCases.filter { state.mayFollow($0) } == former.sorted { $0.rawValue < $1.rawValue }, "\(state.name)")
    }
  }
}
