import Host
import Primitives
import Wire

/// What a part of a file holds, as far as its batch headers can be believed: for reports of dropped data.
struct BatchSurvey {
  private(set) var records: Int64 = 0
  private(set) var offsets: Range<Offset>?
  let sizeInBytes: Int

  /// Walks from batch to batch until the headers no longer make sense. An incomplete batch at the end counts as its header says.
  init(of range: Range<Int>, readingHeader: (_ position: Int) throws(DiskFailure) -> Bytes) throws(DiskFailure) {
    sizeInBytes = range.count
    var position = range.lowerBound
    while position < range.upperBound, let header = BatchHeader(framing: try readingHeader(position), at: 0) {
      let (first, end) = (header.baseOffset, header.nextOffset)
      offsets = offsets.map { min($0.lowerBound, first)..<max($0.upperBound, end) } ?? first..<end
      records = records.saturatingAdding(Int64(max(0, header.recordCount)))
      position += header.sizeInBytes
    }
  }
}

extension BatchSurvey: CustomStringConvertible {
  var description: String {
    guard let offsets else { return "\(sizeInBytes) bytes in which no record can be found" }
    return "\(records) records (offsets \(offsets.lowerBound) to \(offsets.upperBound - Int64(1)), \(sizeInBytes) bytes)"
  }
}
