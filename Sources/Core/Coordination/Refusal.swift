import Wire

/// An error for one thing of a request, with what to tell the one who asked.
public struct Refusal: Error, Equatable {
  public let code: ErrorCode
  public let message: String?

  public init(_ code: ErrorCode, _ message: String? = nil) {
    self.code = code
    self.message = message
  }
}
