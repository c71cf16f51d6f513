import Wire

/// An error for one item of a request, with a message for the client.
public struct Refusal: Error, Equatable {
  public let code: ErrorCode
  public let message: String?

  public init(_ code: ErrorCode, _ message: String? = nil) {
    self.code = code
    self.message = message
  }
}
