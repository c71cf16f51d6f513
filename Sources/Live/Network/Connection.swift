import Host
import NIOCore
import NIOPosix
import Primitives

/// One end of a TCP connection of a node. Used on the node's event loop alone, which makes it Sendable.
///
/// The memory of a connection is bounded. Input: one read of the socket (`maxMessagesPerRead` times 64 KiB) that is not split into frames yet, and one
/// incoming frame. The socket is read again when all of that was handled. Output: half a megabyte that was passed to the socket, and the response
/// to one request: a peer that does not read its responses is not served meanwhile. A node that opened the connection itself is told that it is not
/// writable while a quarter of a megabyte waits for the socket.
final class Connection: ChannelDuplexHandler, @unchecked Sendable {
  typealias InboundIn = ByteBuffer
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  enum Side { case accepting, opening }

  private enum State {
    /// Frames wait. Next is `open`, or `closing` if the node has closed it already, or `closed` if the peer does not answer.
    case connecting
    case open
    /// The peer has gone; its input is still handled up to the first request that gets a response. Next is `closed`.
    case draining
    /// The node has closed it; its output is still on the way. Next is `closed`.
    case closing
    case closed
  }

  /// How long a peer may take to receive what was sent before the connection was closed.
  private static let farewell = TimeAmount.seconds(5)
  /// Frames are copied for the socket in buffers of this size, when it has room.
  private static let chunkSize = 1 << 18
  /// How much may wait for the socket before the node is asked to stop sending: about as much as Kafka's client, which sends a request when the previous
  /// one is in the socket (`InFlightRequests.canSendMore`).
  private static let sendBuffer = 1 << 18
  /// The marks at which the socket gets no more data, and gets data again.
  static var waterMark: ChannelOptions.Types.WriteBufferWaterMark { .init(low: 1 << 16, high: 1 << 18) }

  let id: ConnectionID
  let side: Side
  /// The listener of the node that the peer connected to, by its number.
  let listener: Int
  private unowned let host: LiveHost
  private var state = State.connecting
  private var context: ChannelHandlerContext?
  /// When data last came or left.
  private(set) var lastUsed = Instant.ofMachine
  /// The peer's address, if connections per address are counted.
  var countedAddress: String?

  private var assembler: FrameAssembler
  /// Input from the socket that is not split into frames yet.
  private var input: ByteBuffer?
  /// Whether the node has a request of this connection under way.
  private var isPaused = false
  /// Whether a read of the socket is held back.
  private var isReadHeld = false
  /// Whether the host is passing this connection's frames to the node.
  var isServed = false
  /// Whether it is in the host's queue of connections that wait for their turn.
  var isQueued = false
  /// Memory reserved for requests: for an incoming frame, or for the one that is being handled.
  var reservedBytes = 0

  /// Frames that the node has sent and the socket has not been given yet; the first one from `outboxPosition` on, including its length.
  private var outbox = CircularBuffer<Frame>()
  private var outboxPosition = 0
  private var outboxBytes = 0
  private var isWriting = false
  /// Whether the node was told that the connection is not writable, and waits to hear that it is.
  private var isRoomWanted = false

  init(id: ConnectionID, side: Side, listener: Int, host: LiveHost, maxFrameSize: Int) {
    self.id = id
    self.side = side
    self.listener = listener
    self.host = host
    assembler = FrameAssembler(maxFrameSize: maxFrameSize)
  }

  // MARK: Calls of the node

  /// Queues a frame. The host calls `flush` when the event is over.
  func send(_ frame: Frame) {
    // Kafka's `Selector` gives up a closing channel at the first send that fails.
    if state == .draining { return endDraining() }
    guard state == .open || state == .connecting else { return }
    outbox.append(frame)
    outboxBytes += frame.count + 4
    if side == .accepting { host.unwrittenBytes += frame.count + 4 }
  }

