import Primitives

/// Hands each event of one node to the part of the node that waits for it.
///
/// A node is made of parts (logs, fetchers, a quorum replica, connections) that all set timers, wait for the disk and hold
/// connections. Each registers what shall run; the node's `handle` is then one call of `dispatch`. The registrations end with the
/// node (`end`), so nothing outlives a crash. Everything runs one at a time, in the order in which the host delivers.
public final class Reactor {
  public let host: any NodeHost
  /// The host's disk, fetched once: the way there is hot.
  public let disk: any Disk

  private var timers = SlotTable<TimerEntry>()
  private var diskOperations: [UInt32: (DiskError?) -> Void] = [:]
  private var connections = ConnectionTable<any ConnectionDelegate>()
  private unowned var listener: (any ConnectionDelegate)?

  public init(host: any NodeHost) {
    self.host = host
    disk = host.disk
  }

  @inlinable public var now: Instant { host.now }
  @inlinable public var wallClock: Timestamp { host.wallClock }

  /// Runs `body` once after a delay, unless cancelled before.
  @discardableResult
  public func after(_ delay: Duration, _ body: @escaping () -> Void) -> ScheduledTimer {
    let slot = timers.insert(TimerEntry(id: TimerID(0), body: body))
    let id = host.after(delay, Timer(routine: 0, subject: slot.key))
    timers[slot]?.id = id
    return ScheduledTimer(slot: slot)
  }

  /// Takes a timer back; nothing happens where it has run or was cancelled.
  public func cancel(_ timer: ScheduledTimer?) {
    guard let timer, let entry = timers.remove(timer.slot) else { return }
    host.cancel(entry.id)
  }

  /// Runs `body` when a disk operation has ended.
  public func whenDone(_ operation: DiskOperation, _ body: @escaping (DiskError?) -> Void) {
    diskOperations[operation.value] = body
  }

  /// Opens a connection whose events go to `delegate`.
  public func connect(to address: Address, delegate: any ConnectionDelegate) -> ConnectionID {
    let connection = host.connect(to: address)
    connections[connection] = delegate
    return connection
  }

  /// Closes a connection; its delegate hears nothing more of it.
  public func close(_ connection: ConnectionID) {
    connections[connection] = nil
    host.close(connection)
  }

  /// Takes the connections that peers open to this node, until `stopListening`, which the delegate must call before it goes.
  public func listen(_ delegate: any ConnectionDelegate) { listener = delegate }

  /// Refuses the connections that peers open from now on.
  public func stopListening() { listener = nil }

  /// Forgets all that was registered. To be called by the node as it goes: who waits holds this object, and what is registered here holds those who
  /// wait, so that without it they would keep each other.
  public func end() {
    // The tables are empty before anything is let go: whoever goes may take its timer back.
    let registered = (timers, diskOperations, connections)
    timers = SlotTable()
    diskOperations = [:]
    connections = ConnectionTable()
    withExtendedLifetime(registered) {}
  }

  public func dispatch(_ event: Event) {
    switch event {
    case .received(let frame, let connection):
      connections[connection]?.received(frame, on: connection)
    case .timer(let timer):
      timers.remove(Slot(key: timer.subject))?.body()
    case .disk(let operation, let error):
      diskOperations.removeValue(forKey: operation.value)?(error)
    case .accepted(let connection):
      guard let listener else { return host.close(connection) }
      connections[connection] = listener
      listener.connected(connection)
    case .connected(let connection):
      connections[connection]?.connected(connection)
    case .writable(let connection):
      connections[connection]?.writable(connection)
    case .disconnected(let connection):
      connections.removeValue(for: connection)?.disconnected(connection)
    }
  }

  private struct TimerEntry {
    var id: TimerID
    let body: () -> Void
  }
}

/// A timer under way, as its owner knows it.
public struct ScheduledTimer: Sendable {
  let slot: Slot
}

/// Whoever holds connections: a client of other nodes, or the server behind a listener.
public protocol ConnectionDelegate: AnyObject {
  func connected(_ connection: ConnectionID)
  func received(_ frame: Frame, on connection: ConnectionID)
  /// A connection of which the host said that it is not writable is so again.
  func writable(_ connection: ConnectionID)
  func disconnected(_ connection: ConnectionID)
}

/// Whoever never asks is never told.
extension ConnectionDelegate {
  public func writable(_ connection: ConnectionID) {}
}
