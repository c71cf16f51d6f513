/// The assignors of Kafka's, under the names and classes by which `partition.assignment.strategy` asks for them.
public enum KnownAssignors {
  static let all: [(className: String, assignor: any PartitionAssignor)] = [
    ("org.apache.kafka.clients.consumer.RangeAssignor", RangeAssignor()),
    ("org.apache.kafka.clients.consumer.RoundRobinAssignor", RoundRobinAssignor()),
    ("org.apache.kafka.clients.consumer.StickyAssignor", StickyAssignor()),
    ("org.apache.kafka.clients.consumer.CooperativeStickyAssignor", CooperativeStickyAssignor()),
  ]

  /// The assignor of a class of Kafka's, or of a name such as `range`; nil where there is none.
  public static func assignor(named name: String) -> (any PartitionAssignor)? {
    all.first { $0.className == name || $0.assignor.name == name }?.assignor
  }

  /// The class of Kafka's under which an assignor is known; the name of any other.
  static func className(of assignor: any PartitionAssignor) -> String { all.first { $0.assignor.name == assignor.name }?.className ?? assignor.name }
}
