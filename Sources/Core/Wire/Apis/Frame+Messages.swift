import Primitives

extension Frame {
  /// A request with its header, without the size prefix. Record batches inside are shared, not copied.
  public static func request<Request: ApiRequest>(
    _ request: Request, version: Int16, correlationID: Int32, clientID: String?
  ) throws(WireError) -> Frame {
    var room = FrameRoom()
    return try self.request(request, version: version, correlationID: correlationID, clientID: clientID, in: &room)
  }

  /// The same, written behind what stands in `room`.
  public static func request<Request: ApiRequest>(
    _ request: Request, version: Int16, correlationID: Int32, clientID: String?, in room: inout FrameRoom
  ) throws(WireError) -> Frame {
    var header = RequestHeader()
    header.requestApiKey = Request.apiKey.rawValue
    header.requestApiVersion = version
    header.correlationId = correlationID
    header.clientId = clientID
    var writer = FrameWriter(in: &room)
    try header.append(to: &writer, version: RequestHeader.version(for: Request.apiKey, apiVersion: version))
    try request.append(to: &writer, version: version)
    return writer.frame()
  }

  /// A response with its header, without the size prefix. Record batches inside are shared, not copied.
  public static func response<Response: ApiMessage>(
    _ response: Response, version: Int16, correlationID: Int32
  ) throws(WireError) -> Frame {
    var room = FrameRoom()
    return try self.response(response, version: version, correlationID: correlationID, in: &room)
  }

  /// The same, written behind what stands in `room`.
  public static func response<Response: ApiMessage>(
    _ response: Response, version: Int16, correlationID: Int32, in room: inout FrameRoom
  ) throws(WireError) -> Frame {
    var writer = try FrameWriter(in: &room, responseTo: Response.apiKey, version: version, correlationID: correlationID)
    try response.append(to: &writer, version: version)
    return writer.frame()
  }

  /// The frame as it goes over a socket: its length in four bytes, then its pieces in one buffer.
  public var withSizePrefix: Bytes {
    var writer = ByteWriter(capacity: count + 4)
    writer.append(Int32(count))
    for piece in pieces { writer.append(piece) }
    return writer.bytes
  }
}

extension FrameWriter {
  /// Begins the response to a request of an API: its header is written.
  init(in room: inout FrameRoom, responseTo apiKey: ApiKey, version: Int16, correlationID: Int32) throws(WireError) {
    self.init(in: &room)
    var header = ResponseHeader()
    header.correlationId = correlationID
    try header.append(to: &self, version: ResponseHeader.version(for: apiKey, apiVersion: version))
  }
}

extension ApiMessage {
  /// Reads a response frame, including the header.
  public static func decodeResponse(
    _ frame: Frame, version: Int16
  ) throws(WireError) -> (correlationID: Int32, message: Self) {
    var message = Self()
    return (try message.readResponse(frame, version: version), message)
  }

  /// Reads a response frame over a former message of the same version, header and all. Returns the correlation id.
  public mutating func readResponse(_ frame: Frame, version: Int16) throws(WireError) -> Int32 {
    var reader = FrameReader(frame)
    defer { withExtendedLifetime(reader) {} }
    let header = try ResponseHeader(from: &reader, apiKey: Self.apiKey, apiVersion: version)
    do {
      try read(from: &reader, version: version)
      try reader.expectEnd()
    } catch {
      throw error.within(Self.name)
    }
    return header.correlationId
  }
}
