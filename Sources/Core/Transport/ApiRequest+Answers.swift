import Primitives
import Wire

extension ApiRequest {
  /// Reads the response to a request and passes it on. Returns whether it could be read.
  ///
  /// - Parameter version: The version at which the request was sent.
  @inline(__always)
  public static func readAnswer(
    _ answer: Result<Frame, RequestFailure>, version: Int16, _ body: (Result<Response, RequestFailure>) -> Void
  ) -> Bool {
    switch answer {
    case .failure(let failure): body(.failure(failure))
    case .success(let frame):
      do throws(WireError) {
        body(.success(try Response.decodeResponse(frame, version: version).message))
      } catch {
        body(.failure(.malformed(error)))
        return false
      }
    }
    return true
  }
}
