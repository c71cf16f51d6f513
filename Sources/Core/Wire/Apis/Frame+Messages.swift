import Primitives

extension Frame {
  /// A request with its header, without the size prefix. Record batches inside are shared, not copied.
  public static func request<Request: ApiRequest>(
    _ request: Request, version: Int16, correlationID: Int32, clientID: String?
  ) throws(WireError) -> Frame {
    var header = RequestHeader()
    header.requestApiKey = Request.apiKey.rawValue
    header.requestApiVersion = version
    header.correlationId = correlationID
    header.clientId = clientID
    var writer = FrameWriter(version: version, isFlexible: false)
    try header.append(to: &writer, version: RequestHeader.version(for: Request.apiKey, apiVersion: version))
    try request.append(to: &writer, version: version)
    return writer.frame()
  }

  /// A response with its header, without the size prefix. Record batches inside are shared, not copied.
  public static func response<Response: ApiMessage>(
    _ response: Response, version: Int16, correlationID: Int32
  ) throws(WireError) -> Frame {
    var header = ResponseHeader()
    header.correlationId = correlationID
    var writer = FrameWriter(version: version, isFlexible: false)
    try header.append(to: &writer, version: ResponseHeader.version(for: Response.apiKey, apiVersion: version))
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

extension ApiMessage {
  /// Reads a response frame, including the header.
  public static func decodeResponse(
    _ frame: Frame, version: Int16
  ) throws(WireError) -> (correlationID: Int32, message: Self) {
    var reader = FrameReader(frame)
    defer { withExtendedLifetime(reader) {} }
    let header = try ResponseHeader(from: &reader, apiKey: apiKey, apiVersion: version)
    let message = try Self(from: &reader, version: version)
    return (header.correlationId, message)
  }
}
