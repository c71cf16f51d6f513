import Host
import Primitives

extension World {
  /// An event as one line: time, node, what came. Equal runs give equal lines, so the first difference shows where two runs diverge.
  func traceLine(_ event: Event, on machine: Machine) -> String {
    let what =
      switch event {
      case .accepted(let connection): "accepted \(connection)"
      case .connected(let connection): "connected \(connection)"
      case .writable(let connection): "may write on \(connection)"
      case .disconnected(let connection): "disconnected \(connection)"
      case .received(let frame, let connection):
        "received \(frame.count) bytes on \(connection), crc32c \(CRC32C.checksum(frame.joined))"
      case .timer(let timer): "timer \(timer.routine)/\(timer.subject)"
      case .disk(let operation, let error): "disk operation \(operation.value) \(error.map { "failed: \($0)" } ?? "done")"
      }
    return "\(now) \(machine.name) \(what)"
  }
}
