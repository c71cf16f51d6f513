import Primitives

/// Hands each event of one node to the part of the node that waits for it.
///
/// A node is made of parts (logs, fetchers, a quorum replica, connections) that all set timers, wait for the disk and hold
/// connections. Each part registers what to run; the node's `handle` is then one call of `dispatch`. The registrations end with the
/// node (`end`), so nothing outlives a crash. Everything runs one at a time, in the order in which the host delivers.
public final class Reactor {
  public let host: any NodeHost
  /// The host's disk, fetched once because it is used on a hot path.
  public let disk: any Disk

  private var timers = SlotTable<TimerEntry>()
  private var diskOperations: [UInt32: (DiskError?) -> Void] = [:]
  private var connections = ConnectionTable<any ConnectionDelegate>()
  /// The servers behind the listeners, by the numbers of these.
  private var listeners: [Listener?] = []
  /// In the order in which they were made.
  private var requesters: [RegisteredRequester] = []

  public init(host: any NodeHost) {
    self.host = host
    disk = host.disk
  }

  // The host's busiest calls, each a call of this object as well: whoever names the host behind its reactor counts a reference to it each time, which costs
  // more than most of these calls. Inlined, they would be just that.

  public var now: Instant { @inline(never) get { host.now } }
  public var wallClock: Timestamp { @inline(never) get { host.wallClock } }

  @inline(never)
  public func spend(_ cost: Cost) { host.spend(cost) }

  @inline(never)
  public func report(_ occurrence: Occurrence) { host.report(occurrence) }

  @inline(never)
  public func report(_ step: ExchangeStep, on connection: ConnectionID) { host.report(step, on: connection) }

  @inline(never)
  public func send(_ frame: Frame, on connection: ConnectionID) { host.send(frame, on: connection) }

  @inline(never)
  public func isWritable(_ connection: ConnectionID) -> Bool { host.isWritable(connection) }

  @inline(never)
  public func pauseReceiving(on connection: ConnectionID) { host.pauseReceiving(on: connection) }

  @inline(never)
  public func resumeReceiving(on connection: ConnectionID) { host.resumeReceiving(on: connection) }

  public var answerRoom: Int { @inline(never) get { host.answerRoom } }

  /// Runs `body` once after a delay, unless cancelled before.
  @discardableResult
  public func after(_ delay: Duration, _ body: @escaping () -> Void) -> ScheduledTimer {
    let slot = timers.insert(TimerEntry(id: TimerID(0), body: body))
    let id = host.after(delay, Timer(routine: 0, subject: slot.key))
    timers.change(slot) { $0.id = id }
    return ScheduledTimer(slot: slot)
  }

  /// Cancels a timer. Does nothing if it has run or was already cancelled.
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

  /// Closes a connection; its delegate gets no further events from it.
  public func close(_ connection: ConnectionID) {
    connections[connection] = nil
    host.close(connection)
  }

  /// Sends the connections that peers open to a listener of this node to a delegate, until `stopListening`, which the delegate must call before it is
  /// released.
  public func listen(_ delegate: any ConnectionDelegate, on listener: Int) {
    while listeners.count <= listener { listeners.append(nil) }
    listeners[listener] = Listener(delegate: delegate)
  }

  /// Refuses the connections that peers open to a listener from now on.
  public func stopListening(on listener: Int) { listeners[listener] = nil }

  // MARK: Requests to other nodes

  /// Lists a part of the node in `requestsUnderWay`, until `remove`, which the part must call before it is released.
  public func add(_ requester: any Requester) { requesters.append(RegisteredRequester(requester: requester, id: ObjectIdentifier(requester))) }

  public func remove(_ requester: any Requester) {
    let id = ObjectIdentifier(requester)
    requesters.removeAll { $0.id == id }
  }

  /// The unanswered requests of all parts of this node, for observers.
  public var requestsUnderWay: [RequestUnderWay] { requesters.flatMap { $0.requester.requestsUnderWay } }

  /// Forgets everything that was registered. A node must call it as it ends: the registered parts hold this object, and the registrations
  /// hold the parts, so without this call they would keep each other alive.
  public func end() {
    // The tables must be empty before anything is released: an object may cancel its timer as it is released.
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
      let listener = host.listener(of: connection)
      guard listeners.indices.contains(listener), let delegate = listeners[listener]?.delegate else { return host.close(connection) }
      connections[connection] = delegate
      delegate.connected(connection)
    case .connected(let connection):
      connections[connection]?.connected(connection)
    case .writable(let connection):
      connections[connection]?.writable(connection)
    case .disconnected(let connection):
      connections.removeValue(for: connection)?.disconnected(connection)
    }
  }

  private struct Listener {
    unowned let delegate: any ConnectionDelegate
  }

  private struct RegisteredRequester {
    // Unsafe: it removes itself while it is released.
    unowned(unsafe) let requester: any Requester
    let id: ObjectIdentifier
  }

  private struct TimerEntry {
    var id: TimerID
    let body: () -> Void
  }
}

/// A pending timer, as its owner knows it.
public struct ScheduledTimer: Sendable {
  let slot: Slot
}

/// An object that holds connections: a client of other nodes, or the server behind a listener.
public protocol ConnectionDelegate: AnyObject {
  func connected(_ connection: ConnectionID)
  func received(_ frame: Frame, on connection: ConnectionID)
  /// A connection that the host had reported as not writable is writable again.
  func writable(_ connection: ConnectionID)
  func disconnected(_ connection: ConnectionID)
}

/// A default for delegates that never ask whether a connection is writable.
extension ConnectionDelegate {
  public func writable(_ connection: ConnectionID) {}
}
