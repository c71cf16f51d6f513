import Host
import Primitives
import Workloads

/// The environment of a process, in the simulation or on a real machine.
struct ClientSurroundings {
  let host: any NodeHost
  /// The origin of the scenario's clock, on the host's clock.
  let origin: Instant
  /// The addresses of the cluster; nil to use the settings.
  var bootstrap: [Address]?
  /// The records to send, shared with others in the same thread; nil if the process makes its own, or sends none of its own.
  var pool: RecordPool?
  /// The most records that it may send; nil for the number in the plan.
  var capacity: Int?
  let recorder: HistoryRecorder
  /// Receives the times of what is sent and delivered; nil if nothing is measured.
  let log: LoadLog?
}
