/// What became of the transactions of a history.
public struct TransactionCounts: Sendable, Equatable {
  public var begun = 0
  public var committed = 0
  public var aborted = 0
  /// Asked to be committed, and nobody was told what came of it.
  public var unknown = 0
  /// Nobody asked for them to be committed or aborted.
  public var open = 0
  /// Sets of transactions that wrote to several partitions in circles (G0), which Kafka permits.
  public var writeCycles = 0

  public init() {}

  init(of analysis: Analysis) {
    for transaction in analysis.transactions where transaction.began >= 0 {
      begun += 1
      switch transaction.fate {
      case .open: open += 1
      case .committed: committed += 1
      case .aborted: aborted += 1
      case .unknown: unknown += 1
      }
    }
    writeCycles = countWriteCycles(Dependencies(analysis))
  }
}