  /// Writes as much as the socket takes.
  func flush() {
    guard !isWriting, state == .open || state == .closing, let context else { return }
    guard !outbox.isEmpty else { return }
    isWriting = true
    lastUsed = .ofMachine
    while !outbox.isEmpty, context.channel.isWritable { context.writeAndFlush(wrapOutboundOut(nextChunk(context.channel.allocator)), promise: nil) }
    isWriting = false
    if isRoomWanted, outboxBytes <= Self.sendBuffer {
      isRoomWanted = false
      host.hasRoom(self)
    }
    if !isChoked { goOn() }
  }

  /// Whether little enough waits for the socket. If not, the node is told when it does.
  var isWritable: Bool {
    guard state == .open || state == .connecting, outboxBytes > Self.sendBuffer else { return true }
    isRoomWanted = true
    return false
  }

  private func nextChunk(_ allocator: ByteBufferAllocator) -> ByteBuffer {
    var chunk = allocator.buffer(capacity: min(outboxBytes, Self.chunkSize))
    while let frame = outbox.first, chunk.writableBytes > 0 {
      let length = frame.count + 4
      let written = chunk.write(frame, from: outboxPosition, atMost: chunk.writableBytes)
      outboxPosition += written
      forget(written)
      guard outboxPosition == length else { break }
      outbox.removeFirst()
      outboxPosition = 0
    }
    return chunk
  }

  private func forget(_ bytes: Int) {
    outboxBytes -= bytes
    if side == .accepting { host.unwrittenBytes -= bytes }
  }

  private func emptyOutbox() {
    forget(outboxBytes)
    outbox.removeAll()
    outboxPosition = 0
  }

  func pause() { isPaused = true }

  func resume() {
    guard isPaused else { return }
    isPaused = false
    goOn()
  }

  /// Closes when everything sent before has left.
  func close() {
    switch state {
    case .open:
      state = .closing
      dropInput()
      context.map(closeAfterWriting)
    case .connecting:
      state = .closing
    case .draining:
      state = .closed
      dropInput()
      host.closed(self, tell: false)
    case .closing, .closed:
      break
    }
  }

  /// Closes as if the peer had done so: the node hears of it.
  func expire() { context?.close(promise: nil) }

  private func closeAfterWriting(_ context: ChannelHandlerContext) {
    flush()
    let channel = context.channel
    guard outbox.isEmpty else {
      channel.eventLoop.scheduleTask(in: Self.farewell) { channel.close(mode: .all, promise: nil) }
      return
    }
    sayFarewell(channel)
  }

  private func sayFarewell(_ channel: any Channel) {
    let written = channel.eventLoop.makePromise(of: Void.self)
    written.futureResult.whenComplete { _ in channel.close(mode: .all, promise: nil) }
    channel.writeAndFlush(ByteBuffer(), promise: written)
    channel.eventLoop.scheduleTask(in: Self.farewell) { channel.close(mode: .all, promise: nil) }
  }

  /// The peer did not answer.
  func connectFailed() {
    guard state != .closed else { return }
    let wasWanted = state == .connecting
    state = .closed
    emptyOutbox()
    host.closed(self, tell: wasWanted)
  }

  // MARK: The peer's frames

  /// The next frame for the node; nil if none is complete, or if it is not this connection's turn.
  func nextFrame() -> Frame? {
    guard mayServe, input != nil else { return nil }
    do throws(FrameAssembler.BadLength) {
      let frame = try assembler.next(from: &input!) { host.reserve($0, for: self) }
      if input!.readableBytes == 0 { input = nil }
      return frame
    } catch {
      dropInput()
      let peer = countedAddress.map { "a client at \($0)" } ?? "a peer"
      host.tellRarely("\(peer) sent something that is not a request, because its length would be \(error.length) bytes: its connection is closed", about: "frames of \(peer)")
      if state == .draining { endDraining() } else { context?.close(promise: nil) }
      return nil
    }
  }

  /// Whether the node has no request of this connection under way, and its responses have left.
  private var mayServe: Bool {
    switch state {
    case .open: !isPaused && !isChoked
    case .draining: !isPaused
    case .connecting, .closing, .closed: false
    }
  }

