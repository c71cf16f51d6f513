import Primitives
import Wire

extension ApiRequest {
  /// Reads the response to a request and passes it on. Returns whether it could be read.
  ///
  /// - Parameters:
  ///   - version: The version at which the request was sent.
  ///   - room: What the response is read over, for whoever reads one after another and keeps none.
  @inline(__always)
  public static func readAnswer(
    _ answer: Result<Frame, RequestFailure>, version: Int16, over room: MessageRoom<Response>? = nil, _ body: (Result<Response, RequestFailure>) -> Void
  ) -> Bool {
    switch answer {
    case .failure(let failure): body(.failure(failure))
    case .success(let frame):
      guard let room else {
        var response = Response()
        return read(frame, version: version, over: &response, body)
      }
      return room.use(for: version) { read(frame, version: version, over: &$0, body) }
    }
    return true
  }

  @inline(__always)
  private static func read(
    _ frame: Frame, version: Int16, over response: inout Response, _ body: (Result<Response, RequestFailure>) -> Void
  ) -> Bool {
    do throws(WireError) {
      _ = try response.readResponse(frame, version: version)
    } catch {
      body(.failure(.malformed(error)))
      return false
    }
    body(.success(response))
    return true
  }
}
