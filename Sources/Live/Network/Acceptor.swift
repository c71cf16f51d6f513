import Glibc
import Host
import NIOCore
import NIOPosix
import Primitives

/// Decides when the next connection is accepted. Used on the node's event loop alone; that is what makes it Sendable.
///
/// Whoever has to wait (`max.connections`, `max.connection.creation.rate`, no file descriptors) waits in the queue of the listening socket, as with
/// Kafka's acceptor; those who are connected are served on.
final class Acceptor: ChannelDuplexHandler, @unchecked Sendable {
  typealias InboundIn = any Channel
  typealias InboundOut = any Channel
  typealias OutboundIn = Never
  typealias OutboundOut = Never

  /// Descriptors may be given back without a word from anybody: they are looked at so often while somebody waits.
  private static let descriptorCheck = TimeAmount.milliseconds(200)

  private unowned let host: LiveHost
  private var rate: ConnectionRate
  private var context: ChannelHandlerContext?
  /// The socket would be looked at, but is not for now.
  private var isHeld = false
  /// A connection came too early, and waits.
  private var isThrottled = false
  private var isCheckScheduled = false
  /// The last attempt found no descriptors.
  private var isExhausted = false

  init(host: LiveHost) {
    self.host = host
    rate = ConnectionRate(limit: host.network.maxConnectionRate)
  }

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }

  func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

  func read(context: ChannelHandlerContext) {
    if mayAccept() { context.read() } else { isHeld = true }
  }

  private func mayAccept() -> Bool {
    guard !isThrottled else { return false }
    guard host.acceptedCount < host.network.maxConnections else {
      host.tellRarely("no more connections are accepted: \(host.acceptedCount) are open, the most that max.connections allows")
      return false
    }
    guard !isExhausted, host.descriptors.hasRoomForConnection else {
      scheduleCheck()
      host.tellRarely(
        "no more connections are accepted: all \(host.descriptors.limit) file descriptors of this process are taken or kept for files; raise the limit with ulimit -n")
      return false
    }
    return true
  }

  /// Something that kept connections from being accepted may be over.
  func tryAgain() {
    guard isHeld, let context, mayAccept() else { return }
    isHeld = false
    context.read()
  }

  /// The host's limits are others than before.
  func limitsChanged() {
    rate.limit = host.network.maxConnectionRate
    tryAgain()
  }

  private func scheduleCheck() {
    guard !isCheckScheduled, let context else { return }
    isCheckScheduled = true
    context.eventLoop.scheduleTask(in: Self.descriptorCheck) { [weak self] in
      guard let self else { return }
      isCheckScheduled = false
      isExhausted = false
      tryAgain()
    }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let channel = unwrapInboundIn(data)
    host.acceptedCount += 1
    host.descriptors.countConnection(+1)
    channel.closeFuture.whenComplete { [weak host] _ in
      guard let host else { return }
      host.acceptedCount -= 1
      host.descriptors.countConnection(-1)
      host.acceptor?.tryAgain()
    }
    let wait = rate.record(at: host.now)
    guard wait > .zero else { return context.fireChannelRead(data) }
    isThrottled = true
    context.eventLoop.scheduleTask(in: .nanoseconds(wait.nanoseconds)) { [weak self] in
      guard let self else { return channel.close(promise: nil) }
      isThrottled = false
      if let context = self.context { context.fireChannelRead(wrapInboundOut(channel)) } else { channel.close(promise: nil) }
      tryAgain()
    }
  }

  /// Where there is no descriptor for a connection, the socket stays readable: without a pause the loop would try for ever, and do nothing else.
  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard let error = error as? IOError else { return context.fireErrorCaught(error) }
    switch error.errnoCode {
    case EMFILE, ENFILE, ENOBUFS, ENOMEM: isExhausted = true
    default: break
    }
  }
}
