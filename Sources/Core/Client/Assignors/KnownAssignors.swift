/// Kafka's assignors, by the names and classes that `partition.assignment.strategy` uses.
public enum KnownAssignors {
  static let all: [(className: String, assignor: any PartitionAssignor)] = [
    ("org.apache.kafka.clients.consumer.RangeAssignor", RangeAssignor()),
    ("org.apache.kafka.clients.consumer.RoundRobinAssignor", RoundRobinAssignor()),
    ("org.apache.kafka.clients.consumer.StickyAssignor", StickyAssignor()),
    ("org.apache.kafka.clients.consumer.CooperativeStickyAssignor", CooperativeStickyAssignor()),
  ]

  /// The assignor for one of Kafka's classes, or for a name such as `range`; nil if there is none.
  public static func assignor(named name: String) -> (any PartitionAssignor)? {
    all.first { $0.className == name || $0.assignor.name == name }?.assignor
  }

  /// Kafka's class for a known assignor; the name of any other.
  static func className(of assignor: any PartitionAssignor) -> String { all.first { $0.assignor.name == assignor.name }?.className ?? assignor.name }
}
