import Host
import NIOCore
import NIOPosix
import Primitives

/// One end of a TCP connection of a node. Used on the node's event loop alone; that is what makes it Sendable.
///
/// Frames sent during one event are gathered in one buffer and written together when the event is over.
final class Connection: ChannelInboundHandler, @unchecked Sendable {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  enum Side { case accepting, opening }

  private enum State {
    /// Frames wait. Leaves to `open`, to `closing` where the node has closed it already, or to `closed` where nobody answers.
    case connecting
    case open
    /// The node has done with it; what it sent is still on its way out. Leaves to `closed`.
    case closing
    case closed
  }

  /// How long a peer may take to receive what was sent before the connection was closed.
  private static let farewell = TimeAmount.seconds(5)

  let id: ConnectionID
  private let side: Side
  private unowned let host: LiveHost
  private var state = State.connecting
  private var channel: (any Channel)?
  private var assembler: FrameAssembler
  private var outgoing: ByteBuffer?
  private var frames: [Frame] = []

  init(id: ConnectionID, side: Side, host: LiveHost, maxFrameSize: Int) {
    self.id = id
    self.side = side
    self.host = host
    assembler = FrameAssembler(maxFrameSize: maxFrameSize)
  }

  // MARK: What the node asks for

  /// Gathers a frame. The host calls `flush` when the event is over.
  func send(_ frame: Frame) {
    guard state == .open || state == .connecting else { return }
    let count = frame.count
    if outgoing == nil { outgoing = ByteBufferAllocator().buffer(capacity: count + 4) }
    outgoing!.writeInteger(Int32(count))
    for piece in frame.pieces { piece.withUnsafeBytes { _ = outgoing!.writeBytes($0) } }
  }

  func flush() {
    guard state == .open, let channel, let buffer = outgoing else { return }
    outgoing = nil
    channel.writeAndFlush(buffer, promise: nil)
  }

  /// Closes when everything sent before has left.
  func close() {
    switch state {
    case .open:
      flush()
      state = .closing
      closeAfterWriting()
    case .connecting:
      state = .closing
    case .closing, .closed:
      break
    }
  }

  /// Closes at once.
  func abort() {
    state = .closed
    outgoing = nil
    channel?.close(mode: .all, promise: nil)
  }

  private func closeAfterWriting() {
    guard let channel else { return }
    let written = channel.eventLoop.makePromise(of: Void.self)
    written.futureResult.whenComplete { _ in channel.close(mode: .all, promise: nil) }
    channel.writeAndFlush(ByteBuffer(), promise: written)
    channel.eventLoop.scheduleTask(in: Self.farewell) { channel.close(mode: .all, promise: nil) }
  }

  /// Nobody answered.
  func connectFailed() {
    guard state != .closed else { return }
    let wasWanted = state == .connecting
    state = .closed
    host.closed(self, tell: wasWanted)
  }

  // MARK: What the channel tells

  func channelActive(context: ChannelHandlerContext) {
    channel = context.channel
    switch state {
    case .connecting:
      state = .open
      flush()
      host.opened(self, accepted: side == .accepting)
    case .closing:
      state = .open
      close()
    case .open, .closed:
      context.close(promise: nil)
    }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard state == .open else { return }
    let buffer = unwrapInboundIn(data)
    var badLength: FrameAssembler.BadLength?
    buffer.withUnsafeReadableBytes { source in
      do throws(FrameAssembler.BadLength) { try assembler.take(source, into: &frames) } catch { badLength = error }
    }
    if !frames.isEmpty {
      let whole = frames
      frames.removeAll(keepingCapacity: true)
      host.received(whole, on: self)
    }
    if let badLength, state == .open {
      host.report(.note("\(id) is closed: its peer announced a frame of \(badLength.length) bytes"))
      context.close(promise: nil)
    }
  }

  /// A peer that sends requests and does not read the responses is not listened to meanwhile. The side that opened a connection
  /// always reads: two ends that wait for each other would wait for ever.
  func channelWritabilityChanged(context: ChannelHandlerContext) {
    guard side == .accepting else { return }
    try? context.channel.syncOptions?.setOption(.autoRead, value: context.channel.isWritable)
  }

  func channelInactive(context: ChannelHandlerContext) {
    channel = nil
    let wasOpen = state == .open
    state = .closed
    outgoing = nil
    host.closed(self, tell: wasOpen)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
