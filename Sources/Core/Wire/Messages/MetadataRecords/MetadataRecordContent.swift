/// A record of the metadata log: what its frame says of it.
public protocol MetadataRecordContent: Message {
  static var recordType: Int16 { get }
}
