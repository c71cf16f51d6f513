import Host
import Sim
import Wire

extension Fact.Content {
  /// A sentence without its subject, also for what the story does not tell of.
  var words: String {
    switch self {
    case .occurrence(.highWatermarkMoved(let partition, let from, let to)): return "moves the high watermark of \(partition) from \(from) to \(to)"
    case .occurrence(.offsetCommitted(let group, let partition, let offset)): return "commits offset \(offset) of \(partition) for group \(group)"
    case .occurrence(.requestFailed(let api, let reason)): return "is told of its \(ApiKey(rawValue: api).name) request: \(reason)"
    case .occurrence(.metadataCommitted(let commit)):
      let offsets = commit.baseOffset == commit.lastOffset ? "offset \(commit.baseOffset)" : "offsets \(commit.baseOffset) to \(commit.lastOffset)"
      return "takes \(offsets) of the metadata log, epoch \(commit.epoch), as committed"
    case .occurrence(let occurrence): return occurrence.words?.text ?? "\(kind)"
    case .incident(let incident): return incident.words
    case .deed(let deed): return deed.words
    case .finding(let words): return words
    }
  }
}

extension Incident {
  var words: String {
    switch self {
    case .started: "starts"
    case .exited: "ends"
    case .killed: "is killed"
    case .lostPower: "loses power"
    case .diskReplaced: "gets an empty disk"
    case .paused: "is paused"
    case .resumed: "goes on"
    case .shutdownAsked: "is asked to shut down"
    case .processorSlowed(let percent): "takes \(percent) percent of its time for everything"
    case .clockChanged: "has another wall clock"
    case .faultApplied, .faultLifted: "a fault begins or ends"
    }
  }
}
