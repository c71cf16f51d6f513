import Glibc
import Primitives

/// What a node has used on its machine since it started.
public struct HostUsage: Sendable, Equatable {
  /// Processor time of the node's own thread, including the operating system's work for it.
  public var processor = Duration.zero
  /// Bytes of frames, including the four bytes of length before each.
  public var bytesSent = 0
  /// Bytes appended to files of the node's disk.
  public var bytesAppended = 0
  public var work = WorkTally()

  public init() {}

  /// What was used since an earlier reading.
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
  /// The processor time of the calling thread since it started.
  static var ofThread: Duration {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return .nanoseconds(Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
  }
}
