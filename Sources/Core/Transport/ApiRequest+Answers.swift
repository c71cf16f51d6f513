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
    _ answer: Result<Frame, RequestFailure>, version: Int16, over room: ResponseRoom<Response>? = nil, _ body: (Result<Response, RequestFailure>) -> Void
  ) -> Bool {
    switch answer {
    case .failure(let failure): body(.failure(failure))
    case .success(let frame):
      var response = room?.content.take(for: version) ?? Response()
      do throws(WireError) {
        _ = try response.readResponse(frame, version: version)
      } catch {
        body(.failure(.malformed(error)))
        return false
      }
      body(.success(response))
      room?.content.giveBack(&response, version: version)
    }
    return true
  }
}

/// What the responses to one kind of request are read over, one after another. They must hold no records.
public final class ResponseRoom<Response: ApiMessage> {
  var content = MessageRoom<Response>()

  public init() {}
}
