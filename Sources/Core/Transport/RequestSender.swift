import Host
import Primitives
import Wire

/// Sends requests to other nodes and matches the responses: one connection for each address, requests in order.
///
/// A request that is not answered within its timeout closes the connection, as Kafka's network client does: the server may still
/// find the request in its socket buffer and handle it later, while the sender goes on over a new connection. Requests to an
/// address that could not be reached wait out a reconnect backoff before the next attempt.
///
/// Completions run from within the node's event handling; they may send again.
public final class RequestSender: ConnectionDelegate, Requester {
  public let clientID: String
  /// Called when an address for which `isWritable` was false takes requests again.
  public var becameWritable: (Address) -> Void = { _ in }

  let reactor: Reactor
  private let backoff: ReconnectBackoff
  var links: [Address: PeerLink] = [:]
  /// The same links, in the order of their creation.
  private(set) var allLinks: ContiguousArray<PeerLink> = []
  private(set) var linksByConnection = ConnectionTable<PeerLink>()
  /// Where requests are written.
  private var room = FrameRoom()
  /// The link that was used last: most requests go where the last one went, and comparing an address is cheaper than hashing it.
  private var recent: PeerLink?

  public init(reactor: Reactor, clientID: String, backoff: ReconnectBackoff = ReconnectBackoff()) {
    self.reactor = reactor
    self.clientID = clientID
    self.backoff = backoff
    reactor.add(self)
  }

  deinit {
    reactor.remove(self)
    // Timers and pending requests hold no counted references: weak ones would slow down every use of this object and its links.
    for link in allLinks { reactor.cancel(link.connectTimer) }
  }

  /// Sends a request at a version, the newest by default. The timeout counts from now, and includes waiting for a connection.
  public func send<Request: ApiRequest>(
    _ request: Request, version: Int16? = nil, to address: Address, timeout: Duration,
    _ completion: @escaping (Result<Request.Response, RequestFailure>) -> Void
  ) {
    let version = version ?? Request.validVersions.upperBound
    sendUnread(request, version: version, to: address, timeout: timeout) { Request.readAnswer($0, version: version, completion) }
  }

  /// Sends a request whose response the caller reads itself (`ApiRequest.readAnswer`). Callers that do more than pass the response on save a closure
  /// for each request.
  ///
  /// - Parameter take: Returns whether the response could be read; if not, the connection is closed.
  public func sendUnread<Request: ApiRequest>(
    _ request: Request, version: Int16, to address: Address, timeout: Duration, _ take: @escaping (Result<Frame, RequestFailure>) -> Bool
  ) {
    send(request, version: version, to: address, timeout: timeout, .closure(take))
  }

  /// Sends a request whose response goes to a receiver, as it came.
  public func send<Request: ApiRequest>(_ request: Request, version: Int16, to address: Address, timeout: Duration, receiver: any ResponseReceiver) {
    send(request, version: version, to: address, timeout: timeout, .receiver(receiver))
  }

  private func send<Request: ApiRequest>(
    _ request: Request, version: Int16, to address: Address, timeout: Duration, _ waiter: consuming PendingRequest.Waiter
  ) {
    let link = link(to: address)
    let now = reactor.now, deadline = now + timeout
    let correlationID = link.takeCorrelationID()
    let pending = PendingRequest(correlationID: correlationID, apiKey: Request.apiKey.rawValue, since: now, deadline: deadline, waiter: waiter)
    let frame: Frame
    do {
      frame = try Frame.request(request, version: version, correlationID: correlationID, clientID: clientID, in: &room)
    } catch {
      _ = pending.end(.failure(.notEncodable(error)))
      return
    }
    link.pending.append(pending)
    submit(frame, over: link)
    link.deadlineTimer.set(at: deadline)
  }

  /// Sends a request that has no response: Produce with acks=0.
  public func sendWithoutResponse<Request: ApiRequest>(_ request: Request, version: Int16? = nil, to address: Address) throws(WireError) {
    let link = link(to: address), correlationID = link.takeCorrelationID()
    let frame = try Frame.request(
      request, version: version ?? Request.validVersions.upperBound, correlationID: correlationID, clientID: clientID, in: &room)
    submit(frame, over: link)
    if case .open(let connection) = link.state { reactor.report(.sentWithoutResponse(correlationID: correlationID), on: connection) }
  }

  /// Closes the connection to an address. What is in flight fails with `.disconnected`.
  public func disconnect(from address: Address) {
    guard let link = links[address] else { return }
    fail(link, with: .disconnected)
  }

  /// The number of requests to an address that are sent or waiting for a connection, and not answered yet.
  public func inFlight(to address: Address) -> Int { links[address]?.pending.count ?? 0 }

  public var requestsUnderWay: [RequestUnderWay] {
    allLinks.flatMap { link in
      link.pending.map { request in
        RequestUnderWay(
          apiKey: request.apiKey, correlationID: request.correlationID, clientID: clientID, address: link.address, connection: link.connection, since: request.since)
      }
    }
  }

  /// Whether a connection to an address is open now.
  public func isConnected(to address: Address) -> Bool {
    guard let link = knownLink(to: address), case .open = link.state else { return false }
    return true
  }

