import Primitives
import Wire

/// A metadata transaction of which the end has not come yet (KIP-868): what lies between a BeginTransactionRecord and an EndTransactionRecord, over as many
/// batches as that takes.
///
/// Its records take effect all at once at its end, or not at all: a controller that takes over ends one that was left open with an AbortTransactionRecord.
public struct OpenMetadataTransaction: Equatable, Sendable {
  /// The offset of the record that began it.
  public let startOffset: Offset
  /// In their order; for `MetadataImage.apply(_:recording:)` of a batch alone.
  var records: [MetadataRecord] = []
}
