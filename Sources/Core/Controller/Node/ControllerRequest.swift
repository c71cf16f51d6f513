import Primitives
import Transport
import Wire

/// A request to the controller: direct, or in an Envelope that a broker forwarded (KIP-590).
struct ControllerRequest {
  let header: RequestHeader
  private let incoming: IncomingRequest
  /// The body of the request in the envelope.
  private let embedded: FrameReader?

  init(_ incoming: IncomingRequest) {
    header = incoming.header
    self.incoming = incoming
    embedded = nil
  }

  /// Reads the request in an envelope.
  init(enveloped envelope: EnvelopeRequest, in incoming: IncomingRequest) throws(WireError) {
    var reader = FrameReader(envelope.requestData, arrayMemory: FrameReader.requestArrayMemory)
    defer { withExtendedLifetime(reader) {} }
    header = try RequestHeader(from: &reader)
    self.incoming = incoming
    embedded = reader
  }

  var apiKey: ApiKey { ApiKey(rawValue: header.requestApiKey) }
  var version: Int16 { header.requestApiVersion }

  func decode<Request: ApiRequest>(_ type: Request.Type = Request.self) throws(WireError) -> Request {
    guard var reader = embedded else { return try incoming.decode(type) }
    defer { withExtendedLifetime(reader) {} }
    return try Request(from: &reader, version: version)
  }

  /// Responds; with `refusal` if the request's version cannot carry the response: a broker sends all its clients' requests over one connection, and
  /// would resend this one if the connection were closed.
  ///
  /// - Parameter isInactive: Whether the response says that this is not the active controller. An envelope then holds that error in the place of the
  ///   response: the broker that forwarded the request looks for another controller, and its client hears nothing of it (`RequestChannel.buildResponseSend`).
  func respond<Response: ApiMessage>(_ response: Response, isInactive: Bool = false, orElse refusal: @escaping () -> Response) {
    guard embedded != nil else { return incoming.respond(response, orElse: refusal) }
    var envelope = EnvelopeResponse()
    guard !isInactive else {
      envelope.errorCode = .notController
      return incoming.respond(envelope)
    }
    do {
      envelope.responseData = try Frame.response(response, version: version, correlationID: header.correlationId).joined
    } catch {
      envelope.errorCode = .unknownServerError
    }
    incoming.respond(envelope)
  }

  /// Handles a request that cannot be read.
  func reject() {
    guard embedded != nil else { return incoming.closeConnection() }
    var envelope = EnvelopeResponse()
    envelope.errorCode = .invalidRequest
    incoming.respond(envelope)
  }
}
