import Primitives

/// Reads everything that record batches in `bytes` hold, in every way that this module offers, and returns whether all of it was well-formed.
///
/// For this package's fuzzers and mutation tests: it returns whatever the bytes are, and takes no more memory than a few times `decompressionLimit`.
/// It traps if two ways of reading disagree.
package func exerciseRecordBatches(
  _ bytes: Bytes, decompressionLimit: Int = 1 << 20, using compressor: Compressor? = nil
) -> Bool {
  do throws(WireError) {
    for batch in try RecordBatch.splitting(bytes) {
      let records = try batch.records(decompressionLimit: decompressionLimit, using: compressor)
      precondition(records.count == Int(batch.recordCount), "another number of records than the header says")
      _ = batch.hasValidChecksum
      let stamped = batch.stamped(baseOffset: 0, leaderEpoch: 1, logAppendTime: Timestamp(milliseconds: 1))
      precondition(stamped.hasValidChecksum, "a stamped batch with a wrong checksum")
      _ = try batch.controlRecords()
    }
    return !bytes.isEmpty
  } catch {
    return false
  }
}
