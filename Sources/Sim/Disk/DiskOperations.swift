import Host

/// An operation that waits for the platter.
struct OperationUnderWay {
  let path: String
  var step: OperationStep
}

/// What the device is doing for an operation. A process that ends between two steps leaves things as they then are.
enum OperationStep {
  /// Refused before it reached the device; the news travel like any other.
  case fail(DiskError)
  case sync(Inode, UInt32)
  case syncDirectory(Directory, changes: Int)
  /// Writes and syncs the temporary file of a replacement; renaming it and syncing its directory follow.
  case writeReplacement(Inode, UInt32, Directory, String)
}
