import Primitives

/// An entry of the workload as far as it concerns what its clients are set to.
package struct ClientPlan {
  package enum Kind { case producer, consumer }

  let name: String
  let kind: Kind
  let config: [WrittenSetting]
  /// How long a consumer rests between two polls.
  let pollInterval: Duration
  let place: Place

  package init(name: String, kind: Kind, config: [WrittenSetting], pollInterval: Duration, place: Place) {
    self.name = name
    self.kind = kind
    self.config = config
    self.pollInterval = pollInterval
    self.place = place
  }
}
