import Host
import Primitives

// What the network knows of Kafka's messages: which API a frame belongs to.

extension World {
  /// The number of requests remembered per connection for their responses. Requests that are never answered (acks=0) push out older ones.
  private static var rememberedRequests: Int { 1024 }

  @inline(__always)
  func rememberRequest(_ frame: Frame, at end: Int) -> MessageHeader {
    let header = MessageHeader(request: frame)
    guard header.apiKey >= 0 else { return header }
    if network.ends[end].unanswered.count == Self.rememberedRequests { network.ends[end].unanswered.removeFirst() }
    network.ends[end].unanswered.append(header)
    return header
  }

  /// The request that a response answers. Responses come in order, so requests before it were never answered.
  @inline(__always)
  func requestAnswered(by frame: Frame, at end: Int) -> MessageHeader {
    guard let position = positionOfRequest(answeredBy: frame, at: end) else { return .unknown }
    let header = network.ends[end ^ 1].unanswered[position]
    network.ends[end ^ 1].unanswered.removeFirst(position + 1)
    return header
  }

  func positionOfRequest(answeredBy frame: Frame, at end: Int) -> Int? {
    guard frame.first.count >= 4 else { return nil }
    let correlationID = frame.first.integer(at: 0, as: Int32.self)
    // Nearly always the one that was asked first.
    if network.ends[end ^ 1].unanswered.first?.correlationID == correlationID { return 0 }
    return network.ends[end ^ 1].unanswered.firstIndex { $0.correlationID == correlationID }
  }

  /// The header of a frame; remembers nothing.
  func header(of frame: Frame, at end: Int) -> MessageHeader {
    if end & 1 == 1 { return MessageHeader(request: frame) }
    return positionOfRequest(answeredBy: frame, at: end).map { network.ends[end ^ 1].unanswered[$0] } ?? .unknown
  }

  func notice(_ frame: Frame, at end: Int, _ fate: FrameFate) {
    guard onFrame != nil else { return }
    notice(frame, header(of: frame, at: end), at: end, fate)
  }

  func notice(_ frame: Frame, _ header: MessageHeader, at end: Int, _ fate: FrameFate) {
    onFrame?(
      FrameNotice(
        time: now, from: NodeIndex(network.ends[end ^ 1].node), to: NodeIndex(network.ends[end].node),
        kind: end & 1 == 1 ? .request : .response, header: header, frame: frame, fate: fate))
  }
}
