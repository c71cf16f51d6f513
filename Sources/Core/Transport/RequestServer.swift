import DequeModule
import Host
import Primitives
import Wire

/// One API as a server offers it: the versions it advertises in ApiVersions, and the versions it really accepts.
public struct OfferedApi: Sendable {
  public let key: ApiKey
  public let advertised: ClosedRange<Int16>
  public let accepted: ClosedRange<Int16>

  /// - Parameter accepted: Differs if Kafka advertises more than it accepts: Produce from version 0 (KAFKA-18659).
  public init(_ key: ApiKey, advertised: ClosedRange<Int16>, accepted: ClosedRange<Int16>? = nil) {
    self.key = key
    self.advertised = advertised
    self.accepted = accepted ?? advertised
  }
}

/// Takes the requests on the connections that peers open to one listener of this node.
///
/// The server looks at a connection's next request once the previous one is answered. Until then it asks the host to hold back what the peer sends,
/// as Kafka mutes a channel while it has a request in progress (`SocketServer.Processor`): nothing piles up behind a request that waits. What a peer
/// sent before it closed its connection is still handled. A frame that cannot be read closes the connection it came on and affects nothing else. An
/// ApiVersions request of an unknown version is answered at version 0 with UNSUPPORTED_VERSION, so that clients of any age can find a common version.
public final class RequestServer: ConnectionDelegate {
  private let reactor: Reactor
  private let listener: Int
  /// By API key.
  private let apis: [OfferedApi?]
  private let handler: (IncomingRequest) -> Void
  private(set) var channels = ConnectionTable<Channel>()
  /// Where answers are written.
  private var room = FrameRoom()
  private let complaints: ClientComplaints

  /// - Parameters:
  ///   - listener: The listener whose connections it takes, by its number at the host.
  ///   - handler: Answers each request, at once or later, exactly once. It also gets ApiVersions requests of an accepted version.
  public init(reactor: Reactor, apis: [OfferedApi], listener: Int = 0, handler: @escaping (IncomingRequest) -> Void) {
    self.reactor = reactor
    self.listener = listener
    complaints = ClientComplaints(reactor: reactor)
    var table = [OfferedApi?](repeating: nil, count: 1 + Int(apis.map(\.key.rawValue).max() ?? 0))
    for api in apis { table[Int(api.key.rawValue)] = api }
    self.apis = table
    self.handler = handler
    self.offered = apis.sorted { $0.key.rawValue < $1.key.rawValue }
    reactor.listen(self, on: listener)
  }

  deinit {
    reactor.stopListening(on: listener)
    for channel in channels.all { channel.request = nil }
  }

  /// The offered APIs in the order of their keys.
  public let offered: [OfferedApi]

  /// A request that is not answered yet.
  public struct OpenRequest: Equatable, Sendable {
    public let connection: ConnectionID
    public let apiKey: ApiKey
    public let correlationID: Int32
  }

  /// The requests that are not answered yet, at most one of each connection.
  public var openRequests: [OpenRequest] {
    channels.all.compactMap { channel in
      guard let request = channel.openRequest else { return nil }
      return OpenRequest(connection: channel.connection, apiKey: request.apiKey, correlationID: request.correlationID)
    }
  }

  public func connected(_ connection: ConnectionID) { channels[connection] = Channel(connection, of: self) }

  public func received(_ frame: Frame, on connection: ConnectionID) {
    guard let channel = channels[connection] else { return }
    guard !channel.isBusy, !channel.isTaking else { return channel.waiting.append(frame) }
    channel.isTaking = true
    take(frame, from: channel)
    takeWaiting(from: channel)
  }

  public func disconnected(_ connection: ConnectionID) {
    guard let channel = channels[connection] else { return }
    channel.isOpen = false
    dropIfDone(channel)
  }

  private func takeNext(from channel: Channel) {
    // An immediate answer returns here from within the loop, which then simply goes on.
    guard !channel.isTaking else { return }
    channel.isTaking = true
    takeWaiting(from: channel)
  }

