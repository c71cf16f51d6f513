import Glibc
import Primitives

/// What a node has used of its machine since it began.
public struct HostUsage: Sendable, Equatable {
  /// Of the node's own thread, the work of the operating system for it included.
  public var processor = Duration.zero
  /// Frames, with the four bytes of length before each.
  public var bytesSent = 0
  /// To files of the node's disk.
  public var bytesAppended = 0
  public var work = WorkTally()

  public init() {}

  /// What was used since an earlier look.
  public static func - (later: HostUsage, earlier: HostUsage) -> HostUsage {
    var difference = later
    difference.processor = later.processor - earlier.processor
    difference.bytesSent -= earlier.bytesSent
    difference.bytesAppended -= earlier.bytesAppended
    difference.work = later.work - earlier.work
    return difference
  }
}

extension Duration {
  /// Processor time of the calling thread since it began.
  static var ofThread: Duration {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return .nanoseconds(Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
  }
}
