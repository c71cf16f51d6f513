import Host
import Primitives
import Wire

@testable import Log

/// A segment that is to stand in the place of others: whole batches one after another, and where its name says that they begin.
struct SegmentReplacement {
  let baseOffset: Offset
  let records: Bytes
}

extension PartitionLog {
  /// Writes segments as a compaction does, and puts them in the place of others.
  func replaceSegments(
    in range: Range<Offset>, by replacements: [SegmentReplacement], _ completion: @escaping (Result<Bool, LogError>) -> Void
  ) throws(LogError) {
    var cleaned: [CleanedSegment] = []
    do throws(LogError) {
      for replacement in replacements { cleaned.append(try write(replacement)) }
      try replaceSegments(in: range, by: cleaned, completion)
    } catch {
      if failure == nil { try discard(cleaned) }
      throw error
    }
  }

  private func write(_ replacement: SegmentReplacement) throws(LogError) -> CleanedSegment {
    try perform { () throws(LogError) in
      let segment = try LogError.wrap { () throws(DiskFailure) in
        try CleanedSegment(
          at: replacement.baseOffset, in: files, now: reactor.wallClock, indexIntervalBytes: configuration.indexIntervalBytes)
      }
      let batches = (try? RecordBatch.splitting(replacement.records)) ?? []
      guard !batches.isEmpty else { return segment }
      do throws(LogError) {
        try segment.append(batches)
      } catch {
        try LogError.wrap { () throws(DiskFailure) in try segment.discard() }
        throw error
      }
      return segment
    }
  }
}
