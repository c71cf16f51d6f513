import Host

/// An operation that waits for the platter.
struct OperationUnderWay {
  let path: String
  var step: OperationStep
  /// The event during which it began, while causes are recorded.
  var origin = EventNumber.none
}

/// What the device is doing for an operation. If a process ends between two steps, the disk stays as it is then.
enum OperationStep {
  /// The operation failed before it reached the device; the error still takes its time to arrive.
  case fail(DiskError)
  case sync(Inode, UInt32)
  case syncDirectory(Directory, changes: Int)
  /// Writes and syncs the temporary file of a replacement. The rename and the sync of the directory follow.
  case writeReplacement(Inode, UInt32, Directory, String)

  /// How observers call it; nil for one that failed before it reached the device. A replacement ends with the sync of its directory.
  var kind: DiskNotice.Kind? {
    switch self {
    case .fail: nil
    case .sync: .sync
    case .syncDirectory: .syncDirectory
    case .writeReplacement: .replacement
    }
  }
}
