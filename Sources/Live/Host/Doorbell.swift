import Glibc
import NIOCore
import NIOPosix

/// Wakes an event loop through its selector, so that pending socket input is handled before the callback.
///
/// NIO checks its sockets when no task is due any more, and tasks added by tasks count too. A node that keeps setting timers
/// without delay, as a load without pause does, would not hear from the network until it stops.
final class Doorbell {
  private let button: Descriptor
  private let channel: any Channel
  private var isRinging = false

  /// - Parameter answer: called on the loop after each ring.
  init(loop: any EventLoop, answer: @escaping @Sendable () -> Void) throws {
    var ends: [Int32] = [0, 0]
    try systemCall { pipe(&ends) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    button = Descriptor(ends[1])
    do {
      channel = try NIOPipeBootstrap(group: loop)
        .channelInitializer { channel in
          channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Listener(answer: answer)) }
        }
        .takingOwnershipOfDescriptor(input: ends[0]).wait()
    } catch {
      close(ends[0])
      throw error
    }
  }

  /// Rings once until `stop`. On the loop.
  func ring() {
    guard !isRinging else { return }
    isRinging = true
    // The pipe is empty, so there is room for a byte.
    _ = try? systemCall { write(button.number, [0], 1) }
  }

  /// Called by the answer. On the loop.
  func stop() { isRinging = false }

  func remove() { channel.close(promise: nil) }

  private final class Listener: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let answer: @Sendable () -> Void

    init(answer: @escaping @Sendable () -> Void) { self.answer = answer }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { answer() }
  }
}
