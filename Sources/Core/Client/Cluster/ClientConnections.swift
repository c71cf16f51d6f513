import Host
import Primitives
import Transport
import Wire

/// The connections of one client: each starts with ApiVersions, and every request uses the newest version that both sides support.
///
/// A connection that broke is negotiated again: the broker may have been replaced by a newer or an older one.
final class ClientConnections {
  /// Called when an address becomes ready, stops being throttled, or takes requests again after its send buffer was full.
  var becameReady: (Address) -> Void = { _ in }
  /// Called when a connection could not be made, or broke with pending requests.
  var failed: () -> Void = {}

  /// The newest features that any broker has reported.
  private(set) var features = FinalizedFeatures()

  let reactor: Reactor
  let sender: RequestSender
  private let requestTimeout: Duration
  private var peers: [Address: Peer] = [:]
  /// The same peers in the order of their creation.
  private var allPeers: ContiguousArray<Peer> = []
  /// The peer that was looked up last: comparing an address is cheaper than hashing it.
  private var recent: Peer?

  init(reactor: Reactor, configuration: ConnectionConfiguration) {
    self.reactor = reactor
    requestTimeout = configuration.requestTimeout
    let backoff = ReconnectBackoff(initial: configuration.reconnectBackoff, maximum: configuration.reconnectBackoffMax)
    sender = RequestSender(reactor: reactor, clientID: configuration.clientID, backoff: backoff)
    sender.becameWritable = { [weak self] in self?.becameReady($0) }
  }

  /// Whether a request to this address would be sent at once. If not, call `prepare`.
  func isReady(_ address: Address) -> Bool {
    guard let peer = knownPeer(at: address), peer.versions != nil, sender.isConnected(to: address) else { return false }
    return peer.throttledUntil <= reactor.now
  }

  /// Whether the send buffer of the connection to a ready address has room.
  func isWritable(_ address: Address) -> Bool { sender.isWritable(to: address) }

  /// Opens and negotiates a connection if there is none; `becameReady` follows unless that fails.
  func prepare(_ address: Address) {
    let peer = peer(at: address)
    if !isNegotiated(peer) { negotiate(peer) }
  }

  /// Whether the last attempt to reach an address failed and none has succeeded since.
  func isFailing(_ address: Address) -> Bool { peers[address]?.isFailing ?? false }

  func inFlight(to address: Address) -> Int { sender.inFlight(to: address) }

  /// The version that a request would use; nil before the negotiation, or if there is no common version.
  func version<Request: ApiRequest>(of request: Request.Type, at address: Address, atMost limit: Int16 = .max) -> Int16? {
    knownPeer(at: address)?.versions?.newest(of: request, atMost: limit)
  }

  /// Sends a request once the connection is negotiated. `limit` is for requests that newer versions cannot carry, and `room` is what the response is read over.
  func send<Request: ApiRequest>(
    _ request: Request, to address: Address, atMost limit: Int16 = .max, timeout: Duration? = nil, over room: MessageRoom<Request.Response>? = nil,
    _ completion: @escaping (Result<Request.Response, ClientRequestFailure>) -> Void
  ) {
    let timeout = timeout ?? requestTimeout
    let peer = peer(at: address)
    guard !isNegotiated(peer) else { return transmit(request, to: peer, atMost: limit, timeout, over: room, completion) }
    peer.waiting.append { [unowned self] isNegotiated in
      guard isNegotiated else { return completion(.failure(.notSent)) }
      transmit(request, to: peer, atMost: limit, timeout, over: room, completion)
    }
    negotiate(peer)
  }

  /// Sends a request that has no response. Returns false, and sends nothing, if the address is not ready.
  func sendWithoutResponse<Request: ApiRequest>(_ request: Request, to address: Address, atMost limit: Int16 = .max) -> Bool {
    guard isReady(address), let version = version(of: Request.self, at: address, atMost: limit) else { return false }
    return (try? sender.sendWithoutResponse(request, version: version, to: address)) != nil
  }

  /// Keeps requests away from an address that asked for a pause (KIP-219).
  func throttle(_ address: Address, forMilliseconds milliseconds: Int32) {
    guard milliseconds > 0 else { return }
    let peer = peer(at: address)
    let end = reactor.now + .milliseconds(Int64(milliseconds))
    guard end > peer.throttledUntil else { return }
    peer.throttledUntil = end
    reactor.after(.milliseconds(Int64(milliseconds))) { [weak self] in self?.becameReady(address) }
  }

  func disconnect(from address: Address) {
    peers[address]?.versions = nil
    sender.disconnect(from: address)
  }

  // MARK: Negotiation

  private func knownPeer(at address: Address) -> Peer? {
    if let recent, recent.address == address { return recent }
    guard let peer = lookedUpPeer(at: address) else { return nil }
    recent = peer
    return peer
  }

