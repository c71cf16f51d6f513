/// The names of operations in files: Jepsen's names if its Kafka workload has the operation.
extension History.Operation.Function {
  var word: String {
    switch self {
    case .send: "send"
    case .poll: "poll"
    case .assign: "assign"
    case .gain: "gain"
    case .giveUp: "give-up"
    case .lose: "lose"
    case .commit: "commit-offsets"
    case .work: "work"
    case .reset: "reset"
    case .inspect: "inspect"
    case .end: "crash"
    case .begin: "begin"
    case .commitTransaction: "commit"
    case .abortTransaction: "abort"
    }
  }

  private static let ofWords = Dictionary(uniqueKeysWithValues: allCases.map { ($0.word, $0) })

  init?(word: String) {
    guard let function = Self.ofWords[word] else { return nil }
    self = function
  }
}

extension History.Operation.Kind {
  var word: String {
    switch self {
    case .invoke: "invoke"
    case .ok: "ok"
    case .fail: "fail"
    case .info: "info"
    }
  }

  init?(word: String) {
    switch word {
    case "invoke": self = .invoke
    case "ok": self = .ok
    case "fail": self = .fail
    case "info": self = .info
    default: return nil
    }
  }
}

/// The name of the header, which is the first operation of a file. Its process is not a client, so other tools skip it.
enum HistoryHeader {
  static let function = "trial-history"
  static let process = "trial"
  static let format: Int64 = 1
}
