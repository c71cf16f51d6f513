/// The content of a record of the metadata log, with the type that its frame states.
public protocol MetadataRecordContent: Message {
  static var recordType: Int16 { get }
}