  private func take(_ frame: Frame, from channel: Channel) {
    mustHold(!channel.isBusy, "\(channel.connection): a request is taken up, and the one before it is not answered")
    channel.isBusy = true
    handle(frame, from: channel)
  }

  private func takeWaiting(from channel: Channel) {
    while !channel.isBusy, let frame = channel.waiting.popFirst() { take(frame, from: channel) }
    channel.isTaking = false
    holdBack(channel)
    dropIfDone(channel)
  }

  /// Mutes a connection that has a request in progress, and unmutes it once everything that was delivered is answered.
  private func holdBack(_ channel: Channel) {
    guard channel.isOpen, channel.isBusy != channel.isMuted else { return }
    channel.isMuted = channel.isBusy
    if channel.isMuted {
      reactor.pauseReceiving(on: channel.connection)
    } else {
      reactor.resumeReceiving(on: channel.connection)
    }
  }

  private func dropIfDone(_ channel: Channel) {
    if !channel.isOpen, !channel.isBusy, channel.waiting.isEmpty { drop(channel) }
  }

  private func drop(_ channel: Channel) {
    channel.isOpen = false
    channel.isDropped = true
    channel.request = nil
    channels[channel.connection] = nil
  }

  private func handle(_ frame: Frame, from channel: Channel) {
    let connection = channel.connection
    let request = channel.nextRequest()
    do {
      try request.begin(frame)
    } catch {
      mark(.requestUnreadable)
      if reactor.host.watchesClients { complain("sent \(frame.count) bytes that are no request: its connection is closed", of: nil, on: connection) }
      return close(connection)
    }
    let key = request.apiKey
    guard apis.indices.contains(Int(key.rawValue)), let api = apis[Int(key.rawValue)] else {
      mark(.apiNotOffered)
      complain("asked for \(key.name), which is not offered here: its connection is closed", of: request.header.clientId, on: connection)
      return close(connection)
    }
    guard api.accepted.contains(request.version) else {
      if key == .apiVersions { return refuseVersion(of: request, api) }
      if reactor.host.watchesClients { complain(Self.words(for: request.version, of: api), of: request.header.clientId, on: connection) }
      return close(connection)
    }
    reactor.report(.takenUp(correlationID: request.correlationID), on: connection)
    reactor.spend(.request(bytes: frame.count))
    handler(request)
  }

  private func complain(_ words: String, of clientID: String?, on connection: ConnectionID) {
    complaints.tell(words, of: clientID, at: reactor.host.peerAddress(of: connection))
  }

  private static func words(for version: Int16, of api: OfferedApi) -> String {
    "asked for \(api.key.name) at version \(version), and versions \(api.accepted.lowerBound) to \(api.accepted.upperBound) are offered: its connection is closed"
  }

  /// Reports the part of a request that could not be read, or that its response refuses.
  fileprivate func tellOfMalformed(_ request: IncomingRequest, _ error: WireError) {
    guard reactor.host.watchesClients else { return }
    complain("sent a malformed \(request.apiKey.name) request, version \(request.version): \(error)", of: request.header.clientId, on: request.connection)
  }

  private func tellOfRefusals<Response: ApiMessage>(in response: Response, usual: ErrorCode, _ request: IncomingRequest) {
    guard reactor.host.watchesClients, request.header.clientId?.hasPrefix("broker-") != true else { return }
    let refusals = ResponseRefusals(response, version: request.version, usual: usual).words
    guard !refusals.isEmpty else { return }
    complain("asked for \(request.apiKey.name), and is refused \(refusals.joined(separator: ", "))", of: request.header.clientId, on: request.connection)
  }

