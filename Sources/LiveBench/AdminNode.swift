import Client
import Glibc
import Host
import Live
import Primitives
import Synchronization

/// A client process that only does administration.
final class AdminNode: Node {
  private let reactor: Reactor
  private let admin: Admin

  init(host: any NodeHost, configuration: AdminConfiguration) {
    reactor = Reactor(host: host)
    admin = Admin(reactor: reactor, configuration: configuration)
  }

  deinit { reactor.end() }

  func start() {}

  func handle(_ event: Event) { reactor.dispatch(event) }

  func shutdown() {
    admin.close()
    reactor.host.exit()
  }

  /// Runs something within the node's next event.
  func whenNext(_ body: @escaping (Admin) -> Void) {
    reactor.after(.zero) { [admin] in body(admin) }
  }
}

/// Calls the admin client of a host, and waits for the results.
struct AdminSession {
  let host: LiveHost
  /// Ends the wait early; nil if that is not possible.
  var interruption: Interruption?

  /// - Parameter operation: must pass its result to the function that it is given.
  func answer<Answer: Sendable>(_ operation: @escaping @Sendable (Admin, @escaping (Answer) -> Void) -> Void) throws -> Answer {
    let slot = Slot<Answer>()
    let begun: Void? = try host.ask { node in
      (node as? AdminNode)?.whenNext { admin in operation(admin) { answer in slot.value.withLock { $0 = answer } } }
    }
    guard begun != nil else { throw LiveError.nodeEnded(name: host.name, reason: "before it was asked") }
    // The timeouts of the admin client end every operation.
    while true {
      if let answer = slot.value.withLock({ $0 }) { return answer }
      try interruption?.check()
      usleep(2_000)
    }
  }

  private final class Slot<Answer: Sendable>: Sendable {
    let value = Mutex<Answer?>(nil)
  }
}
