import Glibc
import NIOCore
import NIOPosix

/// Wakes an event loop by way of its selector: what the sockets hold is taken in before whatever was rung for.
///
/// NIO looks at its sockets when no task is due any more, and counts those that the tasks themselves add. A node that sets itself timers
/// without delay again and again, as a load without pause does, would not hear from the network until it stops.
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

  /// On the loop. Rings once until `stop`.
  func ring() {
    guard !isRinging else { return }
    isRinging = true
    // The pipe is empty, so that there is room for a byte.
    _ = try? systemCall { write(button.number, [0], 1) }
  }

  /// On the loop, by whoever answers.
  func stop() { isRinging = false }

  func remove() { channel.close(promise: nil) }

  private final class Listener: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let answer: @Sendable () -> Void

    init(answer: @escaping @Sendable () -> Void) { self.answer = answer }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { answer() }
  }
}