  /// Whether an open connection to an address takes another request at once. If not, the sender waits, as Kafka's client does: it sends a node's next
  /// request only once the previous one is wholly in the socket (`InFlightRequests.canSendMore`).
  public func isWritable(to address: Address) -> Bool {
    guard let link = knownLink(to: address), case .open(let connection) = link.state else { return true }
    return reactor.isWritable(connection)
  }

  // MARK: Connections

  private func knownLink(to address: Address) -> PeerLink? {
    if let recent, recent.address == address { return recent }
    // With few links, comparing is faster than hashing.
    guard allLinks.count <= Self.few else { return links[address] }
    let allLinks = allLinks, links = allLinks.span
    for index in links.indices where links[index].address == address { return links[index] }
    return nil
  }

  private static let few = 8

  private func link(to address: Address) -> PeerLink {
    if let link = knownLink(to: address) {
      if link !== recent { recent = link }
      return link
    }
    let link = PeerLink(address: address, reactor: reactor) { [unowned self] in failOverdue($0) }
    links[address] = link
    allLinks.append(link)
    return link
  }

  private func submit(_ frame: Frame, over link: PeerLink) {
    reactor.spend(.request(bytes: frame.count))
    switch link.state {
    case .open(let connection), .connecting(let connection):
      reactor.send(frame, on: connection)
    case .waiting:
      link.unsent.append(frame)
    case .closed:
      link.unsent.append(frame)
      openWhenAllowed(link)
    }
  }

  private func openWhenAllowed(_ link: PeerLink) {
    let now = reactor.now
    guard link.mayConnectAt > now else { return open(link) }
    mark(.reconnectDelayed)
    link.state = .waiting
    // A link that was given up and waits again has a former timer, which may come when the sender is gone.
    link.connectTimer = reactor.after(link.mayConnectAt - now) { [weak self, weak link] in
      guard let self, let link, case .waiting = link.state else { return }
      open(link)
    }
  }

  private func open(_ link: PeerLink) {
    let connection = reactor.connect(to: link.address, delegate: self)
    link.state = .connecting(connection)
    linksByConnection[connection] = link
    for frame in link.unsent { reactor.send(frame, on: connection) }
    link.unsent.removeAll()
  }

  public func connected(_ connection: ConnectionID) {
    guard let link = linksByConnection[connection] else { return }
    link.state = .open(connection)
    link.failedAttempts = 0
  }

  public func received(_ frame: Frame, on connection: ConnectionID) {
    guard let link = linksByConnection[connection] else { return }
    reactor.spend(.request(bytes: frame.count))
    // Not `first`, which copies the request and what waits for it.
    guard !link.pending.isEmpty, frame.correlationID == link.pending[0].correlationID else {
      mark(.answerWithoutRequest)
      return fail(link, with: .malformed(WireError(.invalidValue("this response answers no request"), at: 0, field: "CorrelationId")))
    }
    requireTimer(of: link)
    if !link.pending.removeFirst().end(.success(frame)) { fail(link, with: .disconnected) }
  }

  public func writable(_ connection: ConnectionID) {
    guard let link = linksByConnection[connection] else { return }
    becameWritable(link.address)
  }

  public func disconnected(_ connection: ConnectionID) {
    guard let link = linksByConnection[connection] else { return }
    fail(link, with: .disconnected)
  }

  /// Ends a link's connection and fails everything that waits for it. The link itself stays, ready to connect again after its backoff.
  private func fail(_ link: PeerLink, with failure: RequestFailure, expired: (PendingRequest) -> Bool = { _ in false }) {
    if case .open(let connection) = link.state { forget(connection) }
    if case .connecting(let connection) = link.state {
      mark(.connectionFailed)
      forget(connection)
      link.failedAttempts += 1
    }
    link.state = .closed
    link.mayConnectAt = reactor.now + backoff.delay(afterFailures: link.failedAttempts, random: &reactor.host.random)
    link.unsent.removeAll()
    let orphans = link.pending
    link.pending.removeAll()
    for orphan in orphans { _ = orphan.end(.failure(expired(orphan) ? .timedOut : failure)) }
  }

  private func forget(_ connection: ConnectionID) {
    linksByConnection[connection] = nil
    reactor.close(connection)
  }

  // MARK: Timeouts

  /// Called when the deadline of a pending request may have passed.
  private func failOverdue(_ link: PeerLink) {
    let now = reactor.now
    if link.pending.contains(where: { $0.deadline <= now }) {
      mark(.requestTimedOut)
      fail(link, with: .disconnected, expired: { $0.deadline <= now })
    }
    if let earliest = link.pending.lazy.map(\.deadline).min() { link.deadlineTimer.set(at: earliest) }
  }
}

/// Delays between attempts to connect: `reconnect.backoff.ms` doubling up to `reconnect.backoff.max.ms`, plus or minus 20 %.
public struct ReconnectBackoff: Sendable {
  public var initial: Duration
  public var maximum: Duration

  public init(initial: Duration = .milliseconds(50), maximum: Duration = .milliseconds(1_000)) {
    self.initial = initial
    self.maximum = maximum
  }

  func delay(afterFailures failures: Int, random: inout RandomStream) -> Duration {
    let base = min(maximum, initial * Int64(1 << min(max(failures - 1, 0), 20)))
    return random.between(base * 4 / 5, base * 6 / 5)
  }
}