  /// Whether the peer does not read its responses. Only the accepting end checks this: two ends that wait for each other would wait forever.
  private var isChoked: Bool { side == .accepting && (!outbox.isEmpty || context?.channel.isWritable == false) }

  /// Whether there may be another frame in the input.
  var hasInput: Bool { input != nil && mayServe && assembler.announced == nil }

  /// Memory held for a peer that has gone.
  var drainingBytes: Int { (input?.readableBytes ?? 0) + 4_096 }

  var hasDrained: Bool { state != .draining }

  private func dropInput() {
    input = nil
    host.release(self)
  }

  /// Continues, because an obstacle to serving the connection is gone.
  private func goOn() {
    guard !isServed else { return }
    if input != nil {
      if mayServe { host.queue(self) }
    } else if state == .draining {
      endDraining()
    } else {
      continueReading()
    }
  }

  /// Reads the socket again if it is time to.
  func continueReading() {
    guard isReadHeld, mayRead else { return }
    isReadHeld = false
    context?.read()
  }

  private var mayRead: Bool { state == .open && input == nil && mayServe && host.mayRead(self) }

  /// Ends a turn: the input may have been the last that the peer sent.
  func turnEnded() {
    if hasInput {
      host.queue(self)
    } else if state == .draining, input == nil, !isPaused {
      endDraining()
    } else {
      continueReading()
    }
  }

  /// Ends the connection after the peer has gone and its input was handled, or will not be.
  func endDraining() {
    guard state == .draining else { return }
    state = .closed
    dropInput()
    host.closed(self, tell: true)
  }

  // MARK: Channel handler

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }

  func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

  func channelActive(context: ChannelHandlerContext) {
    guard side == .opening || host.admits(self, from: context.channel.remoteAddress?.ipAddress) else {
      state = .closed
      return context.close(promise: nil)
    }
    switch state {
    case .connecting:
      state = .open
      flush()
      host.opened(self, accepted: side == .accepting)
    case .closing:
      closeAfterWriting(context)
    case .open, .draining, .closed:
      context.close(promise: nil)
    }
  }

  /// The channel asks whether to read the socket, after each read.
  func read(context: ChannelHandlerContext) {
    if state == .connecting || mayRead { context.read() } else { isReadHeld = true }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard state == .open else { return }
    lastUsed = .ofMachine
    var buffer = unwrapInboundIn(data)
    if input == nil { input = buffer } else { input!.writeBuffer(&buffer) }
    host.serve(self)
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    guard context.channel.isWritable else { return }
    lastUsed = .ofMachine
    // During `flush`, the loop there continues by itself.
    guard !isWriting else { return }
    if outbox.isEmpty { goOn() } else { flush() }
    if state == .closing, outbox.isEmpty { sayFarewell(context.channel) }
  }

  func channelInactive(context: ChannelHandlerContext) {
    self.context = nil
    emptyOutbox()
    if state == .open, side == .accepting, input != nil {
      state = .draining
      host.drain(self)
      return
    }
    let wasOpen = state == .open
    state = .closed
    dropInput()
    host.closed(self, tell: wasOpen)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

extension ByteBuffer {
  /// Copies a part of a frame in its wire format: four bytes of length, then its pieces.
  ///
  /// - Returns: the number of bytes copied.
  fileprivate mutating func write(_ frame: Frame, from position: Int, atMost limit: Int) -> Int {
    var skipped = max(0, position - 4)
    var room = limit
    if position == 0, room >= 4 {
      room -= writeInteger(Int32(frame.count))
    } else if position < 4 {
      let length = UInt32(frame.count)
      for index in position..<min(4, position + room) { room -= writeInteger(UInt8(truncatingIfNeeded: length >> UInt32(24 - 8 * index))) }
    }
    for piece in frame.pieces where room > 0 {
      guard skipped < piece.count else {
        skipped -= piece.count
        continue
      }
      room -= piece.withUnsafeBytes { writeBytes(UnsafeRawBufferPointer(rebasing: $0[skipped...].prefix(room))) }
      skipped = 0
    }
    return limit - room
  }
}