  /// With few peers, comparing is faster than hashing.
  private func lookedUpPeer(at address: Address) -> Peer? {
    guard allPeers.count <= Self.few else { return peers[address] }
    for peer in allPeers where peer.address == address { return peer }
    return nil
  }

  private static let few = 8

  private func peer(at address: Address) -> Peer {
    if let peer = knownPeer(at: address) { return peer }
    let peer = Peer(address: address, of: self)
    peers[address] = peer
    allPeers.append(peer)
    return peer
  }

  private func isNegotiated(_ peer: Peer) -> Bool { peer.versions != nil && sender.isConnected(to: peer.address) }

  private func negotiate(_ peer: Peer) {
    guard !peer.isNegotiating else { return }
    peer.isNegotiating = true
    peer.versions = nil
    askForVersions(of: peer)
  }

  private func askForVersions(of peer: Peer) {
    let version = peer.newestApiVersions
    var request = ApiVersionsRequest()
    request.clientSoftwareName = "trial"
    request.clientSoftwareVersion = "1"
    sender.send(request, version: version, to: peer.address, timeout: requestTimeout) { [weak self] result in
      guard let self else { return }
      switch result {
      case .success(let response) where response.errorCode == .none:
        finishNegotiation(of: peer, ApiVersionRanges(response))
      case .success(let response) where response.errorCode == .unsupportedVersion && version > 0:
        peer.newestApiVersions = 0
        askForVersions(of: peer)
      case .failure(.malformed) where version > 0:
        // An older broker answers an unknown version in the format of version 0 (KIP-511). The sender closes the connection when this call returns,
        // so the next attempt comes after it.
        peer.newestApiVersions = 0
        reactor.after(.zero) { [weak self] in self?.askForVersions(of: peer) }
      case .success, .failure:
        finishNegotiation(of: peer, nil)
      }
    }
  }

  private func finishNegotiation(of peer: Peer, _ versions: ApiVersionRanges?) {
    peer.isNegotiating = false
    peer.versions = versions
    peer.isFailing = versions == nil
    if let versions, versions.features.epoch > features.epoch { features = versions.features }
    let waiting = peer.waiting
    peer.waiting.removeAll()
    for resume in waiting { resume(versions != nil) }
    if versions == nil { failed() }
    becameReady(peer.address)
  }

  // MARK: Requests

  private func report(_ api: ApiKey, _ reason: String) { reactor.report(.requestFailed(api: api.rawValue, reason: reason)) }

  private func transmit<Request: ApiRequest>(
    _ request: Request, to peer: Peer, atMost limit: Int16, _ timeout: Duration, over room: MessageRoom<Request.Response>?,
    _ completion: @escaping (Result<Request.Response, ClientRequestFailure>) -> Void
  ) {
    guard let version = peer.versions?.newest(of: Request.self, atMost: limit) else {
      return completion(.failure(peer.versions == nil ? .notSent : .unsupportedVersion(Request.apiKey)))
    }
    sender.sendUnread(request, version: version, to: peer.address, timeout: timeout) { answer in
      Request.readAnswer(answer, version: version, over: room) { result in
        switch result {
        case .success(let response):
          peer.isFailing = false
          // MEMBER_ID_REQUIRED is the normal response to a client that asks for its member id.
          response.forEachError { if $0 != .memberIdRequired { peer.connections?.report(Request.apiKey, $0.name) } }
          completion(.success(response))
        case .failure(let failure):
          let failure = ClientRequestFailure(failure, of: Request.apiKey)
          peer.connections?.report(Request.apiKey, failure.words)
          completion(.failure(failure))
          peer.connections?.failed()
        }
      }
    }
  }
}

/// One address, and the versions that it is known to support.
private final class Peer {
  let address: Address
  /// The connections that it belongs to; nil if a response arrives after they are gone.
  private(set) weak var connections: ClientConnections?
  /// Nil until negotiated.
  var versions: ApiVersionRanges?
  var isNegotiating = false
  /// The newest version of ApiVersions itself that the address may support.
  var newestApiVersions = ApiVersionsRequest.validVersions.upperBound
  var isFailing = false
  var throttledUntil = Instant(nanoseconds: .min)
  /// Requests that wait for the negotiation; called with whether it succeeded.
  var waiting: [(Bool) -> Void] = []

  init(address: Address, of connections: ClientConnections) {
    self.address = address
    self.connections = connections
  }
}

extension ClientRequestFailure {
  init(_ failure: RequestFailure, of api: ApiKey) {
    switch failure {
    case .disconnected: self = .disconnected
    case .timedOut: self = .timedOut
    case .malformed(let error): self = .malformed(error)
    case .notEncodable: self = .unsupportedVersion(api)
    }
  }
}
