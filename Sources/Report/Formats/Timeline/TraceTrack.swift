/// The processes of a trace in Chrome's format. 0 is taken by the operating system there.
enum TraceProcess {
  static let faults = 1
  static let partitions = 2
  static func node(_ number: Int) -> Int { number + 3 }
}

/// The categories, by which queries choose.
enum TraceCategory: String {
  /// From sending a request to handling its response.
  case request
  /// From starting on a request to sending its response.
  case handling
  case heartbeat
  case disk
  /// What nodes report.
  case occurrence
  /// What happens to a process.
  case process
  case fault
  /// What faults do to messages.
  case network
  case finding
  /// Flows.
  case message
}

/// A group of threads in which slices of a kind lie side by side.
struct TraceTrack: Hashable {
  enum Kind: Hashable {
    case faults, deeds, findings
    case occurrences
    /// What comes with each batch of records.
    case progress
    case requestsTo(String), requestsFrom(String)
    case disk, network
    case heartbeatsTo(String), heartbeatsFrom(String)
  }

  let process: Int
  let kind: Kind

  init(_ process: Int, _ kind: Kind) {
    self.process = process
    self.kind = kind
  }

  var name: String {
    switch kind {
    case .faults: "faults"
    case .deeds: "deeds"
    case .findings: "findings"
    case .occurrences: "occurrences"
    case .progress: "progress"
    case .requestsTo(let peer): "requests to \(peer)"
    case .requestsFrom(let peer): "requests from \(peer)"
    case .disk: "disk"
    case .network: "network"
    case .heartbeatsTo(let peer): "heartbeats to \(peer)"
    case .heartbeatsFrom(let peer): "heartbeats from \(peer)"
    }
  }

  /// The order of threads within their process.
  var rank: Int {
    switch kind {
    case .faults, .occurrences: 0
    case .deeds, .progress: 1
    case .findings: 2
    case .requestsFrom: 3
    case .requestsTo: 4
    case .network: 5
    case .heartbeatsFrom, .heartbeatsTo: 6
    // A node that syncs all its logs at once has a thread for each of them.
    case .disk: 7
    }
  }
}

/// A slice, from its beginning to its end.
enum TraceSlice: Hashable {
  case request(Int)
  case handling(Int)
  case disk(node: Int, Int)
  case fault(Int)
}
