import Primitives

/// A record of KRaft's metadata log.
///
/// In the log a record's value is a frame: frame version 1, the record's type and its version as unsigned varints, then the fields.
public enum MetadataRecord: Equatable, Sendable {
  case registerBroker(RegisterBrokerRecord)
  case unregisterBroker(UnregisterBrokerRecord)
  case topic(TopicRecord)
  case partition(PartitionRecord)
  case config(ConfigRecord)
  case partitionChange(PartitionChangeRecord)
  case fenceBroker(FenceBrokerRecord)
  case unfenceBroker(UnfenceBrokerRecord)
  case removeTopic(RemoveTopicRecord)
  case delegationToken(DelegationTokenRecord)
  case userScramCredential(UserScramCredentialRecord)
  case featureLevel(FeatureLevelRecord)
  case clientQuota(ClientQuotaRecord)
  case producerIds(ProducerIdsRecord)
  case brokerRegistrationChange(BrokerRegistrationChangeRecord)
  case accessControlEntry(AccessControlEntryRecord)
  case removeAccessControlEntry(RemoveAccessControlEntryRecord)
  case noOp(NoOpRecord)
  case zkMigrationState(ZkMigrationStateRecord)
  case removeUserScramCredential(RemoveUserScramCredentialRecord)
  case beginTransaction(BeginTransactionRecord)
  case endTransaction(EndTransactionRecord)
  case abortTransaction(AbortTransactionRecord)
  case removeDelegationToken(RemoveDelegationTokenRecord)
  case registerController(RegisterControllerRecord)
  case clearElr(ClearElrRecord)
}

extension MetadataRecord {
  /// The record's content, without the enum.
  public var content: any MetadataRecordContent {
    switch self {
    case .registerBroker(let record): record
    case .unregisterBroker(let record): record
    case .topic(let record): record
    case .partition(let record): record
    case .config(let record): record
    case .partitionChange(let record): record
    case .fenceBroker(let record): record
    case .unfenceBroker(let record): record
    case .removeTopic(let record): record
    case .delegationToken(let record): record
    case .userScramCredential(let record): record
    case .featureLevel(let record): record
    case .clientQuota(let record): record
    case .producerIds(let record): record
    case .brokerRegistrationChange(let record): record
    case .accessControlEntry(let record): record
    case .removeAccessControlEntry(let record): record
    case .noOp(let record): record
    case .zkMigrationState(let record): record
    case .removeUserScramCredential(let record): record
    case .beginTransaction(let record): record
    case .endTransaction(let record): record
    case .abortTransaction(let record): record
    case .removeDelegationToken(let record): record
    case .registerController(let record): record
    case .clearElr(let record): record
    }
  }

  static func decode(type: Int, version: Int16, from reader: inout FrameReader) throws(WireError) -> MetadataRecord {
    switch type {
    case 0: .registerBroker(try RegisterBrokerRecord(from: &reader, version: version))
    case 1: .unregisterBroker(try UnregisterBrokerRecord(from: &reader, version: version))
    case 2: .topic(try TopicRecord(from: &reader, version: version))
    case 3: .partition(try PartitionRecord(from: &reader, version: version))
    case 4: .config(try ConfigRecord(from: &reader, version: version))
    case 5: .partitionChange(try PartitionChangeRecord(from: &reader, version: version))
    case 7: .fenceBroker(try FenceBrokerRecord(from: &reader, version: version))
    case 8: .unfenceBroker(try UnfenceBrokerRecord(from: &reader, version: version))
    case 9: .removeTopic(try RemoveTopicRecord(from: &reader, version: version))
    case 10: .delegationToken(try DelegationTokenRecord(from: &reader, version: version))
    case 11: .userScramCredential(try UserScramCredentialRecord(from: &reader, version: version))
    case 12: .featureLevel(try FeatureLevelRecord(from: &reader, version: version))
    case 14: .clientQuota(try ClientQuotaRecord(from: &reader, version: version))
    case 15: .producerIds(try ProducerIdsRecord(from: &reader, version: version))
    case 17: .brokerRegistrationChange(try BrokerRegistrationChangeRecord(from: &reader, version: version))
    case 18: .accessControlEntry(try AccessControlEntryRecord(from: &reader, version: version))
    case 19: .removeAccessControlEntry(try RemoveAccessControlEntryRecord(from: &reader, version: version))
    case 20: .noOp(try NoOpRecord(from: &reader, version: version))
    case 21: .zkMigrationState(try ZkMigrationStateRecord(from: &reader, version: version))
    case 22: .removeUserScramCredential(try RemoveUserScramCredentialRecord(from: &reader, version: version))
    case 23: .beginTransaction(try BeginTransactionRecord(from: &reader, version: version))
    case 24: .endTransaction(try EndTransactionRecord(from: &reader, version: version))
    case 25: .abortTransaction(try AbortTransactionRecord(from: &reader, version: version))
    case 26: .removeDelegationToken(try RemoveDelegationTokenRecord(from: &reader, version: version))
    case 27: .registerController(try RegisterControllerRecord(from: &reader, version: version))
    case 28: .clearElr(try ClearElrRecord(from: &reader, version: version))
    default: throw WireError(.unknownType(type), at: 0, field: "type", message: "MetadataRecord")
    }
  }
}
