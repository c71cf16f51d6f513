import Primitives
import Replication
import Wire

/// Takes the answer to a fetch as a message.
final class FetchClient: FetchAnswering {
  let version: Int16
  let correlationID: Int32 = 7
  private let completion: (FetchResponse) -> Void

  init(version: Int16, _ completion: @escaping (FetchResponse) -> Void) {
    self.version = version
    self.completion = completion
  }

  func respond(writing write: (inout FrameRoom) throws(WireError) -> Frame) {
    var room = FrameRoom()
    do {
      completion(try FetchResponse.decodeResponse(write(&room), version: version).message)
    } catch {
      preconditionFailure("an answer that cannot be written: \(error)")
    }
  }
}
