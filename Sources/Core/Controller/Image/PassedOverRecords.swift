import OrderedCollections
import Wire

/// Records of what nothing here acts by: quotas, access control, credentials, tokens, settings of resources of unknown kinds. A directory of Kafka's may hold
/// some; the newest of each thing is kept, so that a snapshot loses none of them.
struct PassedOverRecords: Equatable, Sendable {
  /// By what names a thing among those of its kind, in the order in which the things were first heard of.
  private typealias Things = OrderedDictionary<[String], MetadataRecord>

  private var configs: Things = [:], clientQuotas: Things = [:]
  private var accessControl: Things = [:], credentials: Things = [:], tokens: Things = [:]

  var isEmpty: Bool { quotas.isEmpty && others.isEmpty }

  /// What stands in a snapshot before the producer ids, and what stands behind them.
  var quotas: [MetadataRecord] { configs.values.elements + clientQuotas.values.elements }
  var others: [MetadataRecord] { accessControl.values.elements + credentials.values.elements + tokens.values.elements }

  mutating func update(with record: MetadataRecord) {
    switch record {
    case .config(let record): configs[["\(record.resourceType)", record.resourceName, record.name]] = record.value == nil ? nil : .config(record)
    case .clientQuota(let record):
      let entity = record.entity.flatMap { [$0.entityType, $0.entityName == nil ? "default" : "named", $0.entityName ?? ""] }
      clientQuotas[entity + [record.key]] = record.remove ? nil : .clientQuota(record)
    case .accessControlEntry(let record): accessControl[[record.id.description]] = .accessControlEntry(record)
    case .removeAccessControlEntry(let record): accessControl[[record.id.description]] = nil
    case .userScramCredential(let record): credentials[[record.name, "\(record.mechanism)"]] = .userScramCredential(record)
    case .removeUserScramCredential(let record): credentials[[record.name, "\(record.mechanism)"]] = nil
    case .delegationToken(let record): tokens[[record.tokenId]] = .delegationToken(record)
    case .removeDelegationToken(let record): tokens[[record.tokenId]] = nil
    default: break
    }
  }
}
