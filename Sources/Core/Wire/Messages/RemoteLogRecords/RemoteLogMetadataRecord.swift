/// A record of `__remote_log_metadata` (KIP-405).
public protocol RemoteLogMetadataRecord: Message {
  static var recordType: Int16 { get }
}
