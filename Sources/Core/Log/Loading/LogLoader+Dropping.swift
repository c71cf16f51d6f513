import Host
import Primitives
import Wire

extension LogLoader {
  /// Cuts off what follows the last usable batch of a segment, and keeps a copy of it.
  func dropTail(of segment: LogSegment, found: Int, because reason: String, _ log: inout LoadedLog) throws(LogError) {
    guard segment.size < found else { return }
    mark(.tornTailCut)
    let end = min(found, LogSegment.largestSize)
    try LogError.wrap { () throws(DiskFailure) in
      let range = min(segment.size, end)..<end
      let survey = try survey(segment, range)
      let copy = try keepCopy(of: segment, range, &log)
      try segment.cutTail()
      log.warnings.append(
        "\(partition): \(survey) at the end of \(files.path(segment.name)), from byte \(segment.size) on, are dropped: \(reason); \(copy)")
    }
    log.bytesCut += found - segment.size
  }

  /// Removes a whole segment from the log, and keeps its file under another name.
  func drop(_ segment: LogSegment, found: Int, because reason: String, _ log: inout LoadedLog) throws(LogError) {
    mark(.segmentDropped)
    log.bytesCut += found
    log.areNamesDirty = true
    try LogError.wrap { () throws(DiskFailure) in
      let survey = try survey(segment, 0..<min(found, LogSegment.largestSize))
      guard found > 0 else {
        try segment.remove()
        log.warnings.append("\(partition): the empty segment \(files.path(segment.name)) is removed: \(reason)")
        return
      }
      try segment.closeAndRemoveIndexes()
      let name = try damaged.setAside(segment.name)
      log.warnings.append("\(partition): \(survey) of \(files.path(segment.name)) are dropped: \(reason); the file is kept as \(files.path(name))")
    }
  }

  private func survey(_ segment: LogSegment, _ range: Range<Int>) throws(DiskFailure) -> BatchSurvey {
    try BatchSurvey(of: range) { (position: Int) throws(DiskFailure) -> Bytes in
      try files.read(segment.file, segment.name, at: position, count: min(BatchHeader.size, range.upperBound - position))
    }
  }

  /// Keeps a copy, and returns text that says where it is. A full disk must not prevent recovery.
  private func keepCopy(of segment: LogSegment, _ range: Range<Int>, _ log: inout LoadedLog) throws(DiskFailure) -> String {
    do throws(DiskFailure) {
      guard let copy = try damaged.copy(segment.file, segment.name, range) else { return "there was nothing but zeros" }
      log.unsyncedFiles.append(FlushState.UnsyncedFile(id: copy.file, path: files.path(copy.name)))
      log.areNamesDirty = true
      return "they are kept in \(files.path(copy.name))"
    } catch {
      guard error.error == .noSpace else { throw error }
      return "the disk has no room to keep them"
    }
  }
}