  private func refuseVersion(of request: IncomingRequest, _ api: OfferedApi) {
    var range = ApiVersionsResponse.ApiVersion()
    range.apiKey = api.key.rawValue
    range.minVersion = api.advertised.lowerBound
    range.maxVersion = api.advertised.upperBound
    var response = ApiVersionsResponse()
    response.errorCode = .unsupportedVersion
    response.apiKeys = [range]
    send(response, version: 0, for: request)
  }

  /// Sends the response to a request and turns to the connection's next one. If the request's version cannot carry the response,
  /// `refusal` is sent instead; if there is no refusal, or it cannot be encoded either, the connection is closed.
  fileprivate func send<Response: ApiMessage>(
    _ response: Response, version: Int16, for request: IncomingRequest, usual: ErrorCode = .none, orElse refusal: (() -> Response)? = nil
  ) {
    do {
      send(try Frame.response(response, version: version, correlationID: request.correlationID, in: &room), for: request)
      tellOfRefusals(in: response, usual: usual, request)
    } catch {
      tellOfUnwritable(request, error)
      guard let refusal else { return close(request.connection) }
      return send(refusal(), version: version, for: request)
    }
    finish(request)
  }

  /// Sends what a handler writes as the response of a request, and turns to the connection's next one. Where that cannot be written, the connection is
  /// closed.
  fileprivate func send(writing write: (inout FrameRoom) throws(WireError) -> Frame, for request: IncomingRequest) {
    do {
      send(try write(&room), for: request)
    } catch {
      tellOfUnwritable(request, error)
      return close(request.connection)
    }
    finish(request)
  }

  private func send(_ frame: Frame, for request: IncomingRequest) {
    reactor.spend(.request(bytes: frame.count))
    if request.channel.isOpen { reactor.send(frame, on: request.connection) }
  }

  private func tellOfUnwritable(_ request: IncomingRequest, _ error: WireError) {
    reactor.report(.note("cannot write the response to \(request.apiKey.name) version \(request.version): \(error)"))
  }

  fileprivate func finish(_ request: IncomingRequest) {
    mustHold(!request.isAnswered, "\(request.connection): a \(request.apiKey.name) request is answered twice")
    request.end()
    let channel = request.channel
    guard !channel.isDropped else {
      mark(.answerAfterDisconnect)
      return
    }
    channel.isBusy = false
    takeNext(from: channel)
  }

  /// Where a request is that came on a connection; nil where it is not here: it never came, or was answered.
  public func findRequest(_ correlationID: Int32, on connection: ConnectionID) -> ReceivedRequest? {
    guard let channel = channels[connection], let request = channel.openRequest else { return nil }
    if request.correlationID == correlationID { return .inProgress(request) }
    return channel.waiting.contains { $0.correlationIDOfRequest == correlationID } ? .waiting(behind: request) : nil
  }

  /// Closes a connection and drops its waiting requests.
  public func close(_ connection: ConnectionID) {
    if let channel = channels[connection] { drop(channel) }
    reactor.close(connection)
  }

  final class Channel {
    let connection: ConnectionID
    /// The server of all its requests; it goes away only with its node. It is held here, not in each request, where each reference would be counted.
    fileprivate unowned let server: RequestServer
    var isOpen = true
    /// The channel is closed: answers to requests that are still in progress are dropped.
    var isDropped = false
    /// A request was passed to the handler and is not answered yet.
    var isBusy = false
    /// The loop over the waiting requests is running.
    var isTaking = false
    /// The host holds back what the peer sends.
    var isMuted = false
    /// In the order of arrival.
    var waiting: Deque<Frame> = []
    /// The request under way, or the last one, which the next one takes the place of where nobody holds it. It holds the channel, until that is dropped.
    var request: IncomingRequest?
    /// The one that is not answered yet; nil if there is none.
    var openRequest: IncomingRequest? { request?.isAnswered == false ? request : nil }

    init(_ connection: ConnectionID, of server: RequestServer) {
      self.connection = connection
      self.server = server
    }

