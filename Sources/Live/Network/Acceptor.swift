import Glibc
import Host
import NIOCore
import NIOPosix
import Primitives

/// Decides when the next connection is accepted. Used on the node's event loop alone, which makes it Sendable.
///
/// Connections that have to wait (`max.connections`, `max.connection.creation.rate`, no file descriptors) wait in the queue of the listening socket, as with
/// Kafka's acceptor; existing connections are still served. Connections that come before the node has started wait there too: it would never hear of them, so
/// they would get no answer.
final class Acceptor: ChannelDuplexHandler, @unchecked Sendable {
  typealias InboundIn = any Channel
  typealias InboundOut = any Channel
  typealias OutboundIn = Never
  typealias OutboundOut = Never

  /// How often to check for free descriptors while connections wait: no event reports that one was closed.
  private static let descriptorCheck = TimeAmount.milliseconds(200)

  private let descriptors: DescriptorBudget
  /// Whether the node's life is under way.
  private let isNodeRunning: () -> Bool
  /// Called with the reason why no connections are accepted, each time this happens.
  private let warn: (String) -> Void
  private var maxConnections: Int
  /// The number of open connections that peers opened.
  private var acceptedCount = 0
  private var rate: ConnectionRate
  private var context: ChannelHandlerContext?
  /// Whether a check of the socket is held back.
  private var isHeld = false
  /// Whether a connection came too early, and waits.
  private var isThrottled = false
  private var isCheckScheduled = false
  /// Whether the last attempt found no descriptors.
  private var isExhausted = false

  init(_ network: NetworkConfiguration, descriptors: DescriptorBudget, isNodeRunning: @escaping () -> Bool, warn: @escaping (String) -> Void) {
    self.descriptors = descriptors
    self.isNodeRunning = isNodeRunning
    self.warn = warn
    maxConnections = network.maxConnections
    rate = ConnectionRate(limit: network.maxConnectionRate)
  }

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }

  func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

  func read(context: ChannelHandlerContext) {
    if mayAccept() { context.read() } else { isHeld = true }
  }

  private func mayAccept() -> Bool {
    guard isNodeRunning(), !isThrottled else { return false }
    guard acceptedCount < maxConnections else {
      warn("no more connections are accepted: \(acceptedCount) are open, the maximum that max.connections allows")
      return false
    }
    guard !isExhausted, descriptors.hasRoomForConnection else {
      scheduleCheck()
      warn(
        "no more connections are accepted: all \(descriptors.limit) file descriptors of this process are taken or kept for files; raise the limit with ulimit -n")
      return false
    }
    return true
  }

  /// Tries again, because the obstacle may be gone.
  func tryAgain() {
    guard isHeld, let context, mayAccept() else { return }
    isHeld = false
    context.read()
  }

  /// Applies changed limits.
  func take(_ network: NetworkConfiguration) {
    maxConnections = network.maxConnections
    rate.limit = network.maxConnectionRate
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
    acceptedCount += 1
    descriptors.countConnection(+1)
    channel.closeFuture.whenComplete { [weak self, descriptors] _ in
      descriptors.countConnection(-1)
      guard let self else { return }
      acceptedCount -= 1
      tryAgain()
    }
    let wait = rate.record(at: .ofMachine)
    guard wait > .zero else { return context.fireChannelRead(data) }
    isThrottled = true
    context.eventLoop.scheduleTask(in: .nanoseconds(wait.nanoseconds)) { [weak self] in
      guard let self else { return channel.close(promise: nil) }
      isThrottled = false
      if let context = self.context { context.fireChannelRead(wrapInboundOut(channel)) } else { channel.close(promise: nil) }
      tryAgain()
    }
  }

  /// Without a descriptor for a connection, the socket stays readable: without a pause the loop would retry forever, and do nothing else.
  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard let error = error as? IOError else { return context.fireErrorCaught(error) }
    switch error.errnoCode {
    case EMFILE, ENFILE, ENOBUFS, ENOMEM: isExhausted = true
    default: break
    }
  }
}
