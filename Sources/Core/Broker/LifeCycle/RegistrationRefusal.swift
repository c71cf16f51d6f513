import Controller
import Primitives
import Wire

/// What a controller's refusal of a registration means, and what to do about it.
///
/// Kafka's brokers retry until `initial.broker.registration.timeout.ms`, whatever the error (`BrokerLifecycleManager`). Here, an error that waiting
/// cannot fix ends the broker at once.
enum RegistrationRefusal {
  /// The session of an earlier life may not have ended yet, or another broker has this id.
  case duplicate
  /// The broker does not support the level of a finalized feature.
  case unsupportedFeature
  case final(reason: String)
  /// Any other error, which may be temporary.
  case temporary

  init(_ code: ErrorCode, facts: RegistrationFacts) {
    switch code {
    case .duplicateBrokerRegistration: self = .duplicate
    case .unsupportedVersion: self = .unsupportedFeature
    case .inconsistentClusterId:
      self = .final(
        reason: "the controllers are of another cluster than \(facts.clusterID), to which this broker's directory belongs; correct controller.quorum.voters, "
          + "or give the broker a directory of its own")
    case .invalidRegistration:
      self = .final(
        reason: "the controllers refuse its log directory, because another broker is registered with it: one directory is a copy of the other; "
          + "remove meta.properties from the copy")
    case .invalidRequest, .brokerIdNotRegistered, .clusterAuthorizationFailed:
      self = .final(reason: "the controllers refuse its registration: \(code)")
    default: self = .temporary
    }
  }

  /// The finalized features that a broker does not support, as reported by the controllers.
  static func unsupported(_ finalized: [ApiVersionsResponse.FinalizedFeatureKey], facts: RegistrationFacts) -> String {
    let objections = finalized.compactMap { feature -> String? in
      let level = feature.maxVersionLevel
      guard level != 0 else { return nil }
      guard let supported = facts.features.first(where: { $0.name == feature.name })?.levels else {
        return "\(feature.name) is finalized at level \(level), and this broker does not know it"
      }
      return supported.contains(level)
        ? nil : "\(feature.name) is finalized at level \(level), and this broker supports \(supported.lowerBound) to \(supported.upperBound)"
    }
    let what = objections.isEmpty ? "this broker does not support a finalized feature of the cluster" : objections.joined(separator: "; ")
    return "\(what). Set the level to one that it supports, on a node that supports the feature (kafka-features.sh downgrade), or start with another directory"
  }
}
