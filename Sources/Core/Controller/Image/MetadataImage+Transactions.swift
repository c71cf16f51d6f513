import Primitives
import Raft
import Wire

extension MetadataImage {
  /// Applies a committed batch, and returns the records that did not fit and were skipped. While a metadata transaction is open, the image ends before it
  /// (`MetadataBatchLoader`, `OffsetControlManager`).
  public mutating func apply(_ batch: CommittedBatch, recording delta: inout MetadataDelta) -> [MetadataInconsistency] {
    mustHold(batch.baseOffset > lastOffset, "the metadata holds offset \(lastOffset), and is given the batch at offset \(batch.baseOffset)")
    guard openTransaction == nil, !batch.records.contains(where: { $0.delimitsTransaction }) else { return applyWithTransactions(batch, &delta) }
    let misfits = apply(batch.records, recording: &delta)
    advance(to: batch.lastOffset, epoch: batch.epoch)
    return misfits
  }

  private mutating func applyWithTransactions(_ batch: CommittedBatch, _ delta: inout MetadataDelta) -> [MetadataInconsistency] {
    var misfits: [MetadataInconsistency] = [], settled: [MetadataRecord] = []
    for (index, record) in batch.records.enumerated() {
      do throws(MetadataInconsistency) {
        try take(record, at: batch.baseOffset + Int64(index), settled: &settled)
      } catch {
        misfits.append(error)
      }
    }
    misfits += apply(settled, recording: &delta)
    if let openTransaction {
      // Records before it in its first batch are in the image.
      if openTransaction.startOffset > batch.baseOffset { advance(to: openTransaction.startOffset - Int64(1), epoch: batch.epoch) }
    } else {
      advance(to: batch.lastOffset, epoch: batch.epoch)
    }
    return misfits
  }

  private mutating func take(_ record: MetadataRecord, at offset: Offset, settled: inout [MetadataRecord]) throws(MetadataInconsistency) {
    switch record {
    case .beginTransaction:
      if let openTransaction {
        throw MetadataInconsistency(description: "a metadata transaction begins at offset \(offset), and that of offset \(openTransaction.startOffset) has not ended")
      }
      openTransaction = OpenMetadataTransaction(startOffset: offset)
    case .endTransaction: settled += try endTransaction(at: offset)
    case .abortTransaction: _ = try endTransaction(at: offset)
    default: if openTransaction == nil { settled.append(record) } else { openTransaction!.records.append(record) }
    }
  }

  private mutating func endTransaction(at offset: Offset) throws(MetadataInconsistency) -> [MetadataRecord] {
    guard let ended = openTransaction.take() else {
      throw MetadataInconsistency(description: "a metadata transaction ends at offset \(offset), and none has begun")
    }
    return ended.records
  }
}

extension MetadataRecord {
  /// Whether it is the beginning or the end of a metadata transaction.
  var delimitsTransaction: Bool {
    switch self {
    case .beginTransaction, .endTransaction, .abortTransaction: true
    default: false
    }
  }
}
