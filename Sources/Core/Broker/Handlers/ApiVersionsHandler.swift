import Controller
import Transport
import Wire

extension BrokerApis {
  /// Handles ApiVersions: the APIs and versions that this broker supports, and the features of the cluster (KIP-35, KIP-511, KIP-584).
  func handleApiVersions(_ incoming: IncomingRequest) {
    guard let request = incoming.decodeOrClose(ApiVersionsRequest.self) else { return }
    var response = ApiVersionsResponse()
    if incoming.version >= 3, !isSoftwareName(request.clientSoftwareName) || !isSoftwareName(request.clientSoftwareVersion) {
      response.errorCode = .invalidRequest
      return incoming.respond(response)
    }
    response.apiKeys = apiVersions
    response.supportedFeatures = FeatureLevels.supported.map { feature in
      var key = ApiVersionsResponse.SupportedFeatureKey()
      key.name = feature.name
      // Clients that support at most version 3 refuse a feature whose lowest level is 0 (KAFKA-17011).
      key.minVersion = incoming.version < 4 ? max(1, feature.levels.lowerBound) : feature.levels.lowerBound
      key.maxVersion = feature.levels.upperBound
      return key
    }
    response.finalizedFeatures = metadata.image.features.with(kraftVersion: kraftVersion()).levels.map { name, level in
      var key = ApiVersionsResponse.FinalizedFeatureKey()
      key.name = name
      key.minVersionLevel = level
      key.maxVersionLevel = level
      return key
    }
    response.finalizedFeaturesEpoch = metadata.image.lastOffset.value
    incoming.respond(response)
  }

  /// Whether a text consists of letters and digits, with dots and dashes in between.
  private func isSoftwareName(_ text: String) -> Bool {
    guard let first = text.utf8.first, let last = text.utf8.last, isAlphanumeric(first), isAlphanumeric(last) else { return false }
    return text.utf8.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }
  }

  private func isAlphanumeric(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
    default: false
    }
  }
}
