import OrderedCollections
import Primitives
import Results
import Wire

/// Counts the errors that clients received instead of responses.
struct ClientErrors {
  private struct Kind: Hashable {
    let client: String
    let api: Int16
    let reason: String
  }

  private struct Tally {
    var count = 0
    let first: Instant
    var last: Instant
  }

  private var tallies: OrderedDictionary<Kind, Tally> = [:]

  mutating func add(_ client: String, api: Int16, reason: String, at now: Instant) {
    let kind = Kind(client: client, api: api, reason: reason)
    var tally = tallies[kind] ?? Tally(first: now, last: now)
    tally.count += 1
    tally.last = now
    tallies[kind] = tally
  }

  /// - Parameter origin: the origin of the scenario's clock.
  func counts(since origin: Instant) -> [ClientErrorCount] {
    tallies.elements.map { kind, tally in
      ClientErrorCount(
        client: kind.client, api: ApiKey(rawValue: kind.api).name, error: kind.reason, count: tally.count, first: tally.first - origin, last: tally.last - origin)
    }
  }
}