    fileprivate func nextRequest() -> IncomingRequest {
      if isKnownUniquelyReferenced(&request), let request { return request }
      let made = IncomingRequest(of: self)
      request = made
      return made
    }
  }
}

/// A request that a server has and has not answered.
public enum ReceivedRequest {
  case inProgress(IncomingRequest)
  /// It is read once the request before it on its connection is answered.
  case waiting(behind: IncomingRequest)
}

extension Frame {
  /// The third field of every request header, after the API key and the version.
  fileprivate var correlationIDOfRequest: Int32? { first.count >= 8 ? first.integer(at: 4) : nil }
}

/// A request that awaits an answer. It must be answered exactly once, by one of the methods below.
///
/// A class, because it is handed on to whoever answers late. Of a connection there is one, which is used for one request after another: nobody looks at it
/// after the answer.
public final class IncomingRequest {
  /// Read over that of the request before.
  public private(set) var header = RequestHeader()
  fileprivate let channel: RequestServer.Channel
  /// The whole of it; nil once it was answered.
  var frame: Frame?
  private var bodyPosition = 0

  fileprivate init(of channel: RequestServer.Channel) { self.channel = channel }

  /// Takes up a request that has come.
  fileprivate func begin(_ frame: Frame) throws(WireError) {
    self.frame = frame
    var reader = FrameReader(frame, arrayMemory: FrameReader.requestArrayMemory)
    // A reader looks into the frame by pointers, which the optimiser does not count as a use of it.
    defer { withExtendedLifetime(frame) {} }
    try header.readNext(from: &reader)
    bodyPosition = reader.position
  }

  /// It was answered, and lets go of its bytes.
  fileprivate func end() { frame = nil }

  public var apiKey: ApiKey { header.apiKey }
  fileprivate var isAnswered: Bool { frame == nil }
  public var correlationID: Int32 { header.correlationId }
  public var connection: ConnectionID { channel.connection }
  public var version: Int16 { header.requestApiVersion }

  /// Decodes the request's body. Bytes after it are ignored, as in Kafka: librdkafka 2.16 sends three surplus bytes when it asks for the
  /// metadata of all topics.
  public func decode<Request: ApiRequest>(_ type: Request.Type = Request.self) throws(WireError) -> Request {
    var request = Request()
    try decode(over: &request)
    return request
  }

  /// The same, read over a former request of the same version, whose room it takes.
  public func decode<Request: ApiRequest>(over request: inout Request) throws(WireError) {
    guard let frame else { preconditionFailure("a request is read before it is answered") }
    var reader = FrameReader(frame, arrayMemory: FrameReader.requestArrayMemory)
    defer { withExtendedLifetime(frame) {} }
    reader.skip(bodyPosition)
    do {
      try request.read(from: &reader, version: version)
    } catch {
      channel.server.tellOfMalformed(self, error)
      throw error
    }
  }

  /// Answers at the request's own version.
  ///
  /// - Parameter usual: An error that is normal here, and not reported when clients are watched.
  public func respond(_ response: some ApiMessage, usual: ErrorCode = .none) { channel.server.send(response, version: version, for: self, usual: usual) }

  /// Answers at the request's own version; with `refusal` if the version cannot carry the response. Use it for requests that other requests
  /// wait behind: an error of one is no reason to close a connection that many share.
  public func respond<Response: ApiMessage>(_ response: Response, orElse refusal: @escaping () -> Response) {
    channel.server.send(response, version: version, for: self, orElse: refusal)
  }

  /// Answers with what is written into the server's room, at the request's own version.
  public func respond(writing write: (inout FrameRoom) throws(WireError) -> Frame) { channel.server.send(writing: write, for: self) }

  /// Ends a request that has no response: Produce with acks=0.
  public func finishWithoutResponse() { channel.server.finish(self) }

  /// Closes the connection instead of answering: the request could not be read, or violates the protocol.
  public func closeConnection() { channel.server.close(connection) }
}
