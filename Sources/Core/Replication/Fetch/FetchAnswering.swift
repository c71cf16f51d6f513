import Primitives
import Transport
import Wire

/// Who is answered when a fetch has something to say. The answer is written straight into the room of whoever sends it.
public protocol FetchAnswering: AnyObject {
  /// Of the request.
  var version: Int16 { get }
  var correlationID: Int32 { get }

  /// Takes the answer, once. What cannot be written at the request's version is no answer, and ends the connection.
  func respond(writing write: (inout FrameRoom) throws(WireError) -> Frame)
}

extension IncomingRequest: FetchAnswering {}
