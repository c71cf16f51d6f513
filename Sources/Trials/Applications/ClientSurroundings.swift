import Host
import Primitives
import Workloads

/// What a process gets where it runs, in the simulation or on a real machine.
struct ClientSurroundings {
  let host: any NodeHost
  /// Zero of the scenario's clock, on that of the host.
  let origin: Instant
  /// Where the cluster is found; nil for where the settings have it.
  var bootstrap: [Address]?
  /// What the process sends, where it shares it with others of its thread; nil where it is to make one of its own, or sends nothing of its own.
  var pool: RecordPool?
  /// How many records it may send at most; nil for as many as the plan says.
  var capacity: Int?
  let recorder: HistoryRecorder
  /// Gets the times of what is sent and delivered; nil where nobody measures.
  let log: LoadLog?
}
